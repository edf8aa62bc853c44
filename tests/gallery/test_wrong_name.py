"""A wrong name is taken off: it is said nowhere any more, and keeps nobody longer."""

import json
import uuid

import pytest
from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import Stale
from disc.core.jobs import drain
from disc.core.outbox import Outbox
from disc.core.transaction import writing
from disc.exclusions import service as exclusions
from disc.gallery import service
from disc.gallery.errors import NameStays
from disc.gallery.identifying import identify
from disc.gallery.merging import Shows, merge, unmerge
from disc.gallery.models import (
    AnswerOutcome,
    GalleryEntry,
    Identification,
    Subject,
    SubjectKind,
    SubjectMerge,
    Sureness,
)
from disc.gallery.queries import get_subject
from disc.gallery.service import Correction, correct_subject
from disc.gallery.unnaming import Why, take_name_off
from tests.dataprotection.days import at, beginning, months, named, person
from tests.exclusions.cases import Case, add_report, make_case, proposed, served
from tests.story import in_gallery
from tests.world import World

NAME = "Robin Mistaken"


def known(world: World, seed: int = 1) -> uuid.UUID:
    subject_id, _ = in_gallery(world.here, seed=seed)
    give_name(world, subject_id)
    return subject_id


def give_name(world: World, subject_id: uuid.UUID) -> None:
    manager = world.here.actor("administrator")
    with writing():
        shown = service.add_gallery(manager, f"Banned {subject_id}", "", 6)
        service.name_subject(manager, get_subject(manager, subject_id), NAME, [shown.id])


def take_off(world: World, subject_id: uuid.UUID) -> None:
    with writing():
        take_name_off(world.here.actor("administrator"), subject_id, Why.SOMEBODY_ELSE)


def get(subject_id: uuid.UUID) -> Subject:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id)


def test_the_manager_says_why_and_the_name_is_gone(world: World) -> None:
    subject_id = known(world)
    manager, path = world.browser("administrator"), f"/people/{subject_id}/unname"
    reference = get(subject_id).reference
    searched = manager.get("/people") and manager.post("/people/search", {"words": "mistaken"})
    assert "/people/found/" in searched.headers["Location"]
    assert f'href="{path}"' in manager.get(f"/people/{subject_id}").text
    assert "leaves every gallery at once" in manager.get(path).text
    refused = manager.post(path)
    assert refused.status_code == 422
    assert "Choose why the name goes." in refused.text
    assert get(subject_id).name == NAME
    assert manager.post(path, {"why": "somebody else"}).status_code == 303
    row = get(subject_id)
    assert (row.kind, row.name, row.name_sealed) == (SubjectKind.ID_SOUGHT, "", None)
    assert db.session.scalars(select(GalleryEntry)).all() == []
    told = select(AuditEvent.detail).where(AuditEvent.act == "name taken off")
    assert db.session.scalars(told).all() == ["somebody else"]
    assert "No one found" in manager.post("/people/search", {"words": "mistaken"}).text
    page = world.browser("member").get(f"/gallery/{subject_id}").text
    assert NAME not in page
    assert "I know this person" in page
    page = manager.get(f"/people/{subject_id}").text
    assert "The name was taken off" in page
    assert reference in page
    assert manager.get(path).status_code == 409


def test_the_days_are_those_of_somebody_unknown_and_never_later(world: World) -> None:
    with beginning():
        early, late = named(world.here), person(world.here)
        give_name(world, late)
        take_off(world, early)
        assert (get(early).hide_on, get(early).erase_on) == (months(3), months(6))
    with at(months(11)):
        take_off(world, late)
        assert (get(late).hide_on, get(late).erase_on) == (months(12), months(17))


@pytest.mark.parametrize("stands", [proposed, served])
def test_while_a_notice_stands_the_name_stays(world: World, stands) -> None:
    case = make_case(world.here)
    give_name(world, case.subject_id)
    notice_id = stands(case)
    manager = world.browser("administrator")
    manager.get("/me")
    answer = manager.post(f"/people/{case.subject_id}/unname", {"why": "not sure"})
    assert answer.status_code == 409
    assert "Lift the notice, or let the Board refuse it" in answer.text
    assert get(case.subject_id).name == NAME
    with writing():
        if stands is proposed:
            board = world.here.actor("board")
            exclusions.decide(board, notice_id, approved=False, reasons="A wrong name.")
        else:
            exclusions.lift(world.here.actor("administrator"), notice_id)
    take_off(world, case.subject_id)
    assert get(case.subject_id).kind is SubjectKind.ID_SOUGHT


def test_a_notice_of_a_joined_record_counts_too(world: World) -> None:
    kept, case = known(world), make_case(world.here)
    served(Case(world.here, case.subject_id, add_report(world.here, case.subject_id)))
    with writing():
        merge(world.here.actor("administrator"), case.subject_id, kept)
    with pytest.raises(NameStays, match="Notice"):
        take_off(world, kept)


def test_undoing_a_join_brings_no_wrong_name_back(world: World) -> None:
    kept, other = known(world, 1), known(world, 2)
    manager = world.here.actor("administrator")
    with writing():
        correct_subject(manager, get_subject(manager, other), Correction(name="Ash Other"))
        merge(manager, other, kept, shows={"name": Shows.ABSORBED})
    for named_record in (kept, other):
        with pytest.raises(NameStays, match="Take the records apart"):
            take_off(world, named_record)
    with writing():
        unmerge(manager, other)
        take_name_off(manager, other, Why.NOT_SURE)
        correct_subject(manager, get_subject(manager, kept), Correction(name="Robin Wrong"))
        merge(manager, other, kept)
        row = db.session.scalars(select(SubjectMerge)).one()
        row.before = '{"name": ["Robin Wrong", ""], "caption": ["x", ""]}'
    take_off(world, kept)
    assert "Robin" not in db.session.scalars(select(SubjectMerge)).one().before
    with writing():
        unmerge(manager, other)
    assert get(kept).name == ""


def test_an_alias_that_is_the_name_goes_too_and_who_has_no_name_is_refused(world: World) -> None:
    subject_id = known(world)
    manager = world.here.actor("administrator")
    with writing():
        said = Correction(name=NAME, aliases=("Red", NAME.upper()))
        correct_subject(manager, get_subject(manager, subject_id), said)
    drain()
    with writing() as session:
        take_name_off(manager, subject_id, Why.NOT_ALLOWED)
        session.flush()
        assert "stills.listeners.tell_changed" in session.scalars(select(Outbox.listener)).all()
    assert get(subject_id).aliases == ("Red",)
    with pytest.raises(Stale):
        take_off(world, subject_id)


def test_who_said_the_wrong_name_reads_that_it_was_not_used(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    with writing():
        told = identify(
            world.here.actor("member"),
            db.session.get_one(Subject, subject_id),
            NAME,
            "",
            Sureness.SURE,
        ).id
    give_name(world, subject_id)
    member = world.browser("member")
    assert "The manager used it" in member.get("/my-answers").text
    take_off(world, subject_id)
    assert get(subject_id).kind is SubjectKind.ID_SOUGHT
    assert db.session.get_one(Identification, told).outcome is AnswerOutcome.NOT_USED
    assert "The manager could not use it" in member.get("/my-answers").text


def test_undoing_a_join_brings_the_name_back_as_no_alias_either(world: World) -> None:
    kept, other = known(world, 1), in_gallery(world.here, seed=2)[0]
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, other, kept)
        row = db.session.scalars(select(SubjectMerge)).one()
        row.before = json.dumps({"aliases": [["Red", NAME], []]})
    take_off(world, kept)
    assert NAME not in db.session.scalars(select(SubjectMerge)).one().before
    with writing():
        unmerge(manager, other)
    assert get(kept).aliases == ("Red",)
