"""A report's answers beside its words: kept where they matter, sealed, and erased with it."""

import re
import uuid
from html import unescape

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Subject
from disc.incidents.kinds import Ending, Force, GoodsLine, Hurt, Recovered, WeaponKind, WeaponUse
from disc.incidents.models import GoodsPreset, Incident, IncidentKnown, IncidentSubject
from disc.incidents.queries import mark_token, said_known
from disc.incidents.service import SEALED, erase_incident
from tests.incidents.test_reporting import count, fields, send
from tests.story import in_gallery
from tests.world import World

WHOLE = {
    "violence": "y",
    "force": "afterwards",
    "weapon": "y",
    "weapon_kind": "knife",
    "weapon_use": "shown",
    "injured": "y",
    "hurt": "staff",
    "goods": "Whisky",
    "value": "35",
    "recovered": "some",
    "ending": "detained",
    "vehicle": "ab12 cde",
    "forensic_code": "sd-4711 x",
    "description": ["tall", "red top"],
}


def sent(world: World, **told: object) -> Incident:
    answer = send(world.browser("member"), fields(world, **told))
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    return db.session.scalars(select(Incident).order_by(Incident.reported_at.desc())).first()


def test_every_answer_is_kept(world: World) -> None:
    one = sent(world, **WHOLE)
    assert (one.weapon_kind, one.weapon_use) == (WeaponKind.KNIFE, WeaponUse.SHOWN)
    assert (one.hurt, one.force) == (Hurt.STAFF, Force.AFTERWARDS)
    assert (one.recovered, one.ending) == (Recovered.SOME, Ending.DETAINED)
    assert (one.vehicle, one.forensic_code) == ("AB12CDE", "SD4711X")
    assert one.vehicle_token == mark_token(one.scheme_id, "AB12CDE")
    for plain in (b"AB12CDE", b"SD4711X"):
        assert plain not in one.vehicle_sealed + one.forensic_code_sealed


def test_an_answer_to_a_question_that_did_not_matter_is_left_out(world: World) -> None:
    told = {"kind": "abuse", "force": "to-steal", "weapon_kind": "knife", "hurt": "staff"}
    one = sent(world, **told, recovered="all", weapon_use="used")
    assert (one.force, one.weapon_kind, one.weapon_use, one.hurt, one.recovered) == (None,) * 5


def test_a_mark_that_cannot_be_one_is_refused_and_so_is_a_code(world: World) -> None:
    for name, typed in (("vehicle", "???"), ("forensic_code", "<b>"), ("forensic_code", "9" * 31)):
        page = send(world.browser("member"), fields(world, **{name: typed}))
        assert page.status_code == 422, (name, typed)
    assert count(Incident) == 0


def test_the_reader_and_the_desk_read_the_answers_and_what_they_come_to(world: World) -> None:
    one = sent(world, **WHOLE)
    for who, path in (
        ("member", f"/my-reports/{one.id}"),
        ("administrator", f"/desk/reports/{one.id}"),
    ):
        text = world.browser(who).get(path).text
        for words in (
            "A knife, shown",
            "Some are back",
            "AB12CDE",
            "SD4711X",
            "Was held",
            "Violence with injury",
            "Theft from shops",
            "Business crime",
            "Staff hold the person.",
            "Add a picture from the camera.",
        ):
            assert words in text, (who, words)


def _preset(world: World, premises_id: uuid.UUID) -> str:
    with writing():
        row = GoodsPreset(premises_id=premises_id, position=0, what="Joint of beef", pence=1450)
        db.session.add(row)
    return str(row.id)


def test_one_tap_is_goods_and_value(world: World) -> None:
    preset = _preset(world, world.here.premises_id)
    assert "Joint of beef" in world.browser("member").get("/report").text
    one = sent(world, preset=[preset])
    assert one.goods_lines == (GoodsLine("Joint of beef", 1450),)
    assert one.value_pence == 1450
    assert sent(world, preset=[preset], value="20").value_pence == 2000


def test_goods_of_other_premises_are_not_offered_and_not_taken(world: World) -> None:
    foreign = _preset(world, world.here.other_premises_id)
    assert "Joint of beef" not in world.browser("member").get("/report").text
    assert send(world.browser("member"), fields(world, preset=[foreign])).status_code == 422


def test_a_known_face_is_a_hint_to_the_manager_and_no_link(world: World) -> None:
    subject_id = in_gallery(world.here)[0]
    one = sent(world, known=[str(subject_id)])
    assert said_known(one.id) == [subject_id]
    links = select(IncidentSubject).where(IncidentSubject.incident_id == one.id)
    assert db.session.scalars(links).all() == []
    desk = world.browser("administrator").get(f"/desk/reports/{one.id}").text
    assert "as the reporter believes" in desk


def test_a_report_that_points_at_a_face_can_be_changed_and_that_it_was_shown_is_noted(
    world: World,
) -> None:
    subject_id = in_gallery(world.here)[0]
    one = sent(world, known=[str(subject_id)])
    page = world.browser("member").get(f"/my-reports/{one.id}/change")
    assert page.status_code == 200
    assert f'name="known" value="{subject_id}" checked' in page.text
    db.session.rollback()
    offered = select(AuditEvent).where(AuditEvent.act == "people offered to a report")
    assert [row.target_id for row in db.session.scalars(offered)] == [subject_id]


def test_whom_the_gallery_does_not_show_them_nobody_points_at(world: World) -> None:
    foreign = in_gallery(world.there, seed=3)[0]
    far = in_gallery(world.here, seed=2, who="far_member")[0]
    sent(world, known=[str(foreign), str(far), str(uuid.uuid4())])
    assert count(IncidentKnown) == 0


def test_the_faces_to_choose_from_are_those_of_the_gallery_and_are_noted(world: World) -> None:
    from disc.core.audit import AuditEvent

    near = in_gallery(world.here)[0]
    far = in_gallery(world.here, seed=2, who="far_member")[0]
    member = world.browser("member")
    text = member.get("/report/people").text
    assert f'name="known" value="{near}"' in text
    assert str(far) not in text
    db.session.rollback()
    act = AuditEvent.act == "people offered to a report"
    assert db.session.scalars(select(AuditEvent.target_id).where(act)).all() == [near]
    chosen = f'name="known" value="{near}" checked'
    assert chosen in member.post("/report/form", {"known": str(near)}).text
    assert str(far) not in member.post("/report/form", {"known": str(far)}).text


def _inputs(page: str) -> MultiDict[str, str]:
    """Return what a browser without scripts sends of a page's form, but for its buttons."""
    sent: MultiDict[str, str] = MultiDict()
    for tag in re.findall(r"<(?:input|option)\b[^>]*>", page):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_set = " checked" in tag or told.get("type") not in ("checkbox", "radio", "file")
        if "name" in told and is_set:
            sent.add(told["name"], unescape(told.get("value", "")))
    words = re.search(r'<textarea[^>]*name="words"[^>]*>([^<]*)<', page)
    if words:
        sent.add("words", unescape(words[1]))
    return sent


def test_pointing_at_a_face_without_scripts_loses_nothing_that_was_typed(world: World) -> None:
    first, second = in_gallery(world.here)[0], in_gallery(world.here, seed=4)[0]
    member = world.browser("member")
    member.get("/report")
    typed = fields(world, **WHOLE, known=[str(first)], pictures=["camera.jpg"])
    faces = member.post("/report/people", typed).text
    named = str(db.session.get_one(Subject, second).reference)
    faces = member.post(
        "/report/people", _inputs(faces).to_dict(flat=False) | {"called": named}
    ).text
    assert str(second) in faces
    carried = _inputs(faces)
    carried.add("known", str(second))
    form = member.post("/report/form", carried.to_dict(flat=False))
    assert form.status_code == 200
    back = _inputs(form.text)
    for name, value in typed.items():
        if name not in ("csrf_token", "pictures", "known", "premises_id"):
            wanted = value if isinstance(value, list) else [value]
            assert back.getlist(name) == [str(one) for one in wanted], name
    assert set(back.getlist("known")) == {str(first), str(second)}
    assert f'<option value="{typed["premises_id"]}" selected' in form.text
    assert "Choose your photos again." in form.text


def test_the_page_of_faces_searches_for_no_word_of_the_report(world: World) -> None:
    member = world.browser("member")
    member.get("/report")
    in_gallery(world.here)
    text = member.post("/report/people", {"words": "zzz", "csrf": "x"}).text
    assert "Nobody was found." not in text
    assert 'name="words" value="zzz"' in text


def test_a_face_is_found_by_its_number_and_nobody_elses_is(world: World) -> None:
    near, far = in_gallery(world.here)[0], in_gallery(world.here, seed=2, who="far_member")[0]
    named = {one: db.session.get_one(Subject, one).reference for one in (near, far)}
    member = world.browser("member")
    member.get("/report/people")
    assert f'value="{near}"' in member.post("/report/people", {"called": named[near]}).text
    assert "Nobody was found." in member.post("/report/people", {"called": named[far]}).text


def test_erasing_a_report_leaves_nothing_of_the_answers_that_were_sealed(world: World) -> None:
    subject_id = in_gallery(world.here)[0]
    one = sent(world, **WHOLE, known=[str(subject_id)])
    with writing():
        row = db.session.get_one(Incident, one.id)
        erase_incident(row)
    assert [getattr(row, f"{name}_sealed") for name in SEALED] == [None] * len(SEALED)
    assert (row.vehicle_token, row.forensic_code_token) == (None, None)
    assert count(IncidentKnown) == 0


def test_every_sealed_column_of_a_report_is_erased_with_it() -> None:
    columns = {column.name for column in Incident.__table__.columns}
    assert {name for name in columns if name.endswith("_sealed")} == {f"{n}_sealed" for n in SEALED}


def test_erasing_a_subject_forgets_who_believed_to_have_seen_them(world: World) -> None:
    from disc.core.jobs import drain
    from disc.gallery.erasing import erase_subject

    subject_id = in_gallery(world.here)[0]
    sent(world, known=[str(subject_id)])
    with writing():
        erase_subject(db.session.get_one(Subject, subject_id))
    drain()
    assert count(IncidentKnown) == 0
