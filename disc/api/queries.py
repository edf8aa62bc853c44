"""Reads of keys, of what they sent, and of news on its way.

A key and what it sends may be in two schemes, the second a sandbox: what is asked by a key's
secret, or by what a key sent, is looked for in every scheme, and answered for that key alone.
"""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select

from disc.access.actor import Actor, Role
from disc.api.models import (
    ApiAttachment,
    ApiCode,
    ApiDelivery,
    ApiKey,
    ApiSandbox,
    ApiSubmission,
    ApiWebhook,
)
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.rows import every_scheme
from disc.core.vault import token
from disc.incidents.kinds import IncidentKind
from disc.incidents.models import (
    Incident,
    IncidentState,
    IncidentStep,
)
from disc.members.models import Member, MemberState, Premises
from disc.police.models import Outcome
from disc.police.queries import find_escalation

PAGE = 50
LISTED = 100


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key that a secret opens, with its system."""

    key: ApiKey
    member: Member


@dataclass(frozen=True, slots=True)
class Answer:
    """What the police said of a report."""

    outcome: Outcome
    crime_number: str


def secret_digest(secret: str) -> bytes:
    """Return the keyed digest by which a key's secret is found; it is random, so that will do."""
    return token(keyring().source.derive("api keys"), "secret", secret)


@every_scheme()
def find_key(secret: str) -> FoundKey | None:
    """Return the key with a secret, ended or not, and its system."""
    digest = secret_digest(secret)
    old = sa.and_(ApiKey.old_digest == digest, ApiKey.old_until > clock.now())
    key = db.session.scalar(select(ApiKey).where(sa.or_(ApiKey.digest == digest, old)))
    if key is None:
        return None
    return FoundKey(key, db.session.get_one(Member, key.member_id))


def actor_of_key(found: FoundKey) -> Actor:
    """Return a system's rights: a member's at the key's premises, within the key's scopes."""
    key, member = found.key, found.member
    return Actor(
        id=member.id,
        session_id=key.id,
        scheme_id=member.scheme_id,
        role=Role.MEMBER,
        area_ids=frozenset(place.area_id for place in member.premises),
        premises_ids=frozenset(place.id for place in member.premises),
        viewer_code=member.viewer_code,
        key_id=key.id,
        scopes=frozenset(key.scope_set),
    )


def is_let_in(found: FoundKey) -> bool:
    """Say whether a key and its system still count."""
    return not found.key.is_over and found.member.state is MemberState.SYSTEM


@every_scheme()
def codes_of(key_id: uuid.UUID | None) -> dict[str, IncidentKind]:
    """Return a key's codes and what each means, by the code."""
    found = select(ApiCode).where(ApiCode.key_id == key_id).order_by(ApiCode.code)
    return {row.code: row.kind for row in db.session.scalars(found)}


def keys_of(actor: Actor) -> list[ApiKey]:
    """List the scheme's keys, the newest first."""
    found = select(ApiKey).where(ApiKey.scheme_id == actor.scheme_id)
    return list(db.session.scalars(found.order_by(ApiKey.id.desc())))


def get_key(actor: Actor, key_id: uuid.UUID) -> ApiKey:
    """Return one of the scheme's keys. Raises Missing."""
    key = db.session.get(ApiKey, key_id)
    if key is None or key.scheme_id != actor.scheme_id:
        raise Missing
    return key


@every_scheme()
def places_of_key(key: ApiKey) -> list[Premises]:
    """List the premises that a key reports for, in its scheme or the sandbox."""
    member = db.session.get_one(Member, key.member_id)
    return sorted(member.premises, key=lambda place: place.name)


def find_sandbox(scheme_id: uuid.UUID) -> uuid.UUID | None:
    """Return the sandbox of a scheme."""
    row = db.session.get(ApiSandbox, scheme_id)
    return row.sandbox_id if row else None


@every_scheme()
def desk_of_sandbox(sandbox_id: uuid.UUID) -> uuid.UUID:
    """Return who decides in a sandbox. Raises Missing for any other scheme."""
    found = select(ApiSandbox.desk_id).where(ApiSandbox.sandbox_id == sandbox_id)
    desk_id = db.session.scalar(found)
    if desk_id is None:
        raise Missing
    return desk_id


def next_report_id(actor: Actor) -> uuid.UUID:
    """Return the id of the report that a system is about to send: it sorts after all its others.

    From here to the end of the transaction no other report of the system gets one. So a report is
    never committed after one that sorts behind it, and whoever asks for what came since misses
    none, whatever the clocks of two hosts say.
    """
    db.session.execute(
        select(Member.id).where(Member.id == actor.id).with_for_update(key_share=True)
    )
    sent = select(Incident.id).where(Incident.reporter_id == actor.id)
    newest = db.session.scalar(sent.order_by(Incident.id.desc()).limit(1))
    made = new_id()
    return made if newest is None or made > newest else uuid.UUID(int=newest.int + 1)


def reports_since(actor: Actor, after: uuid.UUID | None, most: int) -> list[Incident]:
    """List the system's reports in the order in which they came, those after one of them.

    Ids sort by the order in which the reports were committed: see ``next_report_id``.
    """
    found = select(Incident).where(
        Incident.scheme_id == actor.scheme_id,
        Incident.reporter_id == actor.id,
        Incident.erased_at.is_(None),
        Incident.erase_on > clock.today(),
    )
    if after is not None:
        found = found.where(Incident.id > after)
    return list(db.session.scalars(found.order_by(Incident.id).limit(most)))


def body_token_of(incident_id: uuid.UUID) -> bytes | None:
    """Return the digest of what a report was sent as."""
    row = db.session.get(ApiSubmission, incident_id)
    return row.body_token if row else None


def find_attachment(
    incident_id: uuid.UUID, client_token: bytes, file_token: bytes
) -> ApiAttachment | None:
    """Return what was sent under the same name, or else with the same bytes."""
    of = select(ApiAttachment).where(ApiAttachment.incident_id == incident_id)
    named = db.session.scalar(of.where(ApiAttachment.client_token == client_token))
    return named or db.session.scalar(of.where(ApiAttachment.file_token == file_token))


def answer_of(incident_id: uuid.UUID) -> Answer | None:
    """Return what the police said of a report, if they did."""
    shared = find_escalation(incident_id)
    if shared is None or shared.outcome is None:
        return None
    return Answer(shared.outcome, shared.crime_number)


def webhook_of(key: ApiKey) -> ApiWebhook | None:
    """Return where news for a key goes."""
    return db.session.scalar(select(ApiWebhook).where(ApiWebhook.key_id == key.id))


def find_key_of_system(member_id: uuid.UUID) -> ApiKey | None:
    """Return the key of a system, where it is one."""
    return db.session.scalar(select(ApiKey).where(ApiKey.member_id == member_id))


def newest_step(incident_id: uuid.UUID, state: str) -> IncidentStep | None:
    """Return when a report last came into a state."""
    found = select(IncidentStep).where(
        IncidentStep.incident_id == incident_id, IncidentStep.state == IncidentState(state)
    )
    return db.session.scalar(found.order_by(IncidentStep.id.desc()).limit(1))


def deliveries_of(key: ApiKey) -> list[ApiDelivery]:
    """List the newest of a key's news: first what was given up, then what is tried again."""
    found = select(ApiDelivery).where(ApiDelivery.key_id == key.id)
    order = (ApiDelivery.given_up_at.is_(None), ApiDelivery.failures == 0, ApiDelivery.id.desc())
    return list(db.session.scalars(found.order_by(*order).limit(LISTED)))


def get_delivery(actor: Actor, delivery_id: uuid.UUID) -> ApiDelivery:
    """Return one of the scheme's pieces of news. Raises Missing."""
    row = db.session.get(ApiDelivery, delivery_id)
    if row is None or row.scheme_id != actor.scheme_id:
        raise Missing
    return row
