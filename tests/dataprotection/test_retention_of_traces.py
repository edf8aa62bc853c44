"""Sign-ins, alerts and joined records go too."""

from datetime import timedelta

import time_machine

from disc.alerts.models import Alert, AlertTemplate
from disc.alerts.service import NewAlert, raise_alert
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.gallery.merging import merge
from disc.gallery.models import Subject, SubjectState
from disc.members.models import UserSession
from disc.stills.models import Still
from tests.story import in_gallery
from tests.world import World


def test_old_sign_ins_and_alerts_are_deleted(world: World) -> None:
    world.browser("member")
    with writing():
        raise_alert(
            world.here.actor("member"),
            NewAlert(
                template=AlertTemplate.FAKE_NOTES,
                area_id=world.here.area_id,
                premises_id=None,
                submission_id=new_id(),
            ),
        )
    run_clocks()
    assert db.session.query(UserSession).count() == 1
    with time_machine.travel(clock.now() + timedelta(days=91)):
        result = run_clocks()
    assert (result.alerts, result.sign_ins > 0) == (1, True)
    assert db.session.query(UserSession).count() == db.session.query(Alert).count() == 0


def test_records_joined_to_an_erased_one_go_with_it(world: World) -> None:
    kept, _ = in_gallery(world.here, seed=1)
    absorbed, _ = in_gallery(world.here, seed=2)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, absorbed, kept)
    with writing():
        db.session.get_one(Subject, kept).erase_on = clock.today()
        db.session.get_one(Subject, kept).hide_on = clock.today()
    run_clocks()
    assert db.session.get_one(Subject, absorbed).state is SubjectState.ERASED


def test_a_person_restored_without_their_key_is_erased_by_the_next_sweep(world: World) -> None:
    """A backup of the data brings the row back; the newer keys do not bring its key."""
    subject_id, still_id = in_gallery(world.here, seed=1)
    with writing() as session:
        for row in (session.get_one(Subject, subject_id), session.get_one(Still, still_id)):
            session.delete(row.data_key)
            row.data_key = None
            if isinstance(row, Still):
                row.file_token = row.pixel_token = None
    run_clocks()
    assert db.session.get_one(Subject, subject_id).state is SubjectState.ERASED
    assert db.session.get_one(Still, still_id).erased_at is not None
