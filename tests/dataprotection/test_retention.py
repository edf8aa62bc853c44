"""On its day a record is hidden, then erased, and nothing of it is left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from disc.core.blobs import blobs
from disc.core.database import db, new_id
from disc.core.jobs import drain
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.dataprotection.models import PublicRequest
from disc.dataprotection.retention import Result, run_clocks
from disc.exclusions.models import ExclusionNotice
from disc.gallery import identifying
from disc.gallery.looks import Looks
from disc.gallery.models import (
    GalleryEntry,
    Identification,
    Subject,
    SubjectState,
    SubjectStill,
    Sureness,
)
from disc.incidents import service as incidents
from disc.incidents.models import Incident
from disc.police.models import Escalation
from disc.stills.models import Still
from disc.stills.service import ORIGINAL, RENDITIONS, blob_name, erase_still, open_rendition
from tests.dataprotection.asking import stored
from tests.dataprotection.days import (
    at,
    beginning,
    count,
    get,
    months,
    named,
    person,
    pictures_of,
    seen,
)
from tests.police.sharing import accepted, report, shared
from tests.world import World


def test_nothing_happens_before_its_day(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        person(world.here, pictures_of(incident_id))
        assert run_clocks() == Result()


def test_a_gallery_entry_hides_a_known_person_on_its_day(world: World) -> None:
    with beginning():
        subject_id = named(world.here, expiry_months=3)
    with at(months(3) - timedelta(days=1), 23):
        assert run_clocks() == Result()
        assert seen(world.here) == [subject_id]
    with at(months(3), 0):
        assert seen(world.here) == []
        assert run_clocks().gallery_entries == 1
    assert count(GalleryEntry) == 0
    assert get(Subject, subject_id).name == "Robin Doe"


def test_an_unknown_person_is_hidden_then_erased_each_on_its_day(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
    with at(months(3) - timedelta(days=1), 23):
        assert seen(world.here) == [subject_id]
    with at(months(3), 0):
        assert seen(world.here) == []
        assert run_clocks().people == 0
    with at(months(6) - timedelta(days=1), 23):
        assert run_clocks().people == 0
    with at(months(6), 0):
        assert run_clocks().people == 1
    row = get(Subject, subject_id)
    assert row.state is SubjectState.ERASED
    assert row.data_key_id is None
    assert (row.caption, row.looks) == ("", Looks())
    assert row.caption_sealed is None


def test_somebody_under_18_is_erased_in_half_the_time(world: World) -> None:
    with beginning():
        person(world.here, under_18=True)
    with at(months(3)):
        assert run_clocks().people == 1


def test_a_report_is_erased_with_its_pictures_and_its_share(world: World) -> None:
    with beginning():
        incident_id, escalation_id = shared(world.here, pictures=2)
        stills = pictures_of(incident_id)
        keys = count(DataKey)
    with at(months(24) - timedelta(days=1), 23):
        assert replace(run_clocks(), sign_ins=0) == Result()
    with at(months(24), 0):
        done = run_clocks()
    assert (done.reports, done.pictures, done.shared_reports, done.overdue) == (1, 2, 1, 0)
    assert get(Escalation, escalation_id) is None
    row = get(Incident, incident_id)
    assert (row.words, row.goods, row.description, row.erased_at is None) == ("", "", (), False)
    assert all(get(Still, still_id).erased_at for still_id in stills)
    assert count(DataKey) == keys - 4


def test_after_erasure_no_sealed_file_opens_and_every_file_is_deleted(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        drain()
        names = [
            blob_name(world.here.scheme_id, still_id, rendition)
            for rendition in (ORIGINAL, *RENDITIONS)
        ]
        assert all(blobs().exists(name) for name in names)
    with at(months(24)):
        run_clocks()
        assert all(blobs().exists(name) for name in names)  # the key first, then the files
        for rendition in (ORIGINAL, *RENDITIONS):
            with pytest.raises(DoesNotOpen):
                open_rendition(get(Still, still_id), rendition)
        drain()
    assert not any(blobs().exists(name) for name in names)


def test_a_picture_of_an_erased_report_lives_on_with_a_living_person(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=2)
        kept, lone = pictures_of(incident_id)
        subject_id = person(world.here, [kept])
        with writing():
            db.session.get(Subject, subject_id).erase_on = months(30)
            db.session.get(Still, kept).erase_on = months(28)
            db.session.get(Still, lone).erase_on = months(28)
    with at(months(24)):
        done = run_clocks()
    assert (done.reports, done.pictures, done.people) == (1, 1, 0)
    assert get(Still, kept).erased_at is None
    assert get(Still, lone).erased_at is not None
    with at(months(28)):
        assert run_clocks().pictures == 1
    assert get(Still, kept).erased_at is not None
    assert get(Subject, subject_id).state is SubjectState.PUBLISHED


def test_a_picture_of_an_erased_person_lives_on_with_a_living_report(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        person(world.here, [still_id])
    with at(months(6)):
        done = run_clocks()
    assert (done.people, done.pictures) == (1, 0)
    assert get(Still, still_id).erased_at is None
    assert count(SubjectStill) == 0


def test_a_picture_goes_with_the_last_record_that_shows_it(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        subject_id = person(world.here, [still_id])
        with writing():
            db.session.get(Incident, incident_id).erase_on = months(2)
            db.session.get(Still, still_id).erase_on = months(60)
    with at(months(2)):
        assert (run_clocks().pictures, get(Still, still_id).erased_at) == (0, None)
    with at(months(6)):
        assert (run_clocks().pictures, run_clocks()) == (1, Result())
    assert get(Subject, subject_id).state is SubjectState.ERASED
    assert get(Still, still_id).erased_at is not None


def test_answers_and_requests_are_erased_on_their_day(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
        with writing():
            subject = db.session.get(Subject, subject_id)
            actor = world.here.actor("member")
            identifying.identify(actor, subject, "Robin Doe", "From school", Sureness.SURE)
            subject.erase_on = months(12)
        stored(world.here)
    with at(months(6)):
        assert run_clocks().answers == 1
    assert count(Identification) == 0
    assert count(PublicRequest) == 1
    with at(months(25)):
        assert run_clocks().public_requests == 1
    assert count(PublicRequest) == 0


def test_a_refused_report_is_erased_like_any_other(world: World) -> None:
    with beginning():
        incident_id = report(world.here)
        with writing():
            manager = world.here.actor("administrator")
            incidents.reject(manager, incident_id, "Nothing can be seen.")
        accepted(world.here)
    with at(months(24)):
        assert run_clocks().reports == 2
    assert get(Incident, incident_id).reason == ""


def test_a_notice_is_erased_on_its_day_and_the_person_keeps_theirs(world: World) -> None:
    manager = world.here.actor("administrator")
    with beginning():
        subject_id = person(world.here)
        with writing():
            notice = ExclusionNotice(
                id=new_id(),
                scheme_id=world.here.scheme_id,
                subject_id=subject_id,
                reference="N-BCDF23",
                starts_on=months(0),
                ends_on=months(1),
                proposed_by_id=manager.id,
                proposed_by_role=manager.role,
                erase_on=months(2),
            )
            notice.reasons = "Took meat twice."
            db.session.add(notice)
    with at(months(2) - timedelta(days=1), 23):
        assert run_clocks() == Result()
    with at(months(2), 0):
        assert run_clocks() == Result(notices=1)
    assert count(ExclusionNotice) == 0
    assert get(Subject, subject_id).state is SubjectState.PUBLISHED


def test_no_sealed_word_of_an_erased_picture_is_left(world: World) -> None:
    with beginning():
        [still_id] = pictures_of(report(world.here, pictures=1))
        assert get(Still, still_id).hint_sealed is not None
    with writing():
        erase_still(db.session.get_one(Still, still_id))
    row = get(Still, still_id)
    sealed = [one.name for one in Still.__table__.columns if one.name.endswith("_sealed")]
    assert {name: getattr(row, name) for name in sealed} == dict.fromkeys(sealed)
