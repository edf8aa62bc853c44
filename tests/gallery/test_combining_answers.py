"""Several members name one person: which names are one, and which comes first."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disc.core import clock
from disc.core.database import new_id
from disc.gallery.names import alike
from disc.gallery.rules import Said, combine, spelling

NOW = clock.now()


def said(name: str, sureness: str = "sure", *, by: uuid.UUID | None = None, hour: int = 0) -> Said:
    return Said(
        id=new_id(),
        by_id=by or new_id(),
        name=name,
        sureness=sureness,
        at=NOW + timedelta(hours=hour),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robin Pebble", "robin  PEBBLE"),
        ("Robin Pebble", "Pebble, Robin"),
        ("Siobhán O'Quay", "Siobhan OQuay"),
        ("Robin Pebble", "Robin Peble"),
        ("Stephen Quay", "Steven Quay"),
        ("Robin Pebble", "Robin James Pebble"),
        ("Ollie", "Olly"),
        ("Wallis", "Wallace"),
    ],
)
def test_these_names_are_one(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robin Pebble", "Robin Harbour"),
        ("Robin", "Robin Pebble"),
        ("Ali Quay", "Ian Quay"),
        ("Robin Robin", "Robin Pebble"),
        ("", "Robin"),
    ],
)
def test_these_names_are_two(one: str, other: str) -> None:
    assert not alike(one, other)


@given(st.text(alphabet="abcdst ", max_size=20), st.text(alphabet="abcdst ", max_size=20))
def test_the_order_of_two_names_does_not_matter(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert alike(one, one)


def test_more_people_come_before_surer_ones() -> None:
    two = [said("Robin Pebble", "not sure"), said("Robin Peble", "not sure")]
    one = said("Sam Harbour")
    assert combine([one, *two]) == [tuple(two), (one,)]


def test_of_as_many_people_the_surer_come_first_then_the_newest() -> None:
    unsure, sure = said("Robin Pebble", "fairly sure", hour=2), said("Sam Harbour", "sure")
    assert combine([unsure, sure]) == [(sure,), (unsure,)]
    later = said("Kit Lantern", "sure", hour=1)
    assert combine([unsure, sure, later]) == [(later,), (sure,), (unsure,)]


def test_one_member_counts_once_by_their_surest_answer() -> None:
    twice = new_id()
    chatty = [said("Robin Pebble", "not sure", by=twice), said("Robin Pebble", "sure", by=twice)]
    others = [said("Sam Harbour", "not sure"), said("Sam Harbour", "not sure")]
    assert combine([*chatty, *others]) == [tuple(others), tuple(chatty)]


def test_a_name_joins_those_alone_that_it_is_like_every_one_of() -> None:
    """A longer name would otherwise put two people into one group through a shorter one."""
    one, short, other = said("Kit Adam Quay"), said("Kit Quay"), said("Kit Ruben Quay")
    assert combine([one, short, other]) == [(one, short), (other,)]


def test_a_group_is_called_as_most_spell_it_then_as_the_surest_do() -> None:
    most = (said("Robin Peble", "sure"), said("Robin Pebble", "not sure"), said("Robin Pebble"))
    assert spelling(most) == "Robin Pebble"
    assert spelling((said("Robin Peble", "not sure"), said("Robin Pebble"))) == "Robin Pebble"
