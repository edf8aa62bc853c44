"""What law and the field's rules forbid, the database itself refuses: a row for each."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from disc.access.actor import LEADING, MANAGERS, Role
from disc.alerts.models import Alert, AlertTemplate
from disc.api.models import ApiDelivery, ApiKey, ApiSandbox, ApiWebhook
from disc.api.rules import News
from disc.boxes.models import Box, BoxPart
from disc.core import clock
from disc.core.database import Base, db, new_id
from disc.core.keys import Canary
from disc.core.transaction import writing
from disc.dataprotection.models import LeakSearch, LeakState
from disc.desk.models import Act, ItemKind, PendingDecision
from disc.evidence.models import CustodyEntry, Video, VideoPiece
from disc.exclusions.models import ExclusionNotice, NoticeState, ServedHow
from disc.gallery.models import (
    AnswerOutcome,
    Gallery,
    Identification,
    PoliceNote,
    Subject,
    SubjectState,
    Sureness,
)
from disc.importing.columns import Kind
from disc.importing.models import FileState, ImportFile
from disc.incidents.kinds import Hurt, IncidentKind, WeaponKind, WeaponUse, WelfareNow
from disc.incidents.models import (
    GoodsPreset,
    Incident,
    IncidentNote,
    IncidentState,
    NoteKind,
)
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import (
    BETWEEN_PEOPLE,
    WITH_A_VEHICLE,
    AssociationKind,
    AssociationState,
)
from disc.matching.models import Camera, Finding, PossibleDuplicate, Verdict
from disc.members.models import (
    Ceremony,
    JoinCode,
    Member,
    Premises,
    Proof,
    PushKind,
    PushMessage,
    PushPhone,
    RulesDocument,
    Scheme,
    Tablet,
    UserSession,
)
from disc.police.models import Escalation, Outcome
from disc.printing.models import PrintCopy, Printout
from disc.printing.rules import CalledBack
from disc.stills.models import Source, Still
from disc.stills.ports import Handled
from tests.world import Place, World

DAY = timedelta(days=1)


def leak_search(place: Place, **changed: object) -> LeakSearch:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "asked_by_id": place.actor("dpo").id,
        "erase_on": clock.today(),
    }
    return LeakSearch(**{**plain, **changed})


def pending_decision(place: Place, **changed: object) -> PendingDecision:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "batch_id": new_id(),
        "kind": ItemKind.REPORT,
        "item_id": new_id(),
        "act": Act.REJECT,
        "member_id": place.actor("administrator").id,
        "session_id": new_id(),
        "made_at": clock.now(),
        "effective_at": clock.now() + DAY,
    }
    return PendingDecision(**{**plain, **changed})


def import_file(place: Place, **changed: object) -> ImportFile:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "kind": Kind.INCIDENTS,
        "brought_by_id": place.actor("administrator").id,
        "digest": b"x",
        "lines": 5,
        "good": 4,
        "there": 0,
        "forget_at": clock.now(),
        "erase_on": clock.today(),
    }
    return ImportFile(**{**plain, **changed})


def api_key(place: Place, **changed: object) -> ApiKey:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "member_id": new_id(),
        "prefix": "disc_live_x",
        "digest": new_id().bytes,
        "scopes": "report:write",
        "is_sandbox": False,
        "made_by_id": place.actor("administrator").id,
        "made_at": clock.now(),
        "expires_at": clock.now() + DAY,
    }
    return ApiKey(**{**plain, **changed})


def _of_a_key(place: Place) -> dict[str, object]:
    key = api_key(place)
    db.session.add(key)
    db.session.flush()
    return {"id": new_id(), "scheme_id": place.scheme_id, "key_id": key.id}


def api_sandbox(place: Place, **changed: object) -> ApiSandbox:
    plain = {"scheme_id": place.scheme_id, "sandbox_id": new_id(), "desk_id": new_id()}
    return ApiSandbox(**{**plain, **changed})


def api_webhook(place: Place, **changed: object) -> ApiWebhook:
    return ApiWebhook(**{**_of_a_key(place), **changed})


def api_delivery(place: Place, **changed: object) -> ApiDelivery:
    plain = {"kind": News.OUTCOME, "incident_id": new_id(), "status": "outcome"}
    return ApiDelivery(**{**_of_a_key(place), **plain, **changed})


def printout(place: Place, **changed: object) -> Printout:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "reference": new_id().hex[-12:],
        "of_gallery": True,
        "people": 1,
        "asked_by_id": place.actor("administrator").id,
        "destroy_by": clock.today(),
        "erase_on": clock.today() + DAY,
    }
    return Printout(**{**plain, **changed})


def box(place: Place, **changed: object) -> Box:
    of = incident(place)
    db.session.add(of)
    db.session.flush()
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "member_id": of.reporter_id,
        "submission_id": of.submission_id,
        "incident_id": of.id,
        "key_id": new_id(),
        "parts": 0,
        "clock_off": 0,
        "unread": 0,
        "erase_on": of.erase_on,
    }
    return Box(**{**plain, **changed})


def box_part(place: Place, **changed: object) -> BoxPart:
    of = box(place, parts=1)
    db.session.add(of)
    db.session.flush()
    return BoxPart(**{"box_id": of.id, "number": 1, **changed})


def _shelf(place: Place) -> uuid.UUID:
    made = gallery(place)
    db.session.add(made)
    db.session.flush()
    return made.id


def print_copy(place: Place, **changed: object) -> PrintCopy:
    of = printout(place)
    db.session.add(of)
    db.session.flush()
    plain = {"printout_id": of.id, "number": 1, "code": new_id().hex[-12:]}
    return PrintCopy(**{**plain, **changed})


def scheme(_place: Place, **changed: object) -> Scheme:
    return Scheme(**{"id": new_id(), "slug": str(new_id()), "name": "Quay", **changed})


def canary(_place: Place, **changed: object) -> Canary:
    db.session.execute(sa.delete(Canary))
    return Canary(**{"id": 1, "sealed": b"x", **changed})


def gallery(place: Place, **changed: object) -> Gallery:
    return Gallery(**{"scheme_id": place.scheme_id, "name": str(new_id()), **changed})


def subject(place: Place, **changed: object) -> Subject:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "reference": new_id().hex[-12:],
        "state": SubjectState.PUBLISHED,
        "made_by_id": place.actor("administrator").id,
        "hide_on": clock.today(),
        "erase_on": clock.today(),
    }
    return Subject(**{**plain, **changed})


def identification(place: Place, **changed: object) -> Identification:
    person = subject(place)
    db.session.add(person)
    db.session.flush()
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "subject_id": person.id,
        "by_id": place.actor("member").id,
        "sureness": Sureness.SURE,
        "erase_on": clock.today(),
    }
    return Identification(**{**plain, **changed})


def still(place: Place, **changed: object) -> Still:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "premises_id": place.premises_id,
        "width": 4,
        "height": 3,
        "erase_on": clock.today(),
    }
    return Still(**{**plain, **changed})


def _edited(place: Place, **changed: object) -> dict[str, object]:
    plain = {
        "edit_version": 1,
        "shown_as": new_id().hex,
        "edited_by_id": place.actor("administrator").id,
        "edited_at": clock.now(),
    }
    return {**plain, **changed}


def video(place: Place, **changed: object) -> Video:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "uploader_id": place.actor("member").id,
        "upload_id": new_id(),
        "submission_id": new_id(),
        "size": 10,
        "piece_bytes": 4,
        "erase_on": clock.today(),
    }
    return Video(**{**plain, **changed})


def video_piece(place: Place, **changed: object) -> VideoPiece:
    of = video(place)
    db.session.add(of)
    db.session.flush()
    return VideoPiece(**{"video_id": of.id, "number": 0, "mark": new_id().hex, **changed})


def custody_entry(place: Place, **changed: object) -> CustodyEntry:
    picture, film = still(place), video(place)
    db.session.add_all([picture, film])
    db.session.flush()
    plain = {
        "scheme_id": place.scheme_id,
        "still_id": picture.id,
        "position": 1,
        "at": clock.now(),
        "act": Handled.BEGUN,
        "link": b"link",
    }
    if changed.pop("of_both", False):
        plain["video_id"] = film.id
    return CustodyEntry(**{**plain, **changed})


def incident(place: Place, **changed: object) -> Incident:
    plain = {
        "id": new_id(),
        "submission_id": new_id(),
        "reference": new_id().hex[-12:],
        "scheme_id": place.scheme_id,
        "area_id": place.area_id,
        "premises_id": place.premises_id,
        "reporter_id": place.actor("member").id,
        "kind": IncidentKind.SHOP_THEFT,
        "occurred_at": clock.now(),
        "erase_on": clock.today(),
    }
    return Incident(**{**plain, **changed})


def note(place: Place, **changed: object) -> IncidentNote:
    about = incident(place)
    db.session.add(about)
    db.session.flush()
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "incident_id": about.id,
        "submission_id": new_id(),
        "kind": NoteKind.ANSWER,
        "by_id": place.actor("member").id,
    }
    return IncidentNote(**{**plain, **changed})


def goods(place: Place, **changed: object) -> GoodsPreset:
    plain = {"premises_id": place.premises_id, "position": 0, "what": "Whisky", "pence": 3500}
    return GoodsPreset(**{**plain, **changed})


def duplicate(place: Place, **changed: object) -> PossibleDuplicate:
    one, other = still(place), still(place)
    db.session.add_all([one, other])
    db.session.flush()
    plain = {
        "scheme_id": place.scheme_id,
        "earlier_id": one.id,
        "later_id": other.id,
        "distance": 3,
        "finding": Finding.PROBABLY,
    }
    if changed.pop("same", False):
        plain["later_id"] = one.id
    return PossibleDuplicate(**{**plain, **changed})


def _another_pair(place: Place) -> uuid.UUID:
    other = duplicate(place, verdict=Verdict.OPEN)
    db.session.add(other)
    db.session.flush()
    return other.id


def camera(place: Place, **changed: object) -> Camera:
    plain = {"scheme_id": place.scheme_id, "premises_id": place.premises_id, "number": 1}
    return Camera(**{**plain, **changed})


def notice(place: Place, **changed: object) -> ExclusionNotice:
    person = subject(place)
    db.session.add(person)
    db.session.flush()
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "subject_id": person.id,
        "reference": new_id().hex[-12:],
        "starts_on": clock.today(),
        "ends_on": clock.today() + DAY,
        "proposed_by_id": place.actor("administrator").id,
        "proposed_by_role": Role.ADMINISTRATOR,
        "erase_on": clock.today(),
    }
    return ExclusionNotice(**{**plain, **changed})


def vehicle(place: Place, **changed: object) -> Vehicle:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "reference": new_id().hex[-12:],
        "made_by_id": place.actor("administrator").id,
        "hide_on": clock.today(),
        "erase_on": clock.today(),
    }
    return Vehicle(**{**plain, **changed})


def association(place: Place, **changed: object) -> Association:
    """Two people seen together, graded; ``with_a_vehicle`` and ``swapped`` change the ends."""
    people = sorted((subject(place), subject(place)), key=lambda one: one.id)
    car = vehicle(place)
    db.session.add_all([*people, car])
    db.session.flush()
    one, other = reversed(people) if changed.pop("swapped", False) else people
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "subject_id": one.id,
        "other_subject_id": other.id,
        "kind": AssociationKind.SEEN_TOGETHER,
        "source": "2",
        "assessment": "C",
        "handling": "P",
        "made_by_id": place.actor("administrator").id,
        "expires_on": clock.today(),
        "erase_on": clock.today(),
    }
    if changed.pop("with_a_vehicle", False):
        plain |= {"other_subject_id": None, "vehicle_id": car.id}
    if changed.pop("with_themselves", False):
        plain["other_subject_id"] = one.id
    if changed.pop("with_both", False):
        plain |= {"vehicle_id": car.id, "kind": AssociationKind.OTHER}
    return Association(**{**plain, **changed})


def member(place: Place, **changed: object) -> Member:
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "role": Role.MEMBER,
        "viewer_code": new_id().hex[-12:],
    }
    return Member(**{**plain, **changed})


def premises(place: Place, **changed: object) -> Premises:
    plain = {"scheme_id": place.scheme_id, "area_id": place.area_id, "name": "Quay Fish"}
    return Premises(**{**plain, **changed})


def join_code(place: Place, **changed: object) -> JoinCode:
    plain = {
        "scheme_id": place.scheme_id,
        "premises_id": place.premises_id,
        "token_digest": new_id().bytes,
        "made_by_id": place.actor("administrator").id,
        "expires_at": clock.now(),
    }
    return JoinCode(**{**plain, **changed})


def ceremony(_place: Place, **changed: object) -> Ceremony:
    plain = {"token_digest": new_id().bytes, "purpose": "sign in", "expires_at": clock.now()}
    return Ceremony(**{**plain, **changed})


def push_phone(place: Place, **changed: object) -> PushPhone:
    signed_in = UserSession(
        id=new_id(), member_id=place.actor("member").id, token_digest=new_id().bytes
    )
    db.session.add(signed_in)
    db.session.flush()
    plain = {
        "id": new_id(),
        "scheme_id": place.scheme_id,
        "member_id": signed_in.member_id,
        "session_id": signed_in.id,
        "origin": "https://watch.example.org",
    }
    return PushPhone(**{**plain, **changed})


def push_message(place: Place, **changed: object) -> PushMessage:
    phone = push_phone(place)
    db.session.add(phone)
    db.session.flush()
    now = clock.now()
    plain = {
        "scheme_id": place.scheme_id,
        "batch_id": new_id(),
        "phone_id": phone.id,
        "member_id": phone.member_id,
        "kind": PushKind.TEST,
        "path": "/me",
        "made_at": now,
        "expires_at": now + DAY,
    }
    return PushMessage(**{**plain, **changed})


def tablet(place: Place) -> Tablet:
    made = Tablet(
        id=new_id(),
        scheme_id=place.scheme_id,
        premises_id=place.premises_id,
        name="Till",
        token_digest=new_id().bytes,
        enrolled_by_id=place.actor("administrator").id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def sign_in(place: Place, **changed: object) -> UserSession:
    plain = {"member_id": place.actor("member").id, "token_digest": new_id().bytes}
    return UserSession(**{**plain, **changed})


def rules_document(place: Place, **changed: object) -> RulesDocument:
    plain = {
        "scheme_id": place.scheme_id,
        "kind": "rules",
        "version": 99,
        "title": "Rules",
        "body": "Be fair.",
    }
    return RulesDocument(**{**plain, **changed})


def alert(place: Place, **changed: object) -> Alert:
    plain = {
        "scheme_id": place.scheme_id,
        "area_id": place.area_id,
        "template": AlertTemplate.THEFT_TEAM,
        "submission_id": new_id(),
        "owner_id": place.actor("member").id,
        "raised_at": clock.now(),
        "closes_at": clock.now() + timedelta(hours=1),
    }
    return Alert(**{**plain, **changed})


def escalation(place: Place, **changed: object) -> Escalation:
    report = incident(place)
    db.session.add(report)
    db.session.flush()
    plain = {
        "scheme_id": place.scheme_id,
        "area_id": place.area_id,
        "incident_id": report.id,
        "escalated_by_id": place.actor("administrator").id,
        "erase_on": clock.today(),
    }
    return Escalation(**{**plain, **changed})


Make = Callable[..., Base]
Forbidden = tuple[Make, Callable[[Place], dict[str, object]]]


def _decided(place: Place, **more: object) -> dict[str, object]:
    board = place.actor("board").id
    whole = {"decided_by_id": board, "decided_by_role": Role.BOARD, "decided_at": clock.now()}
    return {**whole, **more}


def _confirmed(place: Place, **more: object) -> dict[str, object]:
    """Say who of another role confirmed: the database knows people and not their roles."""
    whole = {"confirmed_by_id": place.actor("board").id, "confirmed_at": clock.now()}
    return {"state": AssociationState.CONFIRMED, **whole, **more}


UNGRADED = {"source": None, "assessment": None, "handling": None}


def _merged_into_itself(_place: Place) -> dict[str, object]:
    key = new_id()
    return {"id": key, "merged_into_id": key}


def _approves_themselves(_place: Place) -> dict[str, object]:
    key = new_id()
    return {"id": key, "approved_by_id": key}


def _let_in_by_one(place: Place, role: Role) -> dict[str, object]:
    one = place.actor("board").id
    return {"role": role, "invited_by_id": one, "approved_by_id": one}


def _agreed(place: Place) -> dict[str, object]:
    return {"agreed_by_id": place.actor("board").id}


LAW: dict[str, list[Forbidden]] = {
    "ck_canary_only_one": [(canary, lambda _: {"id": 2})],
    "ck_scheme_id_sought_clocks": [
        (scheme, lambda _: {"id_sought_hide_months": 7, "id_sought_erase_months": 6}),
        (scheme, lambda _: {"id_sought_hide_months": 0}),
    ],
    "ck_scheme_known_clocks": [
        (scheme, lambda _: {"known_hide_months": 25, "known_erase_months": 24}),
        (scheme, lambda _: {"known_hide_months": 0}),
    ],
    "ck_scheme_report_clock": [
        (scheme, lambda _: {"report_erase_months": 0}),
        (scheme, lambda _: {"report_erase_months": 85}),
    ],
    "ck_scheme_rules_clock": [
        (scheme, lambda _: {"rules_renew_months": 0}),
        (scheme, lambda _: {"rules_renew_months": 37}),
    ],
    "ck_scheme_reoffending_clock": [
        (scheme, lambda _: {"reoffending_months": 0}),
        (scheme, lambda _: {"reoffending_months": 37}),
    ],
    "ck_scheme_slowed_first": [
        (scheme, lambda _: {"pictures_slow": 0}),
        (scheme, lambda _: {"pictures_slow": 9, "pictures_stop": 8}),
    ],
    "ck_incident_weapon": [
        (incident, lambda _: {"weapon_kind": WeaponKind.KNIFE}),
        (incident, lambda _: {"weapon_use": WeaponUse.USED}),
    ],
    "ck_incident_somebody_hurt": [(incident, lambda _: {"hurt": Hurt.STAFF})],
    "ck_incident_only_welfare_says_where": [(incident, lambda _: {"welfare_now": WelfareNow.SAFE})],
    "ck_incident_welfare_accuses_nobody": [
        (incident, lambda _: {"kind": IncidentKind.UNWELL, "violence": True}),
        (incident, lambda _: {"kind": IncidentKind.UNWELL, "weapon": True}),
        (incident, lambda _: {"kind": IncidentKind.UNWELL, "description_sealed": b"x"}),
        (incident, lambda _: {"kind": IncidentKind.UNWELL, "vehicle_sealed": b"x"}),
    ],
    "ck_goods_preset_so_many_goods": [
        (goods, lambda _: {"position": 12}),
        (goods, lambda _: {"position": -1}),
    ],
    "ck_goods_preset_worth": [
        (goods, lambda _: {"pence": -1}),
        (goods, lambda _: {"pence": 100_000_001}),
    ],
    "ck_premises_place_has_both_numbers": [(premises, lambda _: {"latitude": 50.1})],
    "ck_premises_on_the_globe": [
        (premises, lambda _: {"latitude": 90.1, "longitude": 0.0}),
        (premises, lambda _: {"latitude": 50.0, "longitude": -180.5}),
    ],
    "ck_member_approved_by_somebody_else": [(member, _approves_themselves)],
    "ck_member_two_people_let_leaders_in": [
        (member, lambda place, role=role: _let_in_by_one(place, role)) for role in sorted(LEADING)
    ],
    "ck_join_code_so_many_times": [
        (join_code, lambda _: {"uses_left": -1}),
        (join_code, lambda _: {"uses_left": 31}),
    ],
    "ck_push_phone_so_many_failures": [(push_phone, lambda _: {"failures": -1})],
    "ck_push_message_ends": [(push_message, lambda _: {"expires_at": clock.now() - DAY})],
    "ck_push_message_own_page": [
        (push_message, lambda _: {"path": "//example.org/me"}),
        (push_message, lambda _: {"path": "https://example.org/me"}),
    ],
    "ck_ceremony_so_many_tries": [(ceremony, lambda _: {"tries_left": -1})],
    "ck_user_session_pin_on_a_tablet": [
        (sign_in, lambda _: {"how": Proof.PIN}),
        (sign_in, lambda place: {"tablet_id": tablet(place).id}),
    ],
    "ck_rules_document_counts_from_one": [(rules_document, lambda _: {"version": 0})],
    "ck_gallery_expiry": [
        (gallery, lambda _: {"expiry_months": 0}),
        (gallery, lambda _: {"expiry_months": 37}),
    ],
    "ck_subject_board_agreed_first": [
        (subject, lambda _: {"under_18": True}),
        (subject, lambda _: {"vulnerable": True}),
    ],
    "ck_subject_under_10_is_shown_to_nobody": [
        (subject, lambda _: {"under_10": True}),
        (subject, lambda place: {"under_10": True, "under_18": True, **_agreed(place)}),
        (
            subject,
            lambda _: {"under_10": True, "under_18": True, "state": SubjectState.AWAITING_BOARD},
        ),
        (subject, lambda _: {"under_10": True, "state": SubjectState.WITHDRAWN}),
    ],
    "ck_subject_two_people_agree": [
        (subject, lambda place: {"agreed_by_id": place.actor("administrator").id})
    ],
    "ck_subject_hidden_before_erased": [(subject, lambda _: {"hide_on": clock.today() + DAY})],
    "ck_subject_merged_elsewhere": [(subject, _merged_into_itself)],
    "ck_subject_erased_is_gone": [
        (subject, lambda _: {"state": SubjectState.ERASED, "name": "Robin Invented-Person"}),
        (subject, lambda _: {"state": SubjectState.ERASED, "name_sealed": b"left"}),
        (subject, lambda _: {"state": SubjectState.ERASED, "caption": "left"}),
    ],
    "ck_still_erased_is_gone": [
        (still, lambda _: {"erased_at": clock.now(), "file_token": b"left"}),
        (still, lambda _: {"erased_at": clock.now(), "captured": "left"}),
    ],
    "ck_still_somebody_edited": [
        (still, lambda _: {"edit_version": 1}),
        (still, lambda place: _edited(place, edited_by_id=None)),
        (still, lambda place: _edited(place, edited_at=None)),
        (still, lambda place: _edited(place, shown_as="")),
        (still, lambda place: _edited(place, edit_version=0)),
    ],
    "ck_still_words_are_gone": [
        (still, lambda _, name=name: {"erased_at": clock.now(), f"{name}_sealed": b"left"})
        for name in ("steps", "authority_by", "authority_limits", "withdrawn_why")
    ],
    "ck_still_police_set_conditions": [
        (still, lambda _: {"conditions": "left"}),
        (still, lambda _: {"conditions": "left", "source": Source.PUBLIC}),
    ],
    "ck_still_hidden_before_erased": [(still, lambda _: {"hide_on": clock.today() + DAY})],
    "ck_still_somebody_withdrew": [
        (still, lambda _: {"hidden_at": clock.now(), "withdrawn_at": clock.now()}),
        (still, lambda place: {"withdrawn_by_id": place.actor("member").id}),
    ],
    "ck_still_withdrawn_is_hidden": [
        (
            still,
            lambda place: {
                "withdrawn_at": clock.now(),
                "withdrawn_by_id": place.actor("member").id,
            },
        )
    ],
    "ck_incident_value": [(incident, lambda _: {"value_pence": -1})],
    "ck_incident_a_person_decides": [
        (
            incident,
            lambda place: {
                "state": IncidentState.RETURNED,
                "decided_by_id": place.actor("administrator").id,
            },
        ),
        (incident, lambda _: {"state": IncidentState.ACCEPTED}),
        (incident, lambda place: {"decided_by_id": place.actor("administrator").id}),
    ],
    "ck_incident_note_asks_with_words": [
        (note, lambda _: {"kind": NoteKind.QUESTION, "read_at": clock.now()}),
        (note, lambda _: {"kind": NoteKind.QUESTION, "pictures": 1}),
    ],
    "ck_incident_note_pictures": [(note, lambda _: {"pictures": -1})],
    "ck_possible_duplicate_two_stills": [(duplicate, lambda _: {"same": True})],
    "ck_possible_duplicate_a_person_decides": [
        (duplicate, lambda _: {"verdict": Verdict.SAME}),
        (duplicate, lambda place: {"decided_by_id": place.actor("administrator").id}),
    ],
    "ck_possible_duplicate_open_follows_nothing": [
        (duplicate, lambda place: {"follows_id": _another_pair(place)})
    ],
    "ck_possible_duplicate_nothing_to_align": [
        (duplicate, lambda _: {"finding": Finding.SAME_FILE, "evidence": b"left"})
    ],
    "ck_camera_counts_from_one": [(camera, lambda _: {"number": 0})],
    "ck_exclusion_notice_has_an_end": [(notice, lambda _: {"ends_on": clock.today()})],
    "ck_exclusion_notice_proposed_by_the_scheme": [
        (notice, lambda _, role=role: {"proposed_by_role": role})
        for role in Role
        if role not in MANAGERS
    ],
    "ck_exclusion_notice_board_decides": [
        (notice, lambda place, role=role: _decided(place, decided_by_role=role, state="approved"))
        for role in Role
        if role is not Role.BOARD
    ],
    "ck_exclusion_notice_two_people": [
        (
            notice,
            lambda place: _decided(
                place, decided_by_id=place.actor("administrator").id, state=NoticeState.APPROVED
            ),
        )
    ],
    "ck_exclusion_notice_decided_before_more": [
        (notice, lambda _: {"state": NoticeState.APPROVED}),
        (notice, lambda place: _decided(place, state=NoticeState.PROPOSED)),
    ],
    "ck_exclusion_notice_a_decision_is_whole": [
        (notice, lambda place: _decided(place, state="approved", decided_at=None)),
        (notice, lambda place: _decided(place, state="approved", decided_by_role=None)),
        (notice, lambda _: {"decided_at": clock.now()}),
    ],
    "ck_exclusion_notice_served_is_recorded": [
        (notice, lambda place: _decided(place, state=NoticeState.SERVED)),
        (
            notice,
            lambda place: _decided(place, state=NoticeState.SERVED, served_how=ServedHow.IN_PERSON),
        ),
    ],
    "ck_vehicle_hidden_before_erased": [(vehicle, lambda _: {"hide_on": clock.today() + DAY})],
    "ck_association_two_ends": [
        (association, lambda _: {"with_both": True}),
        (association, lambda _: {"other_subject_id": None}),
    ],
    "ck_association_in_order": [
        (association, lambda _: {"swapped": True}),
        (association, lambda _: {"with_themselves": True}),
    ],
    "ck_association_kind_fits": [
        *(
            (association, lambda _, kind=kind: {"kind": kind})
            for kind in WITH_A_VEHICLE
            if kind not in BETWEEN_PEOPLE
        ),
        *(
            (association, lambda _, kind=kind: {"kind": kind, "with_a_vehicle": True})
            for kind in BETWEEN_PEOPLE
            if kind not in WITH_A_VEHICLE
        ),
    ],
    "ck_association_computer_suggests_little": [
        (association, lambda _, kind=kind: {"kind": kind, "made_by_id": None})
        for kind in BETWEEN_PEOPLE
        if kind is not AssociationKind.SEEN_TOGETHER
    ],
    "ck_association_a_grade_is_whole": [
        (association, lambda _, part=part: {part: None}) for part in ("assessment", "handling")
    ],
    "ck_association_a_person_grades": [
        (association, lambda _: UNGRADED),
        (association, lambda place: _confirmed(place, made_by_id=None, **UNGRADED)),
    ],
    "ck_association_conditions_are_told": [(association, lambda _: {"handling": "C"})],
    "ck_association_a_person_confirms": [
        (association, lambda _: {"state": AssociationState.CONFIRMED}),
        (association, lambda place: _confirmed(place, confirmed_at=None)),
        (association, lambda place: _confirmed(place, state=AssociationState.SUGGESTED)),
    ],
    "ck_association_two_people": [
        (
            association,
            lambda place: _confirmed(place, confirmed_by_id=place.actor("administrator").id),
        )
    ],
    "ck_association_ends_before_erased": [
        (association, lambda _: {"expires_on": clock.today() + DAY})
    ],
    "ck_pending_decision_can_be_undone": [
        (pending_decision, lambda _: {"effective_at": clock.now() - DAY}),
    ],
    "ck_box_counts": [(box, lambda _: {"parts": -1}), (box, lambda _: {"unread": -1})],
    "ck_box_closed_is_empty": [
        (box, lambda _: {"closed_at": clock.now(), "photos_sealed": b"not gone"}),
    ],
    "ck_box_part_numbered_from_one": [(box_part, lambda _: {"number": 0})],
    "ck_printout_so_many_people": [
        (printout, lambda _: {"people": 0}),
        (printout, lambda _: {"people": 61}),
    ],
    "ck_printout_destroyed_before_forgotten": [
        (printout, lambda _: {"erase_on": clock.today() - DAY}),
    ],
    "ck_printout_of_a_gallery_or_a_person": [
        (printout, lambda place: {"of_gallery": False, "gallery_id": _shelf(place)}),
    ],
    "ck_printout_called_back_for_something": [
        (printout, lambda _: {"called_back_on": clock.today()}),
        (printout, lambda _: {"called_back_for": CalledBack.PICTURE}),
    ],
    "ck_print_copy_so_many_copies": [
        (print_copy, lambda _: {"number": 0}),
        (print_copy, lambda _: {"number": 11}),
    ],
    "ck_print_copy_somebody_said_destroyed": [
        (print_copy, lambda _: {"destroyed_on": clock.today()}),
        (print_copy, lambda place: {"destroyed_by_id": place.actor("dpo").id}),
    ],
    "ck_api_key_who_revoked": [(api_key, lambda _: {"revoked_at": clock.now()})],
    "ck_api_key_old_secret_ends": [(api_key, lambda _: {"old_digest": b"for ever"})],
    "ck_api_key_ends_after_it_began": [(api_key, lambda _: {"expires_at": clock.now() - DAY})],
    "ck_api_key_good_for_something": [(api_key, lambda _: {"scopes": ""})],
    "ck_api_sandbox_beside_the_live_one": [
        (api_sandbox, lambda place: {"sandbox_id": place.scheme_id})
    ],
    "ck_api_webhook_old_secret_ends": [(api_webhook, lambda _: {"old_secret_sealed": b"for ever"})],
    "ck_api_delivery_arrived_or_given_up": [
        (
            api_delivery,
            lambda _: {"delivered_at": clock.now(), "given_up_at": clock.now()},
        )
    ],
    "ck_leak_search_looked_at_is_erased": [
        (leak_search, lambda _: {"state": LeakState.DONE, "picture_sealed": b"left"})
    ],
    "ck_import_file_as_far_as_it_is": [
        (import_file, lambda _: {"walked": 6}),
        (import_file, lambda _: {"walked": 3, "made": 4}),
        (import_file, lambda _: {"made": -1}),
    ],
    "ck_import_file_only_reports_go_back": [
        (import_file, lambda _: {"kind": Kind.MEMBERS, "state": FileState.GOING_BACK}),
        (import_file, lambda _: {"kind": Kind.MEMBERS, "state": FileState.TAKEN_BACK}),
    ],
    "ck_alert_closes": [(alert, lambda _: {"closes_at": clock.now() - DAY})],
    "ck_identification_decided_once": [(identification, lambda _: {"outcome": AnswerOutcome.USED})],
    "ck_identification_police_note_what_they_see": [
        (
            identification,
            lambda _: {"police_note": PoliceNote.PASSED_ON, "police_noted_at": clock.now()},
        )
    ],
    "ck_identification_a_note_has_its_time": [
        (identification, lambda _: {"for_police": True, "police_note": PoliceNote.PASSED_ON}),
        (identification, lambda _: {"for_police": True, "police_noted_at": clock.now()}),
    ],
    "ck_escalation_someone_answered": [(escalation, lambda _: {"outcome": Outcome.CHARGED})],
    "ck_video_holds_something": [(video, lambda _: {"size": 0})],
    "ck_video_in_pieces": [
        (video, lambda _: {"piece_bytes": 0}),
        (video, lambda _: {"piece_bytes": 4 * 1024 * 1024 + 1}),
    ],
    "ck_video_no_more_pieces": [
        (video, lambda _: {"pieces_kept": 4}),
        (video, lambda _: {"pieces_kept": -1}),
    ],
    "ck_video_finished_is_whole": [
        (video, lambda _: {"pieces_kept": 2, "kind": "mp4", "finished_at": clock.now()}),
        (video, lambda _: {"pieces_kept": 3, "finished_at": clock.now()}),
    ],
    "ck_video_erased_is_gone": [(video, lambda _: {"erased_at": clock.now(), "name": "left"})],
    "ck_video_piece_counted_from_nought": [(video_piece, lambda _: {"number": -1})],
    "ck_custody_entry_of_one_original": [
        (custody_entry, lambda _: {"still_id": None}),
        (custody_entry, lambda _: {"of_both": True}),
    ],
    "ck_custody_entry_counted_from_one": [(custody_entry, lambda _: {"position": 0})],
}

ALLOWED: list[Forbidden] = [
    (canary, lambda _: {}),
    (goods, lambda _: {}),
    (incident, lambda _: {"kind": IncidentKind.UNWELL, "welfare_now": WelfareNow.SAFE}),
    (
        incident,
        lambda _: {
            "weapon": True,
            "weapon_kind": WeaponKind.KNIFE,
            "injured": True,
            "hurt": Hurt.BOTH,
        },
    ),
    (scheme, lambda _: {}),
    (premises, lambda _: {"latitude": 50.0, "longitude": -1.5}),
    (member, lambda place: _let_in_by_one(place, Role.MEMBER)),
    (member, lambda place: {**_let_in_by_one(place, Role.BOARD), "invited_by_id": new_id()}),
    (join_code, lambda _: {"uses_left": 0}),
    (ceremony, lambda _: {"tries_left": 0}),
    (push_phone, lambda _: {}),
    (push_message, lambda _: {}),
    (sign_in, lambda place: {"how": Proof.PIN, "tablet_id": tablet(place).id}),
    (rules_document, lambda _: {}),
    (notice, lambda _: {"proposed_by_role": Role.SUB_ADMINISTRATOR}),
    (gallery, lambda _: {}),
    (subject, lambda _: {}),
    (subject, lambda _: {"under_18": True, "state": SubjectState.AWAITING_BOARD}),
    (subject, lambda place: {"under_18": True, "agreed_by_id": place.actor("board").id}),
    (subject, lambda _: {"state": SubjectState.ERASED}),
    (still, lambda _: {}),
    (still, lambda _: {"erased_at": clock.now()}),
    (still, _edited),
    (still, lambda _: {"conditions": "Do not print", "source": Source.POLICE}),
    (still, lambda _: {"hide_on": clock.today()}),
    (incident, lambda _: {"value_pence": 0}),
    (duplicate, lambda _: {}),
    (notice, lambda _: {}),
    (notice, lambda place: _decided(place, state=NoticeState.APPROVED)),
    (
        notice,
        lambda place: _decided(
            place,
            state=NoticeState.SERVED,
            served_how=ServedHow.REFUSED,
            served_at=clock.now(),
        ),
    ),
    (vehicle, lambda _: {}),
    (association, lambda _: {}),
    (association, _confirmed),
    (association, lambda place: _confirmed(place, state=AssociationState.EXPIRED)),
    (association, lambda _: {"made_by_id": None, **UNGRADED}),
    (association, lambda place: _confirmed(place, made_by_id=None)),
    (association, lambda _: {"handling": "C", "conditions": "For managers alone."}),
    (association, lambda _: {"with_a_vehicle": True, "kind": AssociationKind.PASSENGER}),
    (alert, lambda _: {}),
    (escalation, lambda _: {}),
    (identification, lambda _: {"handled_at": clock.now()}),
    (
        identification,
        lambda _: {
            "for_police": True,
            "police_note": PoliceNote.PASSED_ON,
            "police_noted_at": clock.now(),
        },
    ),
    (box, lambda _: {"photos_sealed": b"waits"}),
    (box, lambda _: {"closed_at": clock.now()}),
    (box_part, lambda _: {}),
    (printout, lambda _: {}),
    (printout, lambda _: {"of_gallery": False}),
    (
        printout,
        lambda _: {"called_back_on": clock.today(), "called_back_for": CalledBack.PERSON},
    ),
    (print_copy, lambda _: {"number": 10}),
    (
        print_copy,
        lambda place: {
            "destroyed_on": clock.today(),
            "destroyed_by_id": place.actor("dpo").id,
        },
    ),
    (pending_decision, lambda _: {}),
    (api_key, lambda _: {"old_digest": b"before", "old_until": clock.now() + DAY}),
    (api_sandbox, lambda _: {}),
    (api_webhook, lambda _: {"old_secret_sealed": b"before", "old_until": clock.now() + DAY}),
    (api_delivery, lambda _: {"given_up_at": clock.now()}),
    (leak_search, lambda _: {"picture_sealed": b"waits"}),
    (leak_search, lambda _: {"state": LeakState.DONE}),
    (video, lambda _: {"pieces_kept": 2}),
    (video, lambda _: {"pieces_kept": 3, "kind": "mp4", "finished_at": clock.now()}),
    (video, lambda _: {"erased_at": clock.now()}),
    (video_piece, lambda _: {}),
    (custody_entry, lambda _: {}),
    (import_file, lambda _: {"walked": 5, "made": 4, "state": FileState.TAKEN_BACK}),
    (import_file, lambda _: {"kind": Kind.MEMBERS, "walked": 5, "made": 5}),
]


def _declared() -> set[str]:
    return {
        str(check.name)
        for table in Base.metadata.sorted_tables
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }


def test_every_law_in_the_tables_has_its_forbidden_row_here() -> None:
    assert set(LAW) == _declared()


@pytest.mark.parametrize(
    ("law", "make", "changed"),
    [(law, make, changed) for law, rows in LAW.items() for make, changed in rows],
    ids=[f"{law}-{at}" for law, rows in LAW.items() for at in range(len(rows))],
)
def test_the_database_refuses_the_forbidden_row(
    world: World, law: str, make: Make, changed: Callable[[Place], dict[str, object]]
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=law), writing() as session:
        session.add(make(world.here, **changed(world.here)))


@pytest.mark.parametrize(("make", "changed"), ALLOWED)
def test_the_database_takes_the_row_that_keeps_the_law(
    world: World, make: Make, changed: Callable[[Place], dict[str, object]]
) -> None:
    with writing() as session:
        session.add(make(world.here, **changed(world.here)))
