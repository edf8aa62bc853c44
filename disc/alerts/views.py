"""Pages to raise an alert, follow it and answer it, and the poll where sockets are blocked."""

import uuid

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import authorise, get_actor, in_background, requires
from disc.access.permissions import Permission
from disc.alerts import service
from disc.alerts.errors import AlertOver
from disc.alerts.forms import RaiseForm
from disc.alerts.models import Alert, AlertTemplate, Answer
from disc.alerts.queries import audience, cards, get_alert, just_closed, missed, news
from disc.alerts.rules import TEMPLATES, Audience
from disc.alerts.service import NewAlert
from disc.core.transaction import writes
from disc.core.web import limiter
from disc.members.queries import areas_of, premises_of

bp = Blueprint("alerts", __name__)


@bp.get("/alerts/new")
@requires(Permission.RAISE_ALERT)
def new() -> ResponseReturnValue:
    """Show the tiles, with the member's Area and premises filled in."""
    form = RaiseForm()
    places = premises_of(get_actor())
    if places:
        form.area_id.data, form.premises_id.data = str(places[0].area_id), str(places[0].id)
    form.submission_id.data = str(uuid.uuid4())
    return _form_page(form)


@bp.post("/alerts")
@requires(Permission.RAISE_ALERT)
@limiter.limit("10/minute;60/hour", key_func=lambda: str(get_actor().id))
@writes
def raise_alert() -> ResponseReturnValue:
    """Raise an alert and show who was reached."""
    form, actor = RaiseForm(), get_actor()
    if not form.validate_on_submit():
        return _form_page(form), 422
    sent = _sent(form)
    authorise(actor, Permission.RAISE_ALERT, Audience(actor.scheme_id, sent.area_id))
    alert = service.raise_alert(actor, sent)
    return redirect(url_for("alerts.show", alert_id=alert.id), 303)


@bp.get("/alerts/<uuid:alert_id>")
@requires(Permission.SEE_ALERT)
def show(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Show one alert; who raised it sees whom it reached."""
    [shown] = cards(get_actor(), [_alert(alert_id)])
    return render_template("alerts/show.html", alert=shown)


@bp.get("/alerts/<uuid:alert_id>/card")
@requires(Permission.SEE_ALERT)
@in_background
def card(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Return one alert's card, for a page that heard of it."""
    return _card(_alert(alert_id), answered=False)


@bp.post("/alerts/<uuid:alert_id>/seen")
@requires(Permission.SEE_ALERT)
@writes
def seen(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Say that one saw an alert."""
    return _answer(alert_id, Answer.SEEN)


@bp.post("/alerts/<uuid:alert_id>/here")
@requires(Permission.SEE_ALERT)
@writes
def here(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Say that whom an alert is about is at one's own premises."""
    return _answer(alert_id, Answer.HERE)


@bp.post("/alerts/<uuid:alert_id>/cancel")
@requires(Permission.CANCEL_ALERT)
@writes
def cancel(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Take an alert back everywhere."""
    actor = get_actor()
    alert = get_alert(actor, alert_id)
    authorise(actor, Permission.CANCEL_ALERT, alert)
    service.cancel_alert(actor, alert)
    return _done(alert)


@bp.get("/alerts/live")
@requires(Permission.SEE_ALERT)
@in_background
def poll() -> ResponseReturnValue:
    """Answer what a socket would have told, for a page whose network blocks sockets."""
    actor = get_actor()
    found = missed(actor, request.args.get("after"))
    return jsonify(
        alerts=[news(alert) for alert in found], closed=[str(one) for one in just_closed(actor)]
    )


def _alert(alert_id: uuid.UUID) -> Alert:
    actor = get_actor()
    alert = get_alert(actor, alert_id)
    authorise(actor, Permission.SEE_ALERT, audience(alert))
    return alert


def _answer(alert_id: uuid.UUID, answer: Answer) -> ResponseReturnValue:
    alert = _alert(alert_id)
    try:
        service.answer_alert(get_actor(), alert, answer)
    except AlertOver:
        if not _by_script():
            raise
    return _done(alert)


def _done(alert: Alert) -> ResponseReturnValue:
    if _by_script():
        return _card(alert, answered=True)
    return redirect(url_for("alerts.show", alert_id=alert.id), 303)


def _card(alert: Alert, *, answered: bool) -> str:
    [found] = cards(get_actor(), [alert])
    return render_template("alerts/_card.html", alert=found, answered=answered)


def _by_script() -> bool:
    return "HX-Request" in request.headers


def _form_page(form: RaiseForm) -> str:
    actor = get_actor()
    return render_template(
        "alerts/new.html",
        form=form,
        areas=areas_of(actor),
        places={str(place.id): place.name for place in premises_of(actor)},
        templates={one.value: TEMPLATES[one] for one in AlertTemplate},
    )


def _sent(form: RaiseForm) -> NewAlert:
    place = form.premises_id.data
    return NewAlert(
        template=AlertTemplate(str(form.template.data)),
        area_id=uuid.UUID(form.area_id.data),
        premises_id=uuid.UUID(place) if place else None,
        submission_id=uuid.UUID(form.submission_id.data),
    )
