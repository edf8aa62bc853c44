"""A phone brings what it kept sealed: once, whoever is signed in by then."""

import shutil
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import travel

from disc.boxes import originals, service
from disc.boxes.models import Box, BoxPart
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.blobs import LocalBlobs, blobs
from disc.core.boxkeys import OPENS_FOR, BoxKey
from disc.core.database import db
from disc.core.jobs import drain, run_hourly
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.incidents.models import Incident
from disc.members.models import Member, MemberState
from disc.stills.models import Still
from disc.stills.originals import put_original
from disc.stills.service import ORIGINAL, open_rendition
from tests.boxing import Packed, Phone, phone_of
from tests.browsers import Browser
from tests.pictures import picture
from tests.world import World

LARGE = picture(5, (2600, 1900)).ljust(700_000, b"\0")  # what follows a picture is no harm
SMALL = picture(5, (640, 480))


def fields(world: World, **more: object) -> dict[str, object]:
    local = clock.now().astimezone(clock.UK) - timedelta(minutes=5)
    return {
        "kind": "shop-theft",
        "premises_id": str(world.here.premises_id),
        "occurred_at": f"{local:%Y-%m-%dT%H:%M}",
        "words": "They said: you will not stop me.",
        **more,
    }


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def one(table: type) -> object:
    db.session.rollback()
    return db.session.scalars(select(table)).one()


def stranger(world: World) -> Browser:
    return Browser(world.browser("second_member").app)


def test_a_box_becomes_a_report_of_whoever_saved_it_with_nobody_signed_in(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world))
    answer = phone.send(box, stranger(world))
    assert answer.status_code == 201
    assert answer.json["signed_in"] is False
    report = one(Incident)
    assert report.reporter_id == world.here.actor("member").id
    assert report.submission_id == box.id
    assert report.words == "They said: you will not stop me."
    acts = set(db.session.scalars(select(AuditEvent.act)))
    assert {"report sent", "report sent by box"} <= acts


def test_a_box_sent_again_and_its_page_sent_too_make_one_report(world: World) -> None:
    member = world.browser("member")
    phone, box = phone_of(member), Packed(fields(world), [(SMALL, SMALL)])
    first, second = phone.send(box), phone.send(box)
    assert first.json["report"] == second.json["report"]
    sent = {**fields(world), "submission_id": str(box.id)}
    assert member.post("/report", sent, content_type="multipart/form-data").status_code == 303
    assert count(Incident) == 1
    assert count(Still) == 1


def test_two_devices_of_one_member_make_one_report_and_of_two_members_two(world: World) -> None:
    box = Packed(fields(world))
    assert phone_of(world.browser("member")).send(box).status_code == 201
    assert phone_of(world.browser("member")).send(box).status_code == 201
    assert count(Incident) == 1
    assert phone_of(world.browser("second_member")).send(box).status_code == 201
    assert count(Incident) == 2


def test_a_colleague_who_shares_the_phone_brings_the_box_of_whoever_saved_it(world: World) -> None:
    phone = phone_of(world.browser("member"))
    answer = phone.send(Packed(fields(world)), world.browser("second_member"))
    assert answer.status_code == 201
    assert answer.json["signed_in"] is False
    assert one(Incident).reporter_id == world.here.actor("member").id


def test_a_nearly_full_disk_takes_no_box_and_the_phone_brings_it_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    free = shutil.disk_usage(world.browser("member").app.extensions["settings"].instance).free
    for parts_here in (False, True):
        with monkeypatch.context() as full:
            full.setattr(service, "KEPT_FREE", 2 * free)
            answer = phone.send_part(box, 1) if parts_here else phone.send(box)
            assert (answer.status_code, answer.json["code"]) == (503, "no-room")
            assert "It stays on this phone" in answer.json["title"]
            assert count(BoxPart) == 0
        later = phone.send_part(box, 1) if parts_here else phone.send(box)
        assert later.status_code == 201
    assert count(Incident) == 1


def test_the_small_copy_is_replaced_by_the_original_once_all_parts_are_here(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    assert phone.send(box).json["parts"] == len(box.parts()) == 3
    before = one(Still)
    assert open_rendition(before, ORIGINAL) == SMALL
    for number in (3, 1, 1):
        assert phone.send_part(box, number).status_code == 201
        drain()
    assert open_rendition(one(Still), ORIGINAL) == SMALL
    assert phone.send_part(box, 2).json["missing"] == 0
    drain()
    after = one(Still)
    assert after.id == before.id
    assert open_rendition(after, ORIGINAL) == LARGE
    assert (after.width, after.height) == (2600, 1900)
    assert one(Box).closed_at is not None
    assert [name for name in blobs().names() if "/box/" in name] == []
    assert phone.send_part(box, 2).json["missing"] == 0


def test_each_original_takes_its_copys_place_as_soon_as_it_is_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = picture(6, (2600, 1900)).ljust(700_000, b"\0")
    photos = [(SMALL, LARGE), (picture(6, (640, 480)), other)]
    phone, box = phone_of(world.browser("member")), Packed(fields(world), photos)
    assert phone.send(box).json["parts"] == 6
    put: list[bytes] = []

    def counted(still_id: uuid.UUID, data: bytes, by_id: uuid.UUID) -> None:
        put.append(data)
        put_original(still_id, data, by_id)

    monkeypatch.setattr(originals, "put_original", counted)
    for number in (6, 1, 3, 2, 2):
        phone.send_part(box, number)
        drain()
    db.session.rollback()
    first, second = db.session.scalars(select(Still).order_by(Still.id))
    assert open_rendition(first, ORIGINAL) == LARGE
    assert open_rendition(second, ORIGINAL) == photos[1][0]
    assert one(Box).closed_at is None
    for number in (4, 5):
        phone.send_part(box, number)
    drain()
    assert open_rendition(db.session.get_one(Still, second.id), ORIGINAL) == other
    assert put == [LARGE, other]  # none of them twice
    assert one(Box).closed_at is not None
    assert one(Box).unread == 0


def test_a_photo_without_a_small_copy_is_added_when_it_is_whole(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(b"", LARGE)])
    answer = phone.send(box)
    assert count(Still) == 0
    assert one(Incident).amended == 0
    assert "still on their way" in world.browser("member").get(answer.json["report"]).text
    for number in (1, 2, 3):
        phone.send_part(box, number)
    drain()
    assert open_rendition(one(Still), ORIGINAL) == LARGE
    assert one(Incident).amended == 1  # nobody decides from a page that lacks the photo
    page = world.browser("member").get(answer.json["report"]).text
    assert 'class="still"' in page
    assert "still on their way" not in page


def test_half_an_upload_is_given_up_after_its_days_and_the_small_copy_stays(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    where = phone.send(box).json["report"]
    phone.send_part(box, 1)
    with travel(clock.now() + timedelta(days=8, hours=1), tick=False):
        run_hourly()
        drain()
    assert open_rendition(one(Still), ORIGINAL) == SMALL
    assert [name for name in blobs().names() if "/box/" in name] == []
    assert "did not come whole" in world.browser("member").get(where).text


def test_a_photo_whose_parts_were_changed_leaves_the_small_copy(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    phone.send(box)
    other = Packed(fields(world), [(SMALL, LARGE[::-1])], id=box.id)
    for number in (1, 2, 3):
        phone.send_part(other, number)
    drain()
    assert open_rendition(one(Still), ORIGINAL) == SMALL
    assert one(Box).unread == 1


def test_a_leavers_box_is_refused_and_taken_once_they_are_back(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world))
    _set(world, MemberState.SUSPENDED)
    answer = phone.send(box, stranger(world))
    assert answer.status_code == 403
    assert "Ask your manager" in answer.json["title"]
    assert count(Incident) == 0
    _set(world, MemberState.ACTIVE)
    assert phone.send(box, stranger(world)).status_code == 201


@pytest.mark.parametrize("stamp", ["", "AAAA", "x" * 300, "é"])
def test_a_box_without_a_stamp_of_ours_is_refused_unread(world: World, stamp: str) -> None:
    phone = phone_of(world.browser("member"))
    assert phone.send(Packed(fields(world)), X_Stamp=stamp).status_code == 401


def test_a_stamp_is_good_for_eight_days_and_no_longer(world: World) -> None:
    phone = phone_of(world.browser("member"))
    for days, status in ((7.9, 201), (8.1, 401)):
        with travel(clock.now() + timedelta(days=days), tick=False):
            assert phone.send(Packed(fields(world)), stranger(world)).status_code == status


def test_another_members_stamp_does_not_take_over_a_box(world: World) -> None:
    mine, theirs = phone_of(world.browser("member")), phone_of(world.browser("second_member"))
    box = Packed(fields(world))
    sealed = mine.seal(box, 0, box.first(mine.offer["stamp"]))
    answer = theirs.put(f"/report/boxes/{box.id}", sealed)
    assert answer.status_code == 422
    assert count(Incident) == 0


def test_a_box_of_another_scheme_or_moved_to_another_report_does_not_open(world: World) -> None:
    here, there = phone_of(world.browser("member")), phone_of(world.browser("member", world.there))
    box, other = Packed(fields(world)), Packed(fields(world))
    sealed = here.seal(box, 0, box.first(here.offer["stamp"]))
    assert there.put(f"/report/boxes/{box.id}", sealed).status_code == 422
    assert here.put(f"/report/boxes/{other.id}", sealed).status_code == 422
    assert here.put(f"/report/boxes/{box.id}", sealed[:-1]).status_code == 422
    assert count(Incident) == 0


def test_what_nobody_can_put_right_is_kept_and_not_refused(world: World) -> None:
    phone = phone_of(world.browser("member"))
    ahead = clock.now().astimezone(clock.UK) + timedelta(days=1)
    wrong = fields(
        world,
        kind="",
        premises_id=str(uuid.uuid4()),
        occurred_at=f"{ahead:%Y-%m-%dT%H:%M}",
        value="much",
        description=["tall"],
    )
    assert phone.send(Packed(wrong)).status_code == 201
    report = one(Incident)
    assert report.premises_id == world.here.premises_id
    assert report.kind.value == "other"
    assert abs(report.occurred_at - clock.now()) < timedelta(minutes=2)
    assert report.words.startswith("They said: you will not stop me.")
    assert "much" in report.words
    assert "tall" in report.words


def test_whoever_is_there_to_put_it_right_is_asked(world: World) -> None:
    phone = phone_of(world.browser("member"))
    answer = phone.send(Packed(fields(world, value="much")), X_Writer="here")
    assert answer.status_code == 422
    bad = Packed(fields(world), [(b"no picture", b"no picture")])
    assert phone.send(bad, X_Writer="here").status_code == 422
    assert count(Incident) == 0
    assert phone.send(bad).status_code == 201


def test_a_clock_that_is_wrong_by_a_day_is_noted_and_the_time_is_right(world: World) -> None:
    phone = phone_of(world.browser("member"))
    day = 24 * 3600 * 1000
    saved = int((clock.now() - timedelta(hours=3)).timestamp() * 1000)
    sent = fields(world)
    del sent["occurred_at"]
    answer = phone.send(Packed(sent, saved_at=saved - day, clock_off=day))
    report: Incident = one(Incident)
    assert abs(report.occurred_at - (clock.now() - timedelta(hours=3))) < timedelta(minutes=2)
    page = world.browser("member").get(answer.json["report"]).text
    assert "The clock of the phone was 1 day behind." in page
    ahead = Packed(sent, saved_at=saved + 30 * day, clock_off=-day)
    assert phone.send(ahead).status_code == 201


def test_a_key_is_replaced_monthly_and_the_one_before_opens_eight_days_more(world: World) -> None:
    old = phone_of(world.browser("member"))
    then = clock.now()
    for days, opens in (
        (31, True),
        (31 + OPENS_FOR.days - 1, True),
        (31 + OPENS_FOR.days + 1, False),
    ):
        with travel(then + timedelta(days=days), tick=False):
            run_hourly()
            fresh = phone_of(world.browser("member"))
            assert fresh.offer["key-id"] != old.offer["key-id"]
            assert fresh.send(Packed(fields(world))).status_code == 201
            mixed = Phone(fresh.browser, {**old.offer, "stamp": fresh.offer["stamp"]})
            status = 201 if opens else 422
            assert mixed.send(Packed(fields(world))).status_code == status
    assert count(BoxKey) == 2


def test_a_box_leaves_with_its_report(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    phone.send(box)
    phone.send_part(box, 1)
    day = one(Incident).erase_on
    with travel(datetime(day.year, day.month, day.day, 12, tzinfo=clock.UK), tick=False):
        assert run_clocks().saved_reports == 1
        drain()
    assert count(Box) == count(BoxPart) == 0
    assert [name for name in blobs().names() if "/box/" in name] == []


def test_a_part_before_its_report_or_past_its_end_is_refused(world: World) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    assert phone.send_part(box, 1).status_code == 404
    phone.send(box)
    sealed = phone.seal(box, 4, b"more")
    assert phone.put(f"/report/boxes/{box.id}/4", sealed).status_code == 404
    assert phone.put(f"/report/boxes/{box.id}/0", sealed).status_code == 422
    assert phone.put(f"/report/boxes/{box.id}/1", b"x" * 300_000).status_code == 413


def test_shared_photos_without_a_worker_are_told_where_to_go(world: World) -> None:
    answer = stranger(world).post("/report/share", {}, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "They are still on your phone." in answer.text


def _set(world: World, state: MemberState) -> None:
    with writing():
        db.session.get_one(Member, world.here.actor("member").id).state = state


def test_a_photo_without_a_small_copy_is_added_once_however_often_that_is_tried(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(b"", LARGE)])
    phone.send(box)
    for number in (1, 2, 3):
        phone.send_part(box, number)
    box_id = one(Box).id
    db.session.rollback()
    with monkeypatch.context() as patched:
        patched.setattr(originals, "close_box", _crash)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                originals.put_together(box_id)
            db.session.rollback()
    drain()
    assert count(Still) == 1
    assert one(Box).closed_at is not None


def _crash(*_args: object) -> None:
    raise RuntimeError("the worker was stopped")


def test_a_photo_of_more_bytes_than_a_photo_may_have_is_never_stored(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small_photos(app, monkeypatch)
    huge = LARGE.ljust(1_200_000, b"\0")
    box = Packed(fields(world), [(SMALL, huge), (SMALL, LARGE)])
    phone = phone_of(world.browser("member"))
    assert phone.send(box, X_Writer="here").status_code == 422
    where = phone.send(box).json["report"]
    for number in range(1, len(box.parts()) + 1):
        assert phone.send_part(box, number).status_code == 201
        assert sum("/box/" in name for name in blobs().names()) == max(0, number - 5)
    drain()
    kept = {open_rendition(still, ORIGINAL) for still in db.session.scalars(select(Still))}
    assert kept == {SMALL, LARGE}
    assert "1 could not be read" in world.browser("member").get(where).text


def test_no_more_is_asked_for_where_every_photo_is_too_large(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small_photos(app, monkeypatch)
    box = Packed(fields(world), [(SMALL, LARGE.ljust(1_200_000, b"\0"))])
    assert phone_of(world.browser("member")).send(box).json["parts"] == 0
    assert one(Box).closed_at is not None


def test_a_part_that_comes_while_its_box_is_closed_leaves_no_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(SMALL, LARGE)])
    phone.send(box)
    put = LocalBlobs.put

    def put_late(store: LocalBlobs, name: str, sealed: bytes) -> None:
        put(store, name, sealed)
        with writing():
            service.close_box(db.session.scalars(select(Box)).one())
        drain()
        put(store, name, sealed)

    monkeypatch.setattr(LocalBlobs, "put", put_late)
    assert phone.send_part(box, 1).json["missing"] == 0
    assert [name for name in blobs().names() if "/box/" in name] == []


def test_parts_of_boxes_that_are_closed_or_gone_are_swept(world: World) -> None:
    phone = phone_of(world.browser("member"))
    waits, closed = (Packed(fields(world), [(SMALL, LARGE)]) for _ in range(2))
    for box in (waits, closed):
        phone.send(box)
        phone.send_part(box, 1)
    scheme_id = world.here.actor("member").scheme_id
    with writing():
        ids = {box.submission_id: box.id for box in db.session.scalars(select(Box))}
        service.close_box(db.session.get_one(Box, ids[closed.id]))
    drain()
    for box_id in (ids[closed.id], uuid.uuid4()):
        blobs().put(service.part_name(scheme_id, box_id, 2), b"late")
    run_hourly()
    drain()
    kept = [name for name in blobs().names() if "/box/" in name]
    assert kept == [service.part_name(scheme_id, ids[waits.id], 1)]


@pytest.mark.parametrize("small", [SMALL, b""])
def test_a_report_of_somebody_who_needs_help_is_kept_without_its_photos(
    world: World, small: bytes
) -> None:
    asked = fields(world, kind="ask-for-angela", welfare_now="with-us")
    phone, box = phone_of(world.browser("member")), Packed(asked, [(small, LARGE)])
    assert phone.send(box, X_Writer="here").status_code == 422
    answer = phone.send(box)
    assert answer.status_code == 201
    assert answer.json["parts"] == 0
    assert one(Incident).words == "They said: you will not stop me."
    assert count(Still) == 0
    assert "1 left out" in world.browser("member").get(answer.json["report"]).text


def _small_photos(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(app.extensions["settings"], picture_megabytes=1)
    monkeypatch.setitem(app.extensions, "settings", small)
