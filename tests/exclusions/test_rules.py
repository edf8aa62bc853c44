"""The rules of a notice, without a page or a database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disc.exclusions import rules
from disc.exclusions.models import NoticeState
from disc.exclusions.rules import LENGTHS, Standing

TODAY = date(2026, 11, 21)
DECIDED = datetime(2026, 11, 21, 10, 30, 42, tzinfo=UTC)
ALLOWED = {
    ("proposed", "approved"),
    ("proposed", "refused"),
    ("approved", "served"),
    ("approved", "lifted"),
    ("served", "lifted"),
}


def test_only_these_steps_are_allowed():
    every = {(one.value, two.value) for one in NoticeState for two in NoticeState}
    assert {pair for pair in every if rules.may_move(*pair)} == ALLOWED


def test_each_state_of_a_notice_has_a_rule():
    assert set(rules.MOVES) == {state.value for state in NoticeState}


def test_three_months_end_on_the_day_before():
    assert rules.last_day(date(2026, 11, 24), 3) == date(2027, 2, 23)
    assert rules.last_day(date(2026, 11, 30), 3) == date(2027, 2, 27)


@given(
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.sampled_from(LENGTHS),
    st.integers(-3, 1500),
)
def test_a_notice_holds_from_its_first_day_to_its_last(starts_on, months, later):
    ends_on = rules.last_day(starts_on, months)
    today = date.fromordinal(starts_on.toordinal() + later)
    stands = rules.standing("served", starts_on, ends_on, today)
    assert (stands is Standing.IN_FORCE) == (starts_on <= today <= ends_on)
    assert starts_on < ends_on < rules.erasure_day(ends_on)


@pytest.mark.parametrize("state", ["proposed", "approved", "refused", "lifted"])
def test_a_notice_that_is_not_served_is_never_in_force(state):
    stands = rules.standing(state, TODAY, date(2027, 2, 20), TODAY)
    assert stands is not Standing.IN_FORCE


def test_a_served_notice_waits_for_its_first_day_and_ends_after_its_last():
    first, last = date(2026, 11, 24), date(2027, 2, 23)
    assert rules.standing("served", first, last, date(2026, 11, 23)) is Standing.SERVED
    assert rules.standing("served", first, last, last) is Standing.IN_FORCE
    assert rules.standing("served", first, last, date(2027, 2, 24)) is Standing.ENDED


def test_an_approved_notice_that_nobody_served_in_time_has_ended():
    assert rules.standing("approved", TODAY, TODAY, date(2026, 11, 22)) is Standing.ENDED


@pytest.mark.parametrize("months", [0, 1, 4, 13, 36, -3])
def test_other_lengths_are_refused(months):
    assert rules.months_problem(months) == "Choose 3, 6 or 12 months."


@pytest.mark.parametrize("months", LENGTHS)
def test_the_lengths_offered_are_allowed(months):
    assert rules.months_problem(months) is None


def test_a_notice_starts_today_or_later():
    assert rules.start_problem(TODAY, 3, TODAY) is None
    assert "in the past" in str(rules.start_problem(date(2026, 11, 20), 3, TODAY))


def test_a_notice_ends_within_36_months():
    assert rules.start_problem(date(2028, 11, 22), 12, TODAY) is None
    assert "36 months" in str(rules.start_problem(date(2028, 11, 23), 12, TODAY))
    assert "too late" in str(rules.start_problem(date.max, 12, TODAY))


def test_a_notice_needs_a_report_and_a_place():
    assert rules.evidence_problem(()) is not None
    assert rules.evidence_problem(("one",)) is None
    assert rules.premises_problem(()) is not None
    assert rules.premises_problem(("one",)) is None


def test_it_is_kept_for_12_months_after_its_end():
    assert rules.erasure_day(date(2027, 2, 23)) == date(2028, 2, 23)


@pytest.mark.parametrize(
    ("served_at", "problem"),
    [
        (datetime(2026, 11, 21, 10, 30, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 10, 29, tzinfo=UTC), "before the Board decided"),
        (datetime(2026, 11, 21, 12, 1, tzinfo=UTC), "in the future"),
    ],
)
def test_serving_lies_between_the_decision_and_now(served_at, problem):
    now = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
    found = rules.serving_problem(served_at, DECIDED, date(2027, 2, 20), now)
    assert (found is None) if problem is None else (problem in found)


def test_a_notice_that_has_ended_is_not_served_any_more():
    late = datetime(2027, 2, 21, 9, 0, tzinfo=UTC)
    assert "had ended" in str(rules.serving_problem(late, DECIDED, date(2027, 2, 20), late))
