"""One of each thing that an address can name, in one scheme."""

import secrets
import uuid

from sqlalchemy import select

from disc.alerts.models import AlertTemplate
from disc.alerts.service import NewAlert, raise_alert
from disc.core import clock, mail
from disc.core.database import db, new_id
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.dataprotection.models import Asked
from disc.dataprotection.service import NewRequest, ask
from disc.exclusions.service import Proposal, propose
from disc.gallery.models import Sureness
from disc.gallery.queries import get_subject
from disc.gallery.service import add_gallery, identify
from disc.matching.models import Camera, PossibleDuplicate
from disc.matching.service import name_camera
from disc.members.joining import make_code
from disc.members.models import (
    DocumentKind,
    MemberGroup,
    Passkey,
    Premises,
    RulesDocument,
    Tablet,
    UserSession,
)
from disc.police.service import escalate
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import Place

NAMES = ("Invented Surname", "Quayside Nickname")
WORDS = "You will not stop me, said the person in red"


def everything(place: Place) -> dict[str, uuid.UUID]:
    """Make one of each and return their ids by the name of the argument in addresses."""
    manager = place.actor("administrator")
    subject_id, still_id = in_gallery(place, seed=3)
    incident_id = _report_about(subject_id)
    waiting = reported(place, pictures=(picture(3),), words=WORDS)
    drain()
    with writing():
        gallery = add_gallery(manager, "Banned", "", 6)
        told = identify(
            place.actor("second_member"),
            get_subject(manager, subject_id),
            NAMES[0],
            "",
            Sureness.SURE,
        )
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
        shared = escalate(manager, incident_id, WORDS)
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
            "group_id": group.id,
            "area_id": place.area_id,
            "subject_id": subject_id,
            "still_id": still_id,
            "incident_id": waiting,
            "gallery_id": gallery.id,
            "answer_id": told.id,
            "alert_id": alert.id,
            "request_id": asked.id,
            "notice_id": notice.id,
            "escalation_id": shared.id,
            "document_id": rules.id,
            "premises_id": place.premises_id,
            "member_id": place.actor("far_member").id,
        }
    pair = select(PossibleDuplicate.id).where(PossibleDuplicate.scheme_id == place.scheme_id)
    camera = select(Camera).where(Camera.scheme_id == place.scheme_id)
    with writing():
        found = db.session.scalars(camera).one()
        name_camera(manager, found.id, WORDS)
        return made | {"pair_id": db.session.scalars(pair).one(), "camera_id": found.id}


def _report_about(subject_id: uuid.UUID) -> uuid.UUID:
    from disc.incidents.queries import reports_about

    found = reports_about([subject_id])[0].id
    db.session.rollback()
    return found
