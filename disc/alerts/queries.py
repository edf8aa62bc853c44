"""Reads of alerts, scoped to the Areas of who asks."""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Select, exists, func, or_, select

from disc.access.actor import MANAGERS, Actor, Role
from disc.alerts.models import Acknowledgement, Alert, Answer
from disc.alerts.rules import (
    MOST_PUSHED,
    OPEN_FOR,
    TEMPLATES,
    Audience,
    Words,
    ago,
    is_open,
    replay_from,
    stamp,
)
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.members.models import (
    Member,
    MemberArea,
    MemberState,
    Premises,
    PushKind,
    UserSession,
)
from disc.members.queries import pushed_since, still_counts


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an alert came: people it is for, those of them signed in, those who answered."""

    people: int
    signed_in: int
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An alert as one reader sees it. ``closes_in`` is in seconds; ``here`` are premises."""

    id: uuid.UUID
    words: Words
    area: str
    premises: str | None
    raised_at: str
    age: str
    is_open: bool
    cancelled: bool
    closes_in: int
    mine: bool
    may_cancel: bool
    answer: Answer | None
    here: tuple[str, ...]
    reach: Reach | None


def get_alert(actor: Actor, alert_id: uuid.UUID) -> Alert:
    """Return one of the scheme's alerts; the Area is the policy's to check. Raises Missing."""
    alert = find_alert(alert_id)
    if alert is None or alert.scheme_id != actor.scheme_id:
        raise Missing
    return alert


def find_alert(alert_id: uuid.UUID) -> Alert | None:
    """Return an alert, for those who deliver it."""
    return db.session.get(Alert, alert_id)


def find_submission(owner_id: uuid.UUID, submission_id: uuid.UUID) -> Alert | None:
    """Return the alert that a form sent before has raised."""
    return db.session.scalar(
        select(Alert).where(Alert.owner_id == owner_id, Alert.submission_id == submission_id)
    )


def find_answer(alert_id: uuid.UUID, member_id: uuid.UUID) -> Acknowledgement | None:
    """Return what a member said to an alert."""
    return db.session.get(Acknowledgement, (alert_id, member_id))


def own_premises(actor: Actor, area_id: uuid.UUID) -> list[Premises]:
    """List the actor's premises in one Area by name."""
    found = select(Premises).where(
        Premises.scheme_id == actor.scheme_id,
        Premises.area_id == area_id,
        Premises.id.in_(actor.premises_ids),
    )
    return list(db.session.scalars(found.order_by(Premises.name)))


def audience(alert: Alert) -> Audience:
    """Return whom an alert is for."""
    return Audience(alert.scheme_id, alert.area_id)


def is_open_now(alert: Alert) -> bool:
    """Say whether an alert still warns."""
    return is_open(clock.now(), closes_at=alert.closes_at, cancelled_at=alert.cancelled_at)


def open_alerts(actor: Actor) -> list[Card]:
    """List the open alerts of the actor's Areas as cards, newest first."""
    return cards(actor, db.session.scalars(_open(actor)))


def missed(actor: Actor, after: object) -> list[Alert]:
    """List open, unanswered alerts that a client may lack, oldest first.

    ``after`` is the ISO moment of the newest alert it has; without one it gets all of them.
    """
    answered = exists().where(
        Acknowledgement.alert_id == Alert.id, Acknowledgement.member_id == actor.id
    )
    wanted, since = _open(actor).where(~answered), replay_from(after)
    if since is not None:
        wanted = wanted.where(Alert.raised_at > since)
    return list(db.session.scalars(wanted))[::-1]


def open_since(since: datetime) -> list[Alert]:
    """List every open alert raised since a moment, for a process that may not have heard of it."""
    now = clock.now()
    found = select(Alert).where(
        Alert.raised_at > since, Alert.closes_at > now, Alert.cancelled_at.is_(None)
    )
    return list(db.session.scalars(found.order_by(Alert.raised_at)))


def just_closed(actor: Actor) -> list[uuid.UUID]:
    """List alerts of the actor's Areas that closed lately, which a page may still show."""
    now = clock.now()
    found = select(Alert.id).where(
        *_in_areas(actor),
        Alert.raised_at > now - 2 * OPEN_FOR,
        or_(Alert.cancelled_at.is_not(None), Alert.closes_at <= now),
    )
    return list(db.session.scalars(found))


def cards(actor: Actor, alerts: Iterable[Alert]) -> list[Card]:
    """Return alerts as the actor sees them, with what others said."""
    rows = list(alerts)
    answers: dict[uuid.UUID, list[tuple[Acknowledgement, str | None]]] = {}
    said = (
        select(Acknowledgement, Premises.name)
        .outerjoin(Premises, Premises.id == Acknowledgement.premises_id)
        .where(Acknowledgement.alert_id.in_([row.id for row in rows]))
        .order_by(Acknowledgement.at)
    )
    for answer, place in db.session.execute(said):
        answers.setdefault(answer.alert_id, []).append((answer, place))
    return [_card(actor, row, answers.get(row.id, [])) for row in rows]


def people_to_push(alert: Alert, kind: PushKind, since: datetime) -> list[uuid.UUID]:
    """List whom an alert reaches on closed phones: not who has had enough alerts of a kind since.

    Only ``PushKind.ALERT`` has a limit.
    """
    people = _people(alert)
    if kind is PushKind.ALERT:
        people = people.where(Member.id.not_in(pushed_since(kind, since, MOST_PUSHED)))
    return list(db.session.scalars(people))


def news(alert: Alert) -> dict[str, str]:
    """Return what a socket is told of an alert: which, and when. The page fetches the rest."""
    return {"id": str(alert.id), "raised_at": stamp(alert.raised_at)}


def _card(actor: Actor, alert: Alert, answers: list[tuple[Acknowledgement, str | None]]) -> Card:
    now = clock.now()
    mine = alert.owner_id == actor.id
    own = [said.answer for said, _ in answers if said.member_id == actor.id]
    here = [place or "Another place" for said, place in answers if said.answer is Answer.HERE]
    counts = mine or actor.role in MANAGERS
    return Card(
        id=alert.id,
        words=TEMPLATES[alert.template],
        area=alert.area.name,
        premises=alert.premises.name if alert.premises else None,
        raised_at=stamp(alert.raised_at),
        age=ago(now, alert.raised_at),
        is_open=is_open_now(alert),
        cancelled=alert.cancelled_at is not None,
        closes_in=max(0, math.ceil((alert.closes_at - now).total_seconds())),
        mine=mine,
        may_cancel=counts,
        answer=own[0] if own else None,
        here=tuple(dict.fromkeys(here)),
        reach=_reach(alert, answers) if counts else None,
    )


def _reach(alert: Alert, answers: list[tuple[Acknowledgement, str | None]]) -> Reach:
    people = _people(alert).subquery()
    count, signed_in = db.session.execute(
        select(
            func.count(people.c.id),
            func.count(people.c.id).filter(people.c.id.in_(_signed_in())),
        )
    ).one()
    return Reach(count, signed_in, len({s.member_id for s, _ in answers} - {alert.owner_id}))


def _people(alert: Alert) -> Select[uuid.UUID]:
    """Select everybody an alert is for, but for who raised it."""
    in_area = exists().where(MemberArea.member_id == Member.id, MemberArea.area_id == alert.area_id)
    return select(Member.id).where(
        Member.scheme_id == alert.scheme_id,
        Member.state == MemberState.ACTIVE,
        Member.id != alert.owner_id,
        or_(Member.role.in_((*MANAGERS, Role.BOARD)), in_area),
    )


def _signed_in() -> Select[uuid.UUID]:
    return select(UserSession.member_id).join(Member).where(still_counts(clock.now()))


def _open(actor: Actor) -> Select[Alert]:
    found = select(Alert).where(
        *_in_areas(actor), Alert.closes_at > clock.now(), Alert.cancelled_at.is_(None)
    )
    return found.order_by(Alert.raised_at.desc())


def _in_areas(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    return Alert.scheme_id == actor.scheme_id, Alert.area_id.in_(actor.area_ids)
