"""Who looked at this person: everybody who saw the record, a picture, a report or a notice."""

import re
import uuid

import sqlalchemy as sa

from disc.core import auditing
from disc.core.audit import AuditEvent, AuditSeen
from disc.core.database import db
from disc.core.transaction import writing
from disc.dataprotection.erasing import erase_person_now
from disc.gallery.models import Subject
from tests.story import in_gallery
from tests.world import World


def viewers(page: str) -> dict[str, int]:
    rows = page.partition("viewers-title")[2].partition("</table>")[0]
    found = re.findall(r'log__who">([^<]+)</td><td>(\d+) time', rows)
    return {name: int(times) for name, times in found}


def test_everybody_who_saw_them_is_listed_and_nobody_else(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    other_id, _ = in_gallery(world.here, seed=2)
    world.browser("member").get("/gallery")
    world.browser("second_member").get(f"/gallery/{other_id}")
    world.browser("administrator").get(f"/people/{subject_id}")
    page = world.browser("dpo").get(f"/audit/subject/{subject_id}").text
    names = {f"Pat {who} {world.here.number}" for who in ("Member", "Administrator")}
    assert set(viewers(page)) == names


def test_a_page_of_many_pictures_is_one_event_that_leads_from_each_of_them(world: World) -> None:
    ids = [in_gallery(world.here, seed=seed)[0] for seed in (1, 2, 3)]
    world.browser("member").get("/gallery")
    shown = sa.select(AuditEvent).where(AuditEvent.act == "picture shown")
    event = db.session.scalars(shown).one()
    assert len(auditing.seen_in([event])[event.position]) == 3
    dpo = world.browser("dpo")
    name = f"Pat Member {world.here.number}"
    for subject_id in ids:
        assert viewers(dpo.get(f"/audit/subject/{subject_id}").text) == {name: 1}


def test_a_picture_taken_out_of_the_event_shows_in_the_chain(world: World) -> None:
    for seed in (1, 2):
        in_gallery(world.here, seed=seed)
    world.browser("member").get("/gallery")
    assert auditing.broken_links(world.here.scheme_id) == []
    event = db.session.scalars(sa.select(AuditSeen)).first()
    with writing() as session:
        session.execute(
            sa.delete(AuditSeen).where(
                AuditSeen.position == event.position, AuditSeen.target_id == event.target_id
            )
        )
    assert auditing.broken_links(world.here.scheme_id) == [event.position]


def test_looking_at_the_list_is_written_down(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    world.browser("dpo").get(f"/audit/subject/{subject_id}")
    read = sa.select(AuditEvent.actor_id).where(
        AuditEvent.act == "audit read", AuditEvent.target_id == subject_id
    )
    assert db.session.scalars(read).all() == [world.here.actor("dpo").id]


def test_another_schemes_person_is_missing(world: World) -> None:
    subject_id, _ = in_gallery(world.there)
    dpo = world.browser("dpo")
    assert dpo.get(f"/audit/subject/{subject_id}").status_code == 404
    assert dpo.get(f"/audit/subject/{uuid.uuid4()}").status_code == 404


def test_the_dpo_hides_a_person_with_a_reason_and_stays_on_the_page(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    dpo = world.browser("dpo")
    here = f"/audit/subject/{subject_id}"
    dpo.get(here)
    assert dpo.post(f"{here}/hide").status_code == 422
    assert world.browser("member").get(f"/gallery/{subject_id}").status_code == 200
    answer = dpo.post(f"{here}/hide", {"reason": "objection"})
    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    assert "No one sees this record" in dpo.get(here).text
    assert world.browser("member").get(f"/gallery/{subject_id}").status_code == 404
    said = sa.select(AuditEvent.detail).where(AuditEvent.act == "reason for hiding")
    assert db.session.scalars(said).all() == ["The person objected"]


def test_who_looked_at_an_erased_person_is_still_told_for_the_record(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    world.browser("member").get(f"/gallery/{subject_id}")
    with writing():
        subject = db.session.get_one(Subject, subject_id)
        erase_person_now(world.here.actor("administrator"), subject)
    page = world.browser("dpo").get(f"/audit/subject/{subject_id}").text
    assert viewers(page) == {f"Pat Member {world.here.number}": 1}
    assert "The record was erased" in page


def test_the_desk_leads_there_for_those_who_may(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    link = f"/audit/subject/{subject_id}"
    assert link in world.browser("administrator").get(f"/people/{subject_id}").text
    assert link not in world.browser("sub_administrator").get(f"/people/{subject_id}").text
