"""One of each thing that an address can name, in one scheme."""

import secrets
import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from disc.alerts.models import AlertTemplate
from disc.alerts.service import NewAlert, raise_alert
from disc.api.models import ApiDelivery
from disc.api.rules import News, Scope
from disc.api.service import NewKey, make_key, set_codes, set_webhook
from disc.core import clock, mail
from disc.core.blobs import blobs
from disc.core.database import db, new_id
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.core.vault import seal_stream
from disc.dataprotection.leaking import bring
from disc.dataprotection.models import Asked
from disc.dataprotection.service import NewRequest, ask
from disc.desk.deciding import reject_later
from disc.desk.models import PendingDecision
from disc.evidence.models import VideoPiece
from disc.evidence.pieces import _context, blob_name
from disc.evidence.sending import NewVideo, begin
from disc.evidence.service import pieces_of
from disc.exclusions.service import Proposal, propose
from disc.gallery.identifying import identify
from disc.gallery.models import Sureness
from disc.gallery.queries import get_subject
from disc.gallery.service import add_gallery
from disc.importing.columns import Kind
from disc.importing.service import bring as bring_file
from disc.incidents import following
from disc.incidents.models import Incident
from disc.intelligence.rules import Assessment, AssociationKind, Grading, Handling, Source
from disc.intelligence.service import NewLink, NewVehicle, add_vehicle, add_vehicle_link
from disc.matching.models import Camera, CameraStill, PossibleDuplicate
from disc.members.joining import make_code
from disc.members.models import (
    DocumentKind,
    MemberGroup,
    Passkey,
    Premises,
    PushKind,
    PushMessage,
    PushPhone,
    RulesDocument,
    Scheme,
    Tablet,
    UserSession,
)
from disc.police.service import escalate
from disc.printing.models import PrintCopy
from disc.printing.queries import plan_of_person
from disc.printing.service import Wanted
from disc.printing.service import ask as ask_for_copies
from disc.stills.models import Source as From
from disc.stills.models import Still
from tests.evidence.sending import KILOBYTE, mp4
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import Place

NAMES = ("Invented Surname", "Quayside Nickname")
MARK = "QZ51 XKV"
WORDS = "You will not stop me, said the person in red"


def everything(place: Place) -> dict[str, uuid.UUID]:  # noqa: PLR0915 - one of each
    """Make one of each and return their ids by the name of the argument in addresses."""
    manager = place.actor("administrator")
    subject_id, still_id = in_gallery(place, seed=3)
    incident_id = _report_about(subject_id)
    waiting = reported(place, pictures=(picture(3),), words=WORDS)
    _added_to(place, waiting)
    drain()
    with writing():
        gallery = add_gallery(manager, "Banned", "", 6)
        _known_to_a_member(place, subject_id, still_id)
        alert = raise_alert(
            place.actor("member"),
            NewAlert(
                template=AlertTemplate.THEFT_TEAM,
                area_id=place.area_id,
                premises_id=None,
                submission_id=new_id(),
            ),
        )
        asked = ask(
            place.scheme_id,
            NewRequest(
                submission_id=new_id(), asked=Asked.OBJECT, name=NAMES[1], contact="0", words=WORDS
            ),
        )
        notice = propose(
            manager,
            subject_id,
            Proposal(
                id=new_id(),
                evidence=frozenset({incident_id}),
                premises=frozenset({place.premises_id}),
                starts_on=clock.today(),
                months=3,
                reasons=WORDS,
            ),
        )
        vehicle, _is_new = add_vehicle(
            manager, NewVehicle(mark=MARK, make=NAMES[1], colour="red", notes=WORDS)
        )
        conditions = Grading(Source.UNTESTED, Assessment.INDIRECTLY, Handling.CONDITIONS, WORDS)
        link = add_vehicle_link(
            manager,
            subject_id,
            vehicle.id,
            NewLink(kind=AssociationKind.USES_VEHICLE, evidence=WORDS, grading=conditions),
        )
        shared = escalate(manager, incident_id, WORDS)
        leak = bring(place.actor("dpo"), picture(3), "We test marks", subject_id)
        brought = bring_file(manager, Kind.INCIDENTS, a_file(), b"digest", (2, 1, 0))
        rules = RulesDocument(
            scheme_id=place.scheme_id,
            kind=DocumentKind.RULES,
            version=1,
            title="Rules for members",
            body="Share nothing with others.",
        )
        db.session.add(rules)
        db.session.flush()
        tablet = Tablet(
            id=new_id(),
            scheme_id=place.scheme_id,
            premises_id=place.premises_id,
            name="Till 2",
            token_digest=secrets.token_bytes(32),
            enrolled_by_id=manager.id,
        )
        sign_in = UserSession(
            id=new_id(),
            member_id=place.actor("far_member").id,
            token_digest=secrets.token_bytes(32),
        )
        passkey = Passkey(
            id=new_id(),
            member_id=place.actor("second_board").id,
            credential_id=secrets.token_bytes(32),
            public_key=secrets.token_bytes(77),
            label="Phone",
        )
        group = MemberGroup(id=new_id(), scheme_id=place.scheme_id, name="Staff of the market")
        db.session.add_all([tablet, sign_in, passkey, group])
        db.session.flush()
        code = make_code(
            manager, db.session.get_one(Premises, place.premises_id), uses=2, days=7
        ).code
        letter = mail.write(
            place.scheme_id,
            place.actor("far_member").id,
            "invitation",
            place.emails["far_member"],
            "Join",
            WORDS,
        )
        made = {
            "code_id": code.id,
            "message_id": letter.id,
            "tablet_id": tablet.id,
            "sign_in_id": sign_in.id,
            "passkey_id": passkey.id,
            "phone_id": _gets_messages(place),
            "group_id": group.id,
            "area_id": place.area_id,
            "subject_id": subject_id,
            "still_id": still_id,
            "incident_id": waiting,
            "gallery_id": gallery.id,
            "alert_id": alert.id,
            "request_id": asked.id,
            "notice_id": notice.id,
            "vehicle_id": vehicle.id,
            "link_id": link.id,
            "escalation_id": shared.id,
            "document_id": rules.id,
            "search_id": leak.id,
            "video_id": _video_of(place, waiting),
            "file_id": brought.id,
            "premises_id": place.premises_id,
            "member_id": place.actor("far_member").id,
        }
    pair = select(PossibleDuplicate.id).where(PossibleDuplicate.scheme_id == place.scheme_id)
    return made | {
        **_printed(place, subject_id),
        "batch_id": _decided(place),
        **_key_of_a_system(place, waiting),
        "pair_id": db.session.scalars(pair).one(),
        "camera_id": _camera_of(place, still_id),
    }


def _video_of(place: Place, incident_id: uuid.UUID) -> uuid.UUID:
    """Keep a video of a report, of one piece, by a name that somebody typed carelessly."""
    actor, plain = place.actor("member"), mp4(KILOBYTE)
    incident = db.session.get_one(Incident, incident_id)
    video = begin(
        actor,
        NewVideo(
            upload_id=new_id(),
            submission_id=incident.submission_id,
            incident_id=incident_id,
            size=len(plain),
            name=f"{NAMES[0]}.mp4",
        ),
    )
    stored, mark = pieces_of(video), new_id().hex
    sealed = seal_stream(stored.key, plain, _context(place.scheme_id, video.id, 0, last=True))
    blobs().put(blob_name(place.scheme_id, video.id, 0, mark), sealed)
    db.session.add(VideoPiece(video_id=video.id, number=0, mark=mark))
    video.pieces_kept, video.kind, video.finished_at = 1, "mp4", clock.now()
    video.erase_on = incident.erase_on
    db.session.flush()
    return video.id


def _decided(place: Place) -> uuid.UUID:
    """Let the manager reject a report, which takes effect after the test."""
    incident_id = reported(place)
    with writing() as opened:
        batch_id = reject_later(place.actor("administrator"), incident_id, WORDS)
        found = select(PendingDecision).where(PendingDecision.batch_id == batch_id)
        opened.scalars(found).one().effective_at += timedelta(hours=1)
        return batch_id


def _added_to(place: Place, incident_id: uuid.UUID) -> None:
    """Let its reporter add something to a report."""
    with writing():
        incident = db.session.get_one(Incident, incident_id)
        following.add(place.actor("member"), incident, new_id(), WORDS, [])


def a_file() -> bytes:
    """Return a file of past incidents: one line that can come in, and one that cannot."""
    day = f"{clock.today():%d/%m/%Y} 00:00"
    lines = [
        "Date,Kind,Premises,Words",
        f'{day},Theft,Corner Foods,"{WORDS}"',
        f"{day},,{NAMES[0]},",
    ]
    return "\n".join(lines).encode()


def _key_of_a_system(place: Place, incident_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Make a key with all that hangs on one, and news that did not arrive."""
    manager = place.actor("administrator")
    new = NewKey(
        name=NAMES[0],
        scopes=frozenset(Scope),
        premises_ids=frozenset({place.premises_id}),
        expires_at=clock.now() + timedelta(days=30),
        is_sandbox=False,
    )
    with writing():
        key, _secret = make_key(manager, new)
        make_key(manager, replace(new, is_sandbox=True))
        set_codes(manager, key.id, {"ST01": "shop-theft"})
        set_webhook(manager, key.id, f"https://{MARK.replace(' ', '')}.example.org/")
        news = ApiDelivery(
            id=new_id(),
            scheme_id=place.scheme_id,
            key_id=key.id,
            kind=News.STATUS_CHANGED,
            incident_id=incident_id,
            status="accepted",
            failures=9,
            failure="The server answered 500.",
            given_up_at=clock.now(),
        )
        db.session.add(news)
        db.session.flush()
        return {"key_id": key.id, "delivery_id": news.id}


def _gets_messages(place: Place) -> uuid.UUID:
    """Let somebody's browser get messages, of which one was sent."""
    sign_in = UserSession(
        id=new_id(),
        member_id=place.actor("second_board").id,
        token_digest=secrets.token_bytes(32),
    )
    db.session.add(sign_in)
    db.session.flush()
    phone = PushPhone(
        id=new_id(),
        scheme_id=place.scheme_id,
        member_id=sign_in.member_id,
        session_id=sign_in.id,
        origin="https://watch.example.org",
        endpoint_token=secrets.token_bytes(32),
    )
    phone.endpoint = WORDS
    db.session.add(phone)
    db.session.flush()
    db.session.add(
        PushMessage(
            scheme_id=place.scheme_id,
            batch_id=new_id(),
            phone_id=phone.id,
            member_id=phone.member_id,
            kind=PushKind.TEST,
            path="/me",
            expires_at=clock.now() + timedelta(days=1),
        )
    )
    return phone.id


def _known_to_a_member(place: Place, subject_id: uuid.UUID, still_id: uuid.UUID) -> None:
    """Let a member say who somebody in a picture from the police is."""
    db.session.get_one(Still, still_id).source = From.POLICE
    subject = get_subject(place.actor("administrator"), subject_id)
    member = place.actor("second_member")
    identify(member, subject, NAMES[0], WORDS, Sureness.SURE, for_police=True)


def _printed(place: Place, subject_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Let the scheme print, and ask for copies of a person."""
    manager = place.actor("administrator")
    with writing():
        db.session.get_one(Scheme, place.scheme_id).prints_pictures = True
        plan = plan_of_person(manager, get_subject(manager, subject_id))
        wanted = Wanted(id=new_id(), reason=WORDS, for_whom=NAMES[1], copies=2)
        made = ask_for_copies(manager, plan, wanted)
        copy = select(PrintCopy.id).where(PrintCopy.printout_id == made.id).limit(1)
        return {"printout_id": made.id, "copy_id": db.session.scalars(copy).one()}


def _camera_of(place: Place, still_id: uuid.UUID) -> uuid.UUID:
    """Put a picture under a camera whose name somebody typed carelessly."""
    with writing():
        camera = Camera(scheme_id=place.scheme_id, premises_id=place.premises_id, number=1)
        camera.name = WORDS
        db.session.add(camera)
        db.session.flush()
        db.session.add(
            CameraStill(still_id=still_id, scheme_id=place.scheme_id, camera_id=camera.id)
        )
        return camera.id


def _report_about(subject_id: uuid.UUID) -> uuid.UUID:
    from disc.incidents.queries import reports_about

    found = reports_about([subject_id])[0].id
    db.session.rollback()
    return found
