"""The reporting interface, version 1: JSON for retailers' own systems, opened by a key alone."""

import re
import uuid
from datetime import timedelta

from flask import Blueprint, Response, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from limits import parse
from pydantic import BaseModel

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.systems import ANY_SCOPE, KeyFirst, by_key, finds_system, system_here
from disc.api import openapi, pretending, queries, reporting
from disc.api.errors import BadBody, WrongType
from disc.api.forms.bodies import (
    AttachmentAnswer,
    CodesAnswer,
    PlaceAnswer,
    PoliceOutcome,
    PretendBody,
    ReportAnswer,
    ReportBody,
    ReportPage,
    Step,
    Taken,
    read_body,
)
from disc.api.models import ApiKey
from disc.api.queries import FoundKey
from disc.api.rules import Scope
from disc.core import audit, clock
from disc.core.database import db
from disc.core.rows import every_scheme
from disc.core.transaction import apart, writes
from disc.core.web import csrf, limiter, public
from disc.gallery.looks import LEGENDS, VOCABULARY
from disc.incidents.kinds import IncidentKind
from disc.incidents.models import (
    Incident,
)
from disc.incidents.queries import steps_of, stills_of
from disc.members.queries import premises_of

bp = Blueprint("api", __name__, url_prefix="/api/v1")
QUESTIONS = {"api.list_reports": frozenset({"since", "limit"})}
"""What may stand behind the ? of an address."""
csrf.exempt(bp)  # no cookie opens these routes, so nobody's browser can be made to call them

USED_EVERY = timedelta(minutes=1)
ONCE = re.compile(r"[!-~]{1,100}")
REFUSED = parse("60/hour")
"""How often an hour it is written down that one key was refused."""


def _key_here() -> str:
    system = system_here()
    return str(system.key_id) if system else "nobody"


def _slow_down(limit: RequestLimit) -> Response:
    """Answer a request too many with how long to wait."""
    wait = max(1, int(limit.reset_at - clock.now().timestamp()) + 1)
    answer = jsonify(
        type="about:blank",
        title=f"That was too many requests. Go on in {wait} seconds.",
        status=429,
        code="too-many-requests",
    )
    answer.content_type, answer.status_code = "application/problem+json", 429
    answer.headers["Retry-After"] = str(wait)
    return answer


limited = limiter.limit(openapi.RATE, key_func=_key_here, on_breach=_slow_down)


@finds_system
def find_system(secret: str) -> Actor:
    """Return the system with a key, and note that it was used. Raises KeyFirst."""
    found = queries.find_key(secret)
    if found is None:
        raise KeyFirst("We do not know this key.")
    with every_scheme():
        actor, good = queries.actor_of_key(found), queries.is_let_in(found)
    if not good:
        _write_down_refusal(actor)
        raise KeyFirst("This key has ended. Ask the scheme for a new one.")
    g.is_sandbox = found.key.is_sandbox
    _note_use(found)
    return actor


@bp.before_request
def _refuse_what_is_not_known() -> None:
    """Refuse a question that nobody reads: whoever asks it would take the answer for another."""
    unknown = sorted(set(request.args) - QUESTIONS.get(request.endpoint or "", frozenset()))
    if unknown:
        said = "There is no such question here."
        raise BadBody(problems=[{"field": name[:100], "sentence": said} for name in unknown[:20]])


@bp.after_request
def _say_how(response: Response) -> Response:
    if response.status_code == KeyFirst.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@bp.post("/reports")
@requires(Permission.REPORT_INCIDENT)
@by_key(Scope.REPORT_WRITE)
@limited
def send_report() -> ResponseReturnValue:
    """Store a report; the same again is answered the same."""
    actor = get_actor()
    data = _data(("application/json",), openapi.LARGEST_REPORT)
    body = read_body(ReportBody, data)
    submission_id = reporting.submission_of(actor, body.submission_id, _once(required=False))
    kind = body.kind or reporting.kind_of_code(actor, body.code or "")
    new = body.report(submission_id, kind)
    sent = reporting.send(actor, body.premises_id, new, data, is_sandbox=_is_sandbox())
    return _answer(
        Taken(
            id=sent.id,
            reference=sent.reference,
            received_at=sent.reported_at,
            kind=sent.kind,
            sandbox=_is_sandbox(),
        ),
        201,
    )


@bp.get("/reports")
@requires(Permission.SEE_REPORT)
@by_key(Scope.REPORT_READ)
@limited
def list_reports() -> ResponseReturnValue:
    """List the key's own reports, the oldest first."""
    actor = get_actor()
    since, most = _cursor()
    found = queries.reports_since(actor, since, most + 1)
    shown = found[:most]
    for one in shown:
        note_seen(audit.by(actor, "report read by key", "incident", one.id))
    after = shown[-1].id if len(found) > most else None
    return _answer(ReportPage(reports=[_report(actor, one) for one in shown], next=after))


@bp.get("/reports/<uuid:report_id>")
@requires(Permission.SEE_REPORT)
@by_key(Scope.REPORT_READ)
@limited
def one_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Say where a report stands, and what the police did, to a key that may know."""
    actor = get_actor()
    incident = reporting.own_report(actor, report_id)
    note_seen(audit.by(actor, "report read by key", "incident", incident.id))
    return _answer(_report(actor, incident))


@bp.post("/reports/<uuid:report_id>/attachments")
@requires(Permission.REPORT_INCIDENT)
@by_key(Scope.ATTACHMENT_WRITE)
@limited
def add_attachment(report_id: uuid.UUID) -> ResponseReturnValue:
    """Add a photo to a report that nobody has decided."""
    actor = get_actor()
    name = _once(required=True)
    reporting.own_report(actor, report_id)
    data = _data(openapi.PICTURES, reporting.largest_picture())
    still_id, sha256 = reporting.attach(actor, report_id, name, data)
    return _answer(AttachmentAnswer(id=still_id, sha256=sha256), 201)


@bp.post("/reports/<uuid:report_id>/pretend")
@requires(Permission.REPORT_INCIDENT)
@by_key(Scope.REPORT_WRITE)
@limited
@writes
def pretend(report_id: uuid.UUID) -> ResponseReturnValue:
    """Let a report of the sandbox come into a state; for a real one there is no such thing."""
    actor = get_actor()
    incident = reporting.own_report(actor, report_id)
    body = read_body(PretendBody, _data(("application/json",), openapi.LARGEST_REPORT))
    pretending.pretend(actor, incident.id, body.status)
    return _answer(_report(actor, incident))


@bp.get("/codes")
@requires(Permission.REPORT_INCIDENT)
@by_key(ANY_SCOPE)
@limited
def codes() -> ResponseReturnValue:
    """Say what the key may send, and for which premises."""
    actor = get_actor()
    return _answer(
        CodesAnswer(
            kinds=list(IncidentKind),
            codes=queries.codes_of(actor.key_id),
            description={LEGENDS[kind]: list(words) for kind, words in VOCABULARY.items()},
            premises=[PlaceAnswer(id=one.id, name=one.name) for one in premises_of(actor)],
            scopes=sorted(map(Scope, actor.scopes)),
            sandbox=_is_sandbox(),
        )
    )


@bp.get("/openapi.json")
@public
def description() -> ResponseReturnValue:
    """Describe the interface; there is no secret in it."""
    return jsonify(openapi.document())


def _report(actor: Actor, incident: Incident) -> ReportAnswer:
    told = Scope.OUTCOME_READ in actor.scopes
    answer = queries.answer_of(incident.id) if told else None
    outcome = (
        PoliceOutcome(outcome=answer.outcome, crime_number=answer.crime_number or None)
        if answer
        else None
    )
    return ReportAnswer(
        id=incident.id,
        reference=incident.reference,
        kind=incident.kind,
        premises_id=incident.premises_id,
        occurred_at=incident.occurred_at,
        received_at=incident.reported_at,
        status=incident.state,
        reason=incident.reason or None,
        timeline=[Step(status=step.state, at=step.at) for step in steps_of(incident.id)],
        attachments=len(stills_of([incident.id])[incident.id]),
        outcome=outcome,
        sandbox=_is_sandbox(),
    )


def _answer(body: BaseModel, status: int = 200) -> Response:
    response = make_response(body.model_dump_json(), status)
    response.content_type = "application/json"
    return response


def _data(kinds: tuple[str, ...], most: int) -> bytes:
    """Read a body of one of some kinds. Raises WrongType; a body too large is refused unread.

    A packed body is refused: unpacked, it may be a thousand times as large.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongType("Send the body as it is, not compressed.")
    if request.mimetype not in kinds:
        raise WrongType(f"Send a body of type {' or '.join(kinds)}.")
    request.max_content_length = most
    return request.get_data(cache=False)


def _once(*, required: bool) -> str:
    """Return the name of a retry. Raises BadBody."""
    name = request.headers.get("Idempotency-Key", "")
    if not ONCE.fullmatch(name) and (name or required):
        said = "Use 1 to 100 letters, digits and signs, without a space."
        raise BadBody(problems=[{"field": "Idempotency-Key", "sentence": said}])
    return name


def _cursor() -> tuple[uuid.UUID | None, int]:
    """Return after which report to go on, and how many to list. Raises BadBody."""
    since, most = request.args.get("since"), request.args.get("limit", str(queries.PAGE))
    problems: list[dict[str, str]] = []
    after: uuid.UUID | None = None
    try:
        after = uuid.UUID(since) if since is not None else None
    except ValueError:
        problems.append({"field": "since", "sentence": "Send the id of a report."})
    if not (most.isascii() and most.isdigit() and 1 <= int(most[:6]) <= openapi.MOST_AT_ONCE):
        said = f"Send a number from 1 to {openapi.MOST_AT_ONCE}."
        problems.append({"field": "limit", "sentence": said})
    if problems:
        raise BadBody(problems=problems)
    return after, int(most)


def _is_sandbox() -> bool:
    return bool(g.is_sandbox)


def _note_use(found: FoundKey) -> None:
    """Keep when a key was last used, to the minute."""
    key_id, last = found.key.id, found.key.last_used_at
    if last is not None and clock.now() - last < USED_EVERY:
        return
    db.session.rollback()
    with every_scheme(), apart() as session:
        session.get_one(ApiKey, key_id).last_used_at = clock.now()


def _write_down_refusal(actor: Actor) -> None:
    if not limiter.enabled or limiter.limiter.hit(REFUSED, "key refused", str(actor.key_id)):
        audit.journal(audit.by(actor, "key refused", "api key", actor.key_id))
