"""Who is told what, and what a client that was away gets."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from disc.access.actor import Actor
from disc.alerts.queries import missed
from disc.alerts.rules import replay_from, stamp
from disc.core import clock, live
from disc.core.database import db
from disc.core.live import Live, News
from tests.alerts.steps import raise_in
from tests.world import Place, World

Sent = list[tuple[str, str, News]]


@pytest.fixture
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    """Sockets of everybody, which note what they are sent."""
    notes: Sent = []

    def note(event: str, news: News, *, to: list[str]) -> None:
        assert to, "an empty address would mean everybody"
        notes.extend((event, sid, news) for sid in to)

    monkeypatch.setattr(live.socketio, "emit", note)
    ours: Live = world.browser("member").app.extensions["live"]
    monkeypatch.setattr(ours, "_redis", None)
    for name, place in (("here", world.here), ("there", world.there)):
        for who, actor in place.actors.items():
            ours.add(f"{who} {name}", actor)
    yield notes
    ours.listeners.clear()


def told(sent: Sent, event: str) -> set[str]:
    return {sid for kind, sid, _ in sent if kind == event}


EVERYBODY = {f"{who} here" for who in ("member", "second_member", "administrator", "board", "spoc")}


def test_everybody_of_the_area_is_told_and_nobody_else(world: World, sent: Sent) -> None:
    raise_in(world.browser("member"), world.here)
    assert told(sent, "alert") == EVERYBODY


def test_what_is_sent_holds_an_id_and_a_time_alone(world: World, sent: Sent) -> None:
    browser = world.browser("member")
    alert_id = raise_in(browser, world.here)
    world.browser("second_member").post(f"/alerts/{alert_id}/here")
    browser.post(f"/alerts/{alert_id}/cancel")
    assert {(event, *sorted(news)) for event, _, news in sent} == {
        ("alert", "id", "raised_at"),
        ("alert_changed", "id"),
        ("alert_closed", "id"),
    }
    assert {news["id"] for _, _, news in sent} == {str(alert_id)}


def test_seen_changes_the_count_of_those_who_read_it(world: World, sent: Sent) -> None:
    alert_id = raise_in(world.browser("member"), world.here)
    world.browser("second_member").post(f"/alerts/{alert_id}/seen")
    assert told(sent, "alert_changed") == {"member here", "administrator here"}


def test_they_are_here_changes_everybodys_card(world: World, sent: Sent) -> None:
    alert_id = raise_in(world.browser("member"), world.here)
    world.browser("second_member").post(f"/alerts/{alert_id}/here")
    assert told(sent, "alert_changed") == EVERYBODY


def test_a_cancelled_alert_leaves_everybodys_page(world: World, sent: Sent) -> None:
    browser = world.browser("member")
    browser.post(f"/alerts/{raise_in(browser, world.here)}/cancel")
    assert told(sent, "alert_closed") == EVERYBODY


def test_a_gap_in_the_news_is_made_good(world: World, sent: Sent) -> None:
    alert_id = raise_in(world.browser("member"), world.here)
    sent.clear()
    ours: Live = world.browser("member").app.extensions["live"]
    ours._heard({"kind": "gap", "since": clock.now().isoformat()})
    assert told(sent, "alert") == EVERYBODY
    assert {what["id"] for event, _, what in sent if event == "alert"} == {str(alert_id)}


def test_a_send_of_many_gives_way_and_reaches_each_once(
    world: World, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours: Live = world.browser("member").app.extensions["live"]
    gaps: list[float] = []
    monkeypatch.setattr(live.socketio, "sleep", gaps.append)
    for number in range(1200):
        ours.add(f"socket {number}", world.here.actor("member"))
    assert ours.send("alert", {}, may=lambda actor: actor == world.here.actor("member")) == 1201
    assert len({sid for _, sid, _ in sent}) == len(sent) == 1201
    assert len(gaps) == 1201 // live.BATCH


def away(world: World, who: str = "second_member", place: Place | None = None) -> Actor:
    return (place or world.here).actor(who)


def ids(actor: Actor, after: object) -> list[uuid.UUID]:
    db.session.rollback()
    return [alert.id for alert in missed(actor, after)]


def test_a_client_that_was_away_gets_what_it_missed_oldest_first(world: World) -> None:
    browser = world.browser("member")
    begun = clock.now()
    with time_machine.travel(begun):
        old = raise_in(browser, world.here)
    with time_machine.travel(begun + timedelta(minutes=10)):
        new = raise_in(browser, world.here)
        newer = raise_in(browser, world.here)
        assert ids(away(world), stamp(begun + timedelta(minutes=9))) == [new, newer]
        assert ids(away(world), stamp(begun + timedelta(minutes=1))) == [old, new, newer]
        assert ids(away(world), None) == [old, new, newer]
        assert ids(away(world, "far_member"), None) == []
        assert ids(away(world, "member", world.there), None) == []


def test_what_was_answered_cancelled_or_over_is_not_sent_again(world: World) -> None:
    browser, reader = world.browser("member"), world.browser("second_member")
    answered, cancelled = raise_in(browser, world.here), raise_in(browser, world.here)
    reader.post(f"/alerts/{answered}/seen")
    browser.post(f"/alerts/{cancelled}/cancel")
    assert ids(away(world), None) == []
    left = raise_in(browser, world.here)
    assert ids(away(world), None) == [left]
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert ids(away(world), None) == []


@pytest.mark.parametrize(
    "nonsense",
    [None, "", 7, {"a": 1}, "yesterday", "2026-01-01T10:00:00", "0001-01-01T00:00:00+00:00"],
)
def test_a_client_that_talks_nonsense_gets_all_that_is_open(nonsense: object) -> None:
    assert replay_from(nonsense) is None


def test_moments_sort_as_text_as_they_do_in_time() -> None:
    now = clock.now().replace(microsecond=0)
    assert stamp(now) < stamp(now + timedelta(microseconds=1)) < stamp(now + timedelta(seconds=1))


def test_where_sockets_are_blocked_a_page_asks_and_hears_the_same(world: World) -> None:
    browser, reader = world.browser("member"), world.browser("second_member")
    open_id, closed_id = raise_in(browser, world.here), raise_in(browser, world.here)
    browser.post(f"/alerts/{closed_id}/cancel")
    heard: Any = reader.get("/alerts/live", query_string={"after": ""}).json
    assert [one["id"] for one in heard["alerts"]] == [str(open_id)]
    assert heard["closed"] == [str(closed_id)]
    later = stamp(clock.now() + timedelta(minutes=3))
    assert reader.get("/alerts/live", query_string={"after": later}).json["alerts"] == []


def test_a_bad_message_does_not_end_the_listening(world: World) -> None:
    ours: Live = world.browser("member").app.extensions["live"]
    ours._heard({"kind": "alert", "id": "no audience"})
    ours._heard({"kind": "unknown"})
    ours._heard({"kind": "dropped", "session_id": "no key"})


def test_news_between_processes_is_ids_and_plain_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[tuple[str, str]] = []

    class Bus:
        def publish(self, channel: str, message: str) -> None:
            published.append((channel, message))

    browser = world.browser("member")
    ours: Live = browser.app.extensions["live"]
    monkeypatch.setattr(ours, "_redis", Bus())
    alert_id = raise_in(browser, world.here)
    [(_, message)] = published
    news = json.loads(message)
    assert set(news) == {"kind", "id", "raised_at", "scheme_id", "area_id"}
    assert news["id"] == str(alert_id)
