"""The privacy notice and the form that everybody may use, and the manager's answers."""

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_limiter import RequestLimit
from sqlalchemy.exc import IntegrityError

from disc.access.guard import authorise, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit
from disc.core.database import new_id
from disc.core.errors import Missing
from disc.core.transaction import writing
from disc.core.web import limiter, public
from disc.dataprotection import queries, rules, service
from disc.dataprotection.errors import NoSuchNotice, OwnDecision
from disc.dataprotection.forms import KINDS, AskForm, DecideForm
from disc.dataprotection.models import Asked, PublicRequest
from disc.dataprotection.views.blueprint import bp
from disc.exclusions.rules import KEPT_MONTHS as BAN_KEPT_MONTHS
from disc.gallery.rules import YOUNG_SHARE
from disc.intelligence.rules import KEPT_MONTHS as LINK_KEPT_MONTHS
from disc.intelligence.rules import USUAL_MONTHS as MOST_LINK_MONTHS
from disc.members.models import Scheme
from disc.members.queries import get_scheme, get_scheme_by_slug, member_names

SEE_OTHER = 303


@bp.get("/privacy/<slug>")
@public
def notice(slug: str) -> ResponseReturnValue:
    """Show the privacy notice, made from the scheme's settings."""
    return render_template(
        "dataprotection/notice.html",
        scheme=get_scheme_by_slug(slug),
        basis=rules.LAWFUL_BASIS,
        condition=rules.CONDITION,
        kept_months=rules.KEPT_MONTHS,
        complaint_days=rules.COMPLAINT_DAYS,
        audit_months=audit.RETENTION_MONTHS,
        young_share=YOUNG_SHARE,
        ban_months=BAN_KEPT_MONTHS,
        link_months=MOST_LINK_MONTHS,
        link_kept_months=LINK_KEPT_MONTHS,
    )


def _too_many(_limit: RequestLimit) -> Response:
    """Answer too many requests with the page, so that no word is lost."""
    scheme = get_scheme_by_slug(str((request.view_args or {}).get("slug")))
    return make_response(_page(scheme, AskForm(), too_many=True), 429)


@bp.route("/privacy/<slug>/ask", methods=["GET", "POST"])
@public
@limiter.limit(
    "5/hour",
    methods=["POST"],
    deduct_when=lambda response: response.status_code == SEE_OTHER,
    on_breach=_too_many,
)
@limiter.limit("60/hour", methods=["POST"], on_breach=_too_many)
def ask(slug: str) -> ResponseReturnValue:
    """Show the form, or store what a person asks."""
    scheme, form = get_scheme_by_slug(slug), AskForm()
    if not form.is_submitted():
        return _page(scheme, _preset(form))
    if not form.validate():
        return _page(scheme, form), 422
    reference = _store(scheme.id, form.request())
    key = service.receipt_key(scheme.id, reference)
    receipt = url_for("dataprotection.asked", slug=slug, reference=reference, key=key)
    return redirect(receipt, SEE_OTHER)


@bp.get("/privacy/<slug>/asked/<reference>")
@public
def asked(slug: str, reference: str) -> ResponseReturnValue:
    """Show a receipt: the reference and the day, nothing personal; only by the address we gave."""
    scheme = get_scheme_by_slug(slug)
    if not service.is_receipt_key(scheme.id, reference, request.args.get("key", "")):
        raise Missing
    row = queries.get_by_reference(scheme.id, reference)
    return render_template(
        "dataprotection/asked.html",
        scheme=scheme,
        reference=row.reference,
        due_on=row.due_on,
        is_complaint=row.asked is Asked.COMPLAIN,
    )


@bp.get("/desk/requests")
@requires(Permission.HANDLE_REQUESTS)
def inbox() -> ResponseReturnValue:
    """List what the public asked."""
    actor = get_actor()
    return render_template(
        "dataprotection/requests.html",
        requests=queries.open_requests(actor),
        answered=queries.answered_requests(actor),
        slug=get_scheme(actor.scheme_id).slug,
    )


@bp.get("/desk/requests/<uuid:request_id>")
@requires(Permission.HANDLE_REQUESTS)
def case(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show a request; that it was read is written down first."""
    row = _request(request_id)
    return _case(row, DecideForm(formdata=None, notice=rules.notice_in(row.words)))


@bp.post("/desk/requests/<uuid:request_id>/decide")
@requires(Permission.DECIDE_REQUEST)
def decide(request_id: uuid.UUID) -> ResponseReturnValue:
    """Close a request with the decision."""
    row, form = _request(request_id), DecideForm()
    authorise(get_actor(), Permission.DECIDE_REQUEST, row)
    if not form.validate():
        return _case(row, form), 422
    try:
        with writing():
            service.decide(
                get_actor(), request_id, form.decision.data or "", form.notice.data or ""
            )
    except (NoSuchNotice, OwnDecision) as problem:
        form.notice.errors = [problem.sentence]
        return _case(_request(request_id), form), problem.status
    flash("The request is closed.", "ok")
    return redirect(url_for("dataprotection.case", request_id=request_id), SEE_OTHER)


def _preset(form: AskForm) -> AskForm:
    """Fill in what the address says: a notice's appeal link names the notice."""
    form.submission_id.data = str(new_id())
    wanted = request.args.get("asked", "")
    form.asked.data = wanted if wanted in list(Asked) else None
    form.about.data = rules.about(request.args.get("about"))
    return form


def _store(scheme_id: uuid.UUID, new: service.NewRequest) -> str:
    """Return the reference of the stored request, which a second click may have stored first."""
    try:
        with writing():
            return service.ask(scheme_id, new).reference
    except IntegrityError:
        stored = queries.find_submission(scheme_id, new.submission_id)
        if stored is None:
            raise
        return stored.reference


def _page(scheme: Scheme, form: AskForm, *, too_many: bool = False) -> str:
    return render_template(
        "dataprotection/ask.html", scheme=scheme, form=form, request_kinds=KINDS, too_many=too_many
    )


def _request(request_id: uuid.UUID) -> PublicRequest:
    actor = get_actor()
    row = queries.get_request(actor, request_id)
    authorise(actor, Permission.HANDLE_REQUESTS, row)
    return row


def _case(row: PublicRequest, form: DecideForm) -> str:
    actor = get_actor()
    note_seen(audit.by(actor, "public request read", "public request", row.id))
    decider = row.decided_by_id
    return render_template(
        "dataprotection/request.html",
        row=row,
        kind=KINDS[row.asked],
        may_decide=permits(actor, Permission.DECIDE_REQUEST, row),
        form=form,
        decided_by=member_names(actor, [decider]).get(decider, "") if decider else "",
    )
