"""The minute before and after midnight in the United Kingdom, on every page that shows a record.

Nothing here waits for the sweep: what hides and erases on a page is the day itself.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.dataprotection import proofs
from disc.dataprotection.retention import run_clocks
from disc.gallery import care, identifying
from disc.gallery import service as gallery
from disc.gallery.models import GalleryEntry, Subject, Sureness
from disc.gallery.queries import get_subject
from disc.incidents.models import Incident
from disc.members.models import Scheme
from disc.police.models import Escalation
from disc.stills.models import Still
from tests.browsers import Browser
from tests.dataprotection.days import pictures_of
from tests.police.sharing import shared
from tests.story import in_gallery
from tests.world import World

DAYS = [date(2027, 1, 10), date(2027, 7, 10)]
"""Midnight is 0:00 in UTC on the first, and 23:00 the day before on the second."""


@contextmanager
def minute(day: date, *, before: bool, seconds: int = 0) -> Iterator[None]:
    """Let it be 23:59 on the eve of a day, or 00:01 on it, in the United Kingdom."""
    midnight = datetime.combine(day, time(), clock.UK).astimezone(UTC)
    moment = midnight + timedelta(minutes=-1 if before else 1, seconds=seconds)
    with time_machine.travel(moment, tick=False):
        db.session.rollback()
        yield
        db.session.rollback()


def found(browser: Browser, *paths: str) -> list[int]:
    return [browser.get(path).status_code for path in paths]


def number(subject_id: uuid.UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).reference


def person(world: World, day: date, **days: date) -> tuple[uuid.UUID, uuid.UUID]:
    """Show somebody the eve of a day; each of their days that is named comes then."""
    with minute(day, before=True):
        subject_id, still_id = in_gallery(world.here)
        with writing():
            subject = db.session.get_one(Subject, subject_id)
            later = {"hide_on": clock.add_months(day, 3), "erase_on": clock.add_months(day, 6)}
            for name, value in (later | days).items():
                setattr(subject, name, value)
    return subject_id, still_id


@pytest.mark.parametrize("day", DAYS)
def test_the_gallery_and_the_page_of_a_person(world: World, day: date) -> None:
    subject, still = person(world, day, hide_on=day)
    ours, paths = number(subject), (f"/gallery/{subject}", f"/gallery/{subject}/know")
    asked = {"pictures": [{"still": str(still), "rendition": "thumb"}]}
    for before in (True, False):
        with minute(day, before=before):
            other = world.browser("second_member")
            assert (ours in other.get("/gallery").text) is before
            assert found(other, *paths) == [200 if before else 404] * 2
            urls = other.post_json("/img/mint", asked).json["urls"]
            assert len(urls) == int(before)


@pytest.mark.parametrize("day", DAYS)
def test_a_link_to_a_picture_ends_with_the_day(world: World, day: date) -> None:
    subject, _ = person(world, day, hide_on=day)
    with minute(day, before=True, seconds=40):
        other = world.browser("second_member")
        page = other.get(f"/gallery/{subject}").text
        [link] = set(re.findall(r'src="(/img/[^"]+)"', page))
        assert other.get(link).status_code == 200
    with minute(day, before=True, seconds=70):  # the link itself lives for a minute
        assert other.get(link).status_code == 404


@pytest.mark.parametrize("day", DAYS)
def test_a_place_in_a_gallery(world: World, day: date) -> None:
    subject, _ = person(world, day)
    manager = world.here.actor("administrator")
    with minute(day, before=True), writing():
        banned = gallery.add_gallery(manager, "Banned", "", 6).id
        gallery.name_subject(manager, get_subject(manager, subject), "Robin Doe", [banned])
        db.session.get_one(GalleryEntry, (banned, subject)).expires_on = day
    for before in (True, False):
        with minute(day, before=before):
            member = world.browser("member")
            for path in ("/gallery", f"/gallery?gallery={banned}"):
                assert ("Robin Doe" in member.get(path).text) is before
            assert found(member, f"/gallery/{subject}") == [200 if before else 404]


@pytest.mark.parametrize("day", DAYS)
def test_the_desk_and_the_board(world: World, day: date) -> None:
    subject, _ = person(world, day, hide_on=day, erase_on=day)
    careful, _ = person(world, day, hide_on=day, erase_on=day)
    with minute(day, before=True), writing():
        manager = world.here.actor("administrator")
        one = get_subject(manager, careful)
        care.take_care(manager, one, under_18=True, vulnerable=False)
        identifying.identify(
            world.here.actor("member"),
            get_subject(manager, subject),
            "Robin Doe",
            "",
            Sureness.SURE,
        )
    ours, theirs = number(subject), number(careful)
    for before in (True, False):
        with minute(day, before=before):
            browser, board = world.browser("administrator"), world.browser("board")
            assert (ours in browser.get("/people").text) is before
            assert ("Robin Doe" in browser.get("/desk/answers").text) is before
            pages = (f"/people/{subject}", f"/people/{subject}/correct")
            assert found(browser, *pages) == [200 if before else 404] * 2
            assert (theirs in board.get("/board").text) is before
            hidden = browser.post("/hide", {"number": theirs}).status_code
            assert hidden == (303 if before else 422)


@pytest.mark.parametrize("day", DAYS)
def test_the_police(world: World, day: date) -> None:
    with minute(day, before=True):
        incident_id, escalation_id = shared(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        with writing():
            for table, row in (
                (Incident, incident_id),
                (Escalation, escalation_id),
                (Still, still_id),
            ):
                db.session.get_one(table, row).erase_on = day
            db.session.get_one(Scheme, world.here.scheme_id).police_may_see_gallery = True
        reference = db.session.get_one(Incident, incident_id).reference
    asked = {"pictures": [{"still": str(still_id), "rendition": "view"}]}
    for before in (True, False):
        with minute(day, before=before):
            spoc, manager = world.browser("spoc"), world.browser("administrator")
            assert (reference in spoc.get("/police").text) is before
            assert found(spoc, f"/police/{escalation_id}") == [200 if before else 404]
            assert found(manager, f"/desk/reports/{incident_id}") == [200 if before else 404]
            for browser in (spoc, manager, world.browser("member")):
                assert len(browser.post_json("/img/mint", asked).json["urls"]) == int(before)


@pytest.mark.parametrize("day", DAYS)
def test_alerts_show_no_record_at_any_minute(world: World, day: date) -> None:
    subject, still = person(world, day, hide_on=day)
    for before in (True, False):
        with minute(day, before=before):
            page = world.browser("member").get("/").text
            assert str(subject) not in page
            assert str(still) not in page


@pytest.mark.parametrize("day", DAYS)
def test_the_audit_knows_a_number_and_no_name(world: World, day: date) -> None:
    subject, _ = person(world, day, hide_on=day, erase_on=day)
    with minute(day, before=True), writing():
        row = get_subject(world.here.actor("administrator"), subject)
        row.name = "Robin Doe"
    for before in (True, False):
        with minute(day, before=before):
            if not before:
                run_clocks()
            dpo = world.browser("dpo")
            dpo.get("/audit")
            answer = dpo.post("/audit", {"reference": number(subject)})
            assert answer.status_code == 303
            page = dpo.get(answer.headers["Location"]).text
            assert "Added a person" in page
            assert ("A person was erased" in page) is not before
            assert "Robin Doe" not in page


@pytest.mark.parametrize("day", DAYS)
def test_the_sweep_proves_what_it_hid_and_erased(world: World, day: date) -> None:
    person(world, day, hide_on=day)
    with minute(day, before=True):
        gone, _ = in_gallery(world.here, seed=2)
        with writing():
            row = db.session.get_one(Subject, gone)
            row.hide_on = row.erase_on = day
        run_clocks()
    with minute(day, before=False):
        run_clocks()
        run_clocks()
        dpo = world.here.actor("dpo")
        told = [str(run.swept) for run in proofs.runs(dpo)]
        assert told == ["hidden people 2; erased people 1; left 0", "hidden 0; erased 0; left 0"]
        assert [str(one.swept) for one in proofs.runs(world.there.actor("dpo"))] == [told[1]] * 2
        for who in ("dpo", "administrator"):
            page = world.browser(who).get("/audit/sweeps").text
            assert "People: 2" in page
            assert "People: 1" in page
            assert "a day old" not in page
        assert world.browser("sub_administrator").get("/audit/sweeps").status_code == 404
    with minute(day + timedelta(days=2), before=False):
        assert "a day old" in world.browser("dpo").get("/audit/sweeps").text


def test_what_is_left_past_its_day_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from disc.dataprotection import erasing

    def refuse(_row: object) -> None:
        raise RuntimeError

    person(world, DAYS[0], hide_on=DAYS[0], erase_on=DAYS[0])
    monkeypatch.setattr(erasing, "erase_subject", refuse)
    with minute(DAYS[0], before=False):
        assert run_clocks().overdue == 1
        assert "1 left. A person must look" in world.browser("dpo").get("/audit/sweeps").text
        assert proofs.runs(world.there.actor("dpo"))[0].swept.overdue == 0
