"""Which copies are out, which must come back, and what of them is forgotten."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.core.web import day
from disc.dataprotection.retention import run_clocks
from disc.desk.splitting import Part, split
from disc.exclusions.service import lift
from disc.gallery.erasing import erase_subject
from disc.gallery.galleries import Terms, change_gallery, remove_gallery
from disc.gallery.merging import merge, unmerge
from disc.gallery.models import Audience, Gallery, Subject, SubjectStill
from disc.gallery.service import (
    Correction,
    correct_subject,
    hide_subject,
    name_subject,
    take_from_gallery,
)
from disc.gallery.unnaming import Why, take_name_off
from disc.members.models import Scheme
from disc.printing.models import PrintCopy, PrintedPicture, Printout
from disc.printing.rules import CalledBack
from disc.stills.models import Source, Still
from disc.stills.service import Authority, hide_still, set_authority
from tests.exclusions.cases import Case, add_report, served
from tests.exclusions.test_document import squeezed
from tests.exclusions.test_paper import text_of
from tests.printing.papers import ask, copies_of, prints, shelf, someone, stored
from tests.world import World

SETTINGS = (
    "reoffending",
    "reoffending_months",
    "pictures_slow",
    "pictures_stop",
    "id_sought_hide_months",
    "id_sought_erase_months",
    "known_hide_months",
    "known_erase_months",
    "report_erase_months",
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def printed(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Print one person in two copies; return who, and of which picture."""
    prints(world.here)
    subject_id, still_id = someone(world.here)
    ask(world.browser("administrator"), f"/people/{subject_id}/print")
    return subject_id, still_id


def copy_ids() -> list[uuid.UUID]:
    return [one.id for one in stored().copies]


def test_administrator_and_dpo_read_why_for_whom_and_until_when(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    found = stored()
    for who in ("administrator", "dpo"):
        page = world.browser(who).get("/prints").text
        for words in (
            f"{found.reference}, copy 1 of 2",
            f"{found.reference}, copy 2 of 2",
            db.session.get_one(Subject, printed[0]).reference,
            "The till has no screen",
            "Night team",
            f"Pat Administrator {world.here.number}",
            day(found.destroy_by),
        ):
            assert words in page
        assert "/img/" not in page
    assert found.reference not in world.browser("dpo", world.there).get("/prints").text
    for who in ("sub_administrator", "member", "board"):
        assert world.browser(who).get("/prints").status_code == 404


def test_the_register_stays_when_printing_is_switched_off(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    prints(world.here, on=False)
    for who, page in (("administrator", "/desk"), ("dpo", "/")):
        browser = world.browser(who)
        assert 'href="/prints"' in browser.get(page).text
        assert stored().reference in browser.get("/prints").text
    assert 'href="/prints"' not in world.browser("administrator", world.there).get("/desk").text


def test_a_copy_is_said_to_be_destroyed_once(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    dpo, copy_id = world.browser("dpo"), copy_ids()[0]
    dpo.get("/prints")
    path = f"/prints/copies/{copy_id}/destroyed"
    assert dpo.post(path).status_code == 303
    assert f"Destroyed on {day(clock.today())}" in dpo.get("/prints").text
    assert dpo.post(path).status_code == 409
    db.session.rollback()
    told = sa.select(AuditEvent.actor_id).where(
        AuditEvent.act == "copy destroyed", AuditEvent.target_id == copy_id
    )
    assert list(db.session.scalars(told)) == [world.here.actor("dpo").id]


def test_what_is_out_too_long_stands_out_until_it_is_destroyed(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    late = clock.now() + timedelta(days=29)
    warned = "out too long, or must come back"
    assert warned not in world.browser("administrator").get("/desk").text
    with time_machine.travel(late):
        for who in ("administrator", "dpo", "sub_administrator"):
            assert f"2 copies on paper are {warned}" in world.browser(who).get("/").text
        manager = world.browser("administrator")
        assert f"2 copies on paper are {warned}" in manager.get("/desk").text
        assert manager.get("/prints").text.count("Overdue") == 2
        for copy_id in copy_ids():
            manager.post(f"/prints/copies/{copy_id}/destroyed")
        assert warned not in manager.get("/desk").text


def _hide(world: World, subject_id: uuid.UUID, _still_id: uuid.UUID) -> None:
    subject = db.session.get_one(Subject, subject_id)
    hide_subject(world.here.actor("administrator"), subject, hidden=True)


def _hide_picture(world: World, _subject_id: uuid.UUID, still_id: uuid.UUID) -> None:
    still = db.session.get_one(Still, still_id)
    hide_still(world.here.actor("administrator"), still, hidden=True)


def _edit(_world: World, subject_id: uuid.UUID, still_id: uuid.UUID) -> None:
    from disc.gallery.service import pictures_changed

    still = db.session.get_one(Still, still_id)
    subject = db.session.get_one(Subject, subject_id)
    still.edit_version, still.shown_as = 1, uuid.uuid4().hex
    still.edited_by_id, still.edited_at = subject.made_by_id, clock.now()
    pictures_changed(subject)


def _erase(_world: World, subject_id: uuid.UUID, _still_id: uuid.UUID) -> None:
    erase_subject(db.session.get_one(Subject, subject_id))


def _turn_out_vulnerable(world: World, subject_id: uuid.UUID, _still_id: uuid.UUID) -> None:
    from disc.gallery.care import take_care

    subject = db.session.get_one(Subject, subject_id)
    take_care(world.here.actor("administrator"), subject, under_18=False, vulnerable=True)


def _authority(world: World, still_id: uuid.UUID, **said: Any) -> None:
    told = {"by": "", "on": None, "limits": "", "conditions": "", "hide_on": None, **said}
    manager = world.here.actor("administrator")
    set_authority(manager, still_id, Authority(source=Source.POLICE, **told))


def _set_conditions(world: World, _subject_id: uuid.UUID, still_id: uuid.UUID) -> None:
    _authority(world, still_id, conditions="Show to nobody else")


def _end_sooner(world: World, _subject_id: uuid.UUID, still_id: uuid.UUID) -> None:
    _authority(world, still_id, hide_on=clock.today() + timedelta(days=3))


@pytest.mark.parametrize(
    ("take_out", "why"),
    [
        (_hide, CalledBack.PERSON),
        (_erase, CalledBack.PERSON),
        (_turn_out_vulnerable, CalledBack.PERSON),
        (_hide_picture, CalledBack.PICTURE),
        (_edit, CalledBack.PICTURE),
        (_set_conditions, CalledBack.PICTURE),
        (_end_sooner, CalledBack.PICTURE),
    ],
)
def test_copies_with_somebody_or_something_taken_out_are_called_back(
    world: World,
    printed: tuple[uuid.UUID, uuid.UUID],
    take_out: Callable[[World, uuid.UUID, uuid.UUID], None],
    why: CalledBack,
) -> None:
    with writing():
        take_out(world, *printed)
    drain()
    assert stored().called_back_for is why
    browser = world.browser("dpo")
    page, today = browser.get("/prints").text, day(clock.today())
    if why is CalledBack.PERSON:
        assert f"Has a person on it who was taken out on {today}: get it back." in page
    else:
        assert f"Has a picture on it that was taken back or changed on {today}" in page
    assert page.count("Get it back") == 2
    assert "2 copies on paper are" in browser.get("/").text


def test_a_picture_that_turns_out_to_be_of_somebody_else_calls_copies_back(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    subject_id, still_id = printed
    other, other_still = someone(world.here, 2)
    with writing() as session:
        session.add(SubjectStill(subject_id=subject_id, still_id=other_still))
    with writing():
        part = Part(
            still_ids=frozenset({still_id}),
            incident_ids=frozenset(),
            under_18=False,
            vulnerable=False,
        )
        split(world.here.actor("administrator"), subject_id, part)
    drain()
    assert other
    assert stored().called_back_for is CalledBack.PICTURE


@pytest.mark.parametrize("removed", [False, True])
def test_copies_of_a_gallery_are_called_back_when_somebody_leaves_it_or_it_goes(
    world: World, *, removed: bool
) -> None:
    prints(world.here)
    subject_id, _ = someone(world.here)
    gallery_id = shelf(world.here, subject_id)
    ask(world.browser("administrator"), f"/desk/galleries/{gallery_id}/print")
    manager = world.here.actor("administrator")
    with writing() as session:
        gallery = session.get_one(Gallery, gallery_id)
        if removed:
            remove_gallery(manager, gallery)
        else:
            take_from_gallery(manager, session.get_one(Subject, subject_id), gallery)
    drain()
    assert stored().called_back_for is CalledBack.PERSON
    page = world.browser("dpo").get("/prints").text
    assert ("Gallery that is gone" if removed else "Gallery Regulars") in page


def test_copies_under_a_name_that_was_wrong_are_called_back(world: World) -> None:
    prints(world.here)
    subject_id, _ = someone(world.here)
    shelf(world.here, subject_id)
    manager = world.here.actor("administrator")
    with writing() as session:
        name_subject(manager, session.get_one(Subject, subject_id), "Wrong Name", [])
    ask(world.browser("administrator"), f"/people/{subject_id}/print")
    with writing():
        take_name_off(manager, subject_id, Why.SOMEBODY_ELSE)
    drain()
    assert stored().called_back_for is CalledBack.WORDS


def test_copies_that_are_all_destroyed_are_not_called_back(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    manager = world.browser("administrator")
    manager.get("/prints")
    for copy_id in copy_ids():
        manager.post(f"/prints/copies/{copy_id}/destroyed")
    with writing():
        _hide(world, *printed)
    drain()
    assert stored().called_back_on is None


def test_an_erased_person_is_linked_to_no_print(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    with writing():
        _erase(world, *printed)
    drain()
    assert db.session.query(PrintedPicture).count() == 0
    assert "A person who was erased" in world.browser("administrator").get("/prints").text


def test_the_register_forgets_a_print_a_year_after_its_day(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    found = stored()
    key_id, last = found.data_key_id, found.erase_on
    with time_machine.travel(clock.now() + (last - clock.today()) - timedelta(days=1)):
        assert run_clocks().prints == 0
    with time_machine.travel(clock.now() + (last - clock.today())):
        assert run_clocks().prints == 1
    for table in (Printout, PrintCopy, PrintedPicture):
        assert db.session.query(table).count() == 0
    assert db.session.get(DataKey, key_id) is None


def _printed_by_name(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Print one person who has a name and a place in one gallery; return both."""
    prints(world.here)
    subject_id, _ = someone(world.here)
    gallery_id = shelf(world.here, subject_id)
    manager = world.here.actor("administrator")
    with writing():
        name_subject(manager, db.session.get_one(Subject, subject_id), "Robin Held", [gallery_id])
    ask(world.browser("administrator"), f"/people/{subject_id}/print")
    drain()
    assert stored().called_back_on is None
    return subject_id, gallery_id


def test_copies_of_a_joined_record_follow_the_person(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    kept, _ = someone(world.here, 2)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, printed[0], kept)
    drain()
    assert stored().called_back_on is None
    with writing():
        hide_subject(manager, db.session.get_one(Subject, kept), hidden=True)
    drain()
    assert stored().called_back_for is CalledBack.PERSON


@pytest.mark.parametrize("how", ["taken out", "for few"])
def test_copies_of_whom_members_see_nowhere_any_more_are_called_back(
    world: World, how: str
) -> None:
    subject_id, gallery_id = _printed_by_name(world)
    manager = world.here.actor("administrator")
    with writing():
        gallery = db.session.get_one(Gallery, gallery_id)
        if how == "taken out":
            take_from_gallery(manager, db.session.get_one(Subject, subject_id), gallery)
        else:
            change_gallery(
                manager,
                gallery,
                Terms(name="Few", description="", expiry_months=6, seen_by=Audience.RESTRICTED),
            )
    drain()
    assert stored().called_back_for is CalledBack.PERSON


def test_copies_of_the_unknown_are_called_back_when_they_are_shown_by_themselves_no_more(
    world: World, printed: tuple[uuid.UUID, uuid.UUID]
) -> None:
    scheme = db.session.get_one(Scheme, world.here.scheme_id)
    form = {name: str(getattr(scheme, name)) for name in SETTINGS} | {"contact": "1 Quay Walk"}
    manager = world.browser("administrator")
    manager.get("/desk/settings")
    assert manager.post("/desk/settings", form).status_code == 303
    drain()
    assert stored().called_back_for is CalledBack.PERSON


def test_copies_of_a_gallery_that_few_see_now_are_called_back(world: World) -> None:
    prints(world.here)
    subject_id, _ = someone(world.here)
    gallery_id = shelf(world.here, subject_id)
    ask(world.browser("administrator"), f"/desk/galleries/{gallery_id}/print")
    with writing():
        change_gallery(
            world.here.actor("administrator"),
            db.session.get_one(Gallery, gallery_id),
            Terms(name="Few", description="", expiry_months=6, seen_by=Audience.RESTRICTED),
        )
    drain()
    assert stored().called_back_for is CalledBack.PERSON


def test_a_name_that_was_put_right_calls_copies_back_and_says_so(world: World) -> None:
    subject_id, _ = _printed_by_name(world)
    manager = world.here.actor("administrator")
    with writing():
        subject = db.session.get_one(Subject, subject_id)
        correct_subject(manager, subject, Correction(name="Robin Held", caption="A note"))
    drain()
    assert stored().called_back_on is None
    with writing():
        subject = db.session.get_one(Subject, subject_id)
        correct_subject(manager, subject, Correction(name="Ash Other"))
    drain()
    assert stored().called_back_for is CalledBack.WORDS
    page = world.browser("dpo").get("/prints").text
    assert f"Says of a person what was changed or taken back on {day(clock.today())}" in page


def test_a_ban_is_printed_for_every_reader_and_its_end_calls_copies_back(world: World) -> None:
    prints(world.here)
    subject_id, _ = someone(world.here)
    incident_id = add_report(world.here, subject_id)
    notice_id = served(Case(world.here, subject_id, incident_id))
    drain()
    manager = world.browser("administrator")
    paper = manager.get(copies_of(manager, ask(manager, f"/people/{subject_id}/print"))[0])
    words = text_of(paper.data)
    assert squeezed("Banned from some shops until") in words
    assert squeezed("Banned until") not in words
    with writing():
        lift(world.here.actor("administrator"), notice_id)
    drain()
    assert stored().called_back_for is CalledBack.WORDS


def test_copies_that_were_made_while_two_records_were_one_are_called_back(world: World) -> None:
    prints(world.here)
    kept, other = (someone(world.here, seed)[0] for seed in (1, 2))
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, other, kept)
    drain()
    ask(world.browser("administrator"), f"/people/{kept}/print")
    with writing() as session:
        session.execute(
            sa.delete(PrintedPicture).where(PrintedPicture.still_id.in_(_pictures(other)))
        )
        unmerge(manager, other)
    drain()
    assert stored().called_back_for is CalledBack.WORDS


def _pictures(subject_id: uuid.UUID) -> list[uuid.UUID]:
    found = sa.select(SubjectStill.still_id).where(SubjectStill.subject_id == subject_id)
    return list(db.session.scalars(found))
