"""Whatever kind is decided waits ten seconds, can be undone until then, and happens once."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.access.actor import Role
from disc.core import clock, jobs
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.desk import deciding, leases, listeners
from disc.desk.deciding import pending
from disc.desk.errors import DecidedAlready, LookedAt, TooLate
from disc.desk.events import DecisionMade
from disc.desk.models import ItemKind, PendingDecision
from disc.desk.queueing import whole_queue
from disc.members.models import Member
from tests.at_once import at_once, side_by_side
from tests.desk.deciding import make_due, take_effect
from tests.desk.kinds import ACTS, KINDS, decided, item_of
from tests.world import World

pytestmark = pytest.mark.parametrize("kind", KINDS)


def rows() -> list[PendingDecision]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(PendingDecision).order_by(PendingDecision.id)))


def effects(kind: ItemKind) -> int:
    db.session.rollback()
    counted = sa.select(sa.func.count()).where(AuditEvent.act == ACTS[kind])
    return db.session.scalar(counted) or 0


def in_queue(world: World, item_id: uuid.UUID) -> bool:
    db.session.rollback()
    return item_id in {one.id for one in whole_queue(world.here.actor("administrator")).items}


def name_of(world: World, who: str) -> str:
    db.session.rollback()
    return db.session.get_one(Member, world.here.actor(who).id).name


def test_it_takes_effect_in_its_time_and_leaves_the_queue_at_once(
    world: World, kind: ItemKind
) -> None:
    item = item_of(world.here, kind)
    assert in_queue(world, item.id)
    batch = decided(world.here, item)
    assert not in_queue(world, item.id)
    [row] = rows()
    deciding.carry_out(row.id)
    assert not item.happened()
    make_due()
    deciding.carry_out(row.id)
    assert item.happened()
    assert rows() == []
    assert not in_queue(world, item.id)
    with pytest.raises(TooLate), writing():
        deciding.undo(world.here.actor("administrator"), batch)


def test_undone_it_never_happens_and_leaves_no_key(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    batch = decided(world.here, item)
    [row] = rows()
    with pytest.raises(TooLate), writing():
        deciding.undo(world.here.actor("sub_administrator"), batch)
    with writing():
        assert deciding.undo(world.here.actor("administrator"), batch) == 1
    assert db.session.get(DataKey, row.data_key_id) is None
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        jobs.sweep_jobs()
    assert not item.happened()
    assert in_queue(world, item.id)
    decided(world.here, item)


def test_it_is_carried_out_once_however_many_try(app: Flask, world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    decided(world.here, item)
    [decision] = make_due()
    side_by_side(app, *[partial(deciding.carry_out, decision)] * 4)
    assert item.happened()
    assert effects(kind) == 1
    assert rows() == []


def test_of_two_managers_at_once_one_decides(app: Flask, world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    managers = [world.here.actor(who) for who in ("administrator", "sub_administrator")]
    refused = at_once(app, *[partial(item.decide, one) for one in managers])
    assert refused == ["decided-already"]
    assert len(rows()) == 1
    take_effect()
    assert effects(kind) == 1


def test_a_second_decision_is_refused_by_name(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    decided(world.here, item)
    with pytest.raises(DecidedAlready) as refusal:
        decided(world.here, item, "sub_administrator")
    assert name_of(world, "administrator") in refusal.value.sentence


def test_undo_and_effect_at_once_do_one_of_the_two(
    app: Flask, world: World, kind: ItemKind
) -> None:
    item, actor = item_of(world.here, kind), world.here.actor("administrator")
    batch = decided(world.here, item)
    [decision] = make_due()
    too_late: list[str] = []

    def undo() -> None:
        try:
            with writing():
                deciding.undo(actor, batch)
        except TooLate as refusal:
            too_late.append(refusal.code)

    side_by_side(app, undo, partial(deciding.carry_out, decision))
    assert item.happened() is bool(too_late)
    assert effects(kind) == len(too_late)
    assert rows() == []


def test_a_crash_in_the_middle_of_the_effect_leaves_it_to_be_done(
    world: World, kind: ItemKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = item_of(world.here, kind)
    decided(world.here, item)
    [decision] = make_due()

    def die(_row: PendingDecision) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pending, "_forget", die)
        with pytest.raises(KeyboardInterrupt):
            deciding.carry_out(decision)
    assert not item.happened()
    assert effects(kind) == 0
    listeners.carry_out(DecisionMade(decision_id=decision))
    assert item.happened()
    assert effects(kind) == 1


def test_a_queue_that_was_lost_loses_nothing(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    jobs.drain()
    decided(world.here, item)
    jobs.sweep_jobs()
    assert not item.happened()
    with time_machine.travel(clock.now() + timedelta(seconds=13)):
        jobs.sweep_jobs()
        assert item.happened()


def test_who_lost_the_right_meanwhile_decides_nothing(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    decided(world.here, item, "sub_administrator")
    with writing():
        member = db.session.get_one(Member, world.here.actor("sub_administrator").id)
        member.role = Role.MEMBER
    take_effect()
    assert not item.happened()
    assert "may not decide any more" in rows()[0].problem
    page = world.browser("administrator").get("/desk/queue").text
    assert "The last decision did not take effect. The person who decided may not" in page
    assert item.page in page
    assert "may not decide any more" in world.browser("administrator").get(item.page).text
    decided(world.here, item)
    assert [row.failed_at for row in rows()] == [None]


def test_decided_elsewhere_it_has_no_effect_and_its_maker_is_told(
    world: World, kind: ItemKind
) -> None:
    item = item_of(world.here, kind)
    decided(world.here, item)
    [row] = rows()
    make_due()
    with writing():
        item.elsewhere(world.here.actor("sub_administrator"))
    deciding.carry_out(row.id)
    [row] = rows()
    assert (row.payload, bool(row.failed_at), bool(row.problem)) == ("", True, True)
    assert not item.happened()
    assert "had no effect" in world.browser("administrator").get("/desk/queue").text
    assert "had no effect" not in world.browser("sub_administrator").get("/desk/queue").text


def test_what_somebody_else_looks_at_is_refused_with_their_name(
    world: World, kind: ItemKind
) -> None:
    item = item_of(world.here, kind)
    with writing():
        assert leases.take(world.here.actor("administrator"), kind, item.id, None)
    with pytest.raises(LookedAt):
        decided(world.here, item, "sub_administrator")
    other = world.browser("sub_administrator")
    name = name_of(world, "administrator")
    assert f"{name} is looking at this" in other.get(item.page).text
    path, form = item.form
    answer = other.post(path, form)
    assert answer.status_code == 409
    assert f"{name} is looking at this now" in answer.text
    assert rows() == []
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        decided(world.here, item, "sub_administrator")


def test_a_page_without_scripts_decides_and_undoes(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    manager = world.browser("administrator")
    manager.get(item.page)
    path, form = item.form
    answer = manager.post(path, form)
    assert answer.status_code == 303
    there = manager.get(answer.headers["Location"]).text
    assert "It takes effect in 10 seconds. You can undo it" in there
    assert "Undo" in there
    page = manager.get(item.page).text
    assert " by you</h2>" in page
    assert path not in page
    seen = world.browser("sub_administrator").get(item.page).text
    assert f" by {name_of(world, 'administrator')}</h2>" in seen
    assert "Undo" not in seen.split("<main")[1]
    undo = f"{path.rpartition('/')[0]}/undone"
    if kind is not ItemKind.JOINER:
        undo = f"/desk/queue/undo/{rows()[0].batch_id}"
    assert f'action="{undo}"' in page
    assert manager.post(undo).status_code == 303
    assert rows() == []
    assert path in manager.get(item.page).text


def test_in_the_queue_a_decision_is_answered_with_the_way_back(
    world: World, kind: ItemKind
) -> None:
    item = item_of(world.here, kind)
    manager = world.browser("administrator")
    manager.get("/desk/queue")
    path, form = item.form
    answer = manager.client.post(
        path, data={**form, "csrf_token": manager.token}, headers={"X-Pane": "1"}
    )
    assert answer.status_code == 200
    assert f'data-batch="{rows()[0].batch_id}"' in answer.get_data(as_text=True)


def test_to_another_scheme_it_is_not_there(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    stranger = world.browser("administrator", world.there)
    stranger.get("/desk/queue")
    path, form = item.form
    assert stranger.post(path, form).status_code == 404
    batch = decided(world.here, item)
    assert stranger.post(f"/desk/queue/undo/{batch}").status_code == 404
    assert str(item.id) not in stranger.get("/desk/queue").text
    assert len(rows()) == 1
