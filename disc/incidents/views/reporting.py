"""The page to report."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from disc.access.actor import FOR_OTHERS, Actor
from disc.access.guard import authorise, get_actor, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.errors import DiscError
from disc.core.pictures.quality import BLUR_RADIUS, DARK, LOOKED_AT, RECOGNISED_FROM, SOFT
from disc.core.transaction import writes, writing
from disc.core.web import MOST_PICTURES, compressed, limiter, takes_files
from disc.gallery.finding import SEARCHES, note_found
from disc.gallery.forms import MOST_LETTERS
from disc.gallery.looks import LEGENDS, VOCABULARY
from disc.incidents import picking, queries, rules, service
from disc.incidents.errors import NotStored, TooManyPictures
from disc.incidents.forms import (
    KINDS,
    AnyReport,
    GoodsForm,
    PlacedForm,
    ReportForm,
    WelfareForm,
    offer_to,
)
from disc.incidents.goods import MOST_GOODS, goods_of, set_goods
from disc.incidents.models import Incident
from disc.incidents.readiness import whom_to_call
from disc.incidents.telling import told
from disc.incidents.views.blueprint import bp
from disc.members import watching
from disc.members.models import Premises
from disc.members.queries import get_premises, premises_of
from disc.stills.service import Prepared, prepare

P = TypeVar("P", bound=PlacedForm)
NOT_CARRIED = {"csrf_token", "called"}
"""What the page of faces asks itself; all else that it is sent is of the report."""

NEW = {"amends": None, "clashes": False}
"""What the page of a report that is not sent yet needs beside its form."""
QUALITY = {
    "look": LOOKED_AT,
    "radius": BLUR_RADIUS,
    "dark": DARK,
    "soft": SOFT,
    "tall": RECOGNISED_FROM,
    "dark-words": rules.DARK_PHOTO,
    "soft-words": rules.SOFT_PHOTO,
    "tall-words": rules.SMALL_PERSON,
}
"""By what the browser measures a photo before it is sent, and what it says."""


@bp.get("/report")
@requires(Permission.REPORT_INCIDENT)
@compressed
def new() -> ResponseReturnValue:
    """Show the report form."""
    actor = get_actor()
    return form_page(actor, _begun(_form(actor)))


@bp.post("/report/form")
@requires(Permission.REPORT_INCIDENT)
@limiter.limit("60/minute;300/hour", key_func=lambda: str(get_actor().id))
def resume() -> ResponseReturnValue:
    """Show the report form with what was typed before its reporter looked at faces.

    A browser without scripts does not carry chosen photos from page to page: the form says so.
    """
    actor = get_actor()
    form = _form(actor)
    if any(request.form.getlist("pictures")):
        form.pictures.errors = ["Choose your photos again. They did not come along."]
    return form_page(actor, form if form.submission_id.data else _begun(form))


@bp.get("/report/welfare")
@requires(Permission.REPORT_INCIDENT)
@compressed
def welfare() -> ResponseReturnValue:
    """Show the short form for somebody who needs help."""
    actor, form = get_actor(), WelfareForm()
    offer_to(actor, form)
    return form_page(actor, _begun(form))


@bp.post("/report/welfare")
@requires(Permission.REPORT_INCIDENT)
@limiter.limit("60/minute;300/hour", key_func=lambda: str(get_actor().id))
def send_welfare() -> ResponseReturnValue:
    """Store that somebody needs help."""
    actor, form = get_actor(), WelfareForm()
    offer_to(actor, form)
    if not form.validate():
        return form_page(actor, form), 422
    return _stored(actor, form)


@bp.route("/report/people", methods=["GET", "POST"])
@requires(Permission.SEE_GALLERY)
@limiter.limit(SEARCHES, key_func=lambda: str(get_actor().id))
def people() -> ResponseReturnValue:
    """List whom a reporter may point at; a name that was typed is kept nowhere.

    The page carries what was typed on the report so far, and gives it back to the form.
    """
    actor = get_actor()
    authorise(actor, Permission.SEE_GALLERY, actor)
    watching.require_viewing(actor)
    typed = request.form.get("called", "").strip()[:MOST_LETTERS]
    faces = picking.faces_called(actor, typed) if typed else picking.recent_faces(actor)
    note_found(actor, "people offered to a report", [one.subject for one in faces])
    carried = [one for one in request.form.items(multi=True) if one[0] not in NOT_CARRIED]
    return render_template("incidents/people.html", faces=faces, typed=typed, carried=carried)


@bp.get("/premises/<uuid:premises_id>/goods")
@requires(Permission.SET_GOODS)
def goods(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Show the goods that premises often lose."""
    place = _place_with_goods(premises_id)
    rows = [(one.what, f"{one.pence / 100:.2f}") for one in goods_of([place.id])]
    return _goods_page(place, rows, {})


@bp.post("/premises/<uuid:premises_id>/goods")
@requires(Permission.SET_GOODS)
@writes
def save_goods(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Set the goods that premises often lose."""
    place, form = _place_with_goods(premises_id), GoodsForm(request.form)
    lines = form.read()
    if lines is None:
        return _goods_page(place, form.rows, form.errors), 422
    set_goods(get_actor(), place, lines)
    flash("Saved. Reports from here offer these goods.", "ok")
    return redirect(url_for("incidents.goods", premises_id=place.id), 303)


@bp.post("/report")
@requires(Permission.REPORT_INCIDENT)
@limiter.limit("60/minute;300/hour", key_func=lambda: str(get_actor().id))
@takes_files
def send() -> ResponseReturnValue:
    """Store a report. Pictures are cleaned and sealed before the transaction begins."""
    actor = get_actor()
    form = _form(actor)
    if not form.validate():
        return form_page(actor, form), 422
    return _stored(actor, form)


def _stored(actor: Actor, form: AnyReport) -> ResponseReturnValue:
    """Store what a form tells, once, and lead to the report."""
    new_report = form.report()
    if queries.find_submission(actor, new_report.submission_id) is None:
        premises = get_premises(actor, uuid.UUID(form.premises_id.data))
        authorise(actor, Permission.REPORT_INCIDENT, At(premises))
        premises_id = premises.id
        db.session.rollback()
        try:
            pictures = prepared(actor, form.files())
        except DiscError as refusal:
            form.form_errors.append(refusal.sentence)
            return form_page(actor, form), refusal.status
        with suppress(IntegrityError), writing():  # a second tap stored it first
            service.report_incident(actor, get_premises(actor, premises_id), new_report, pictures)
        _hint(pictures)
    sent = queries.find_submission(actor, new_report.submission_id)
    if sent is None:
        raise NotStored
    return redirect(url_for("incidents.report", incident_id=sent.id, sent=1), 303)


class At:
    """Premises as the policy's target for a report."""

    def __init__(self, premises: Premises) -> None:
        self.id, self.scheme_id, self.premises_id = premises.id, premises.scheme_id, premises.id


def _form(actor: Actor) -> ReportForm:
    form = ReportForm()
    offer_to(actor, form)
    return form


def _begun(form: P) -> P:
    """Give a new page its number and the time."""
    form.submission_id.data = str(new_id())
    form.occurred_at.data = f"{clock.now().astimezone(clock.UK):%Y-%m-%dT%H:%M}"
    return form


def _place_with_goods(premises_id: uuid.UUID) -> Premises:
    actor = get_actor()
    place = get_premises(actor, premises_id)
    authorise(actor, Permission.SET_GOODS, place)
    return place


def _goods_page(place: Premises, rows: list[tuple[str, str]], errors: dict[str, list[str]]) -> str:
    empty = [("", "")] * (MOST_GOODS - len(rows))
    return render_template("incidents/goods.html", place=place, rows=[*rows, *empty], errors=errors)


def prepared(actor: Actor, files: list[Any]) -> list[Prepared]:
    """Clean and seal the pictures of a form, before any transaction. Raises TooManyPictures."""
    if len(files) > MOST_PICTURES:
        raise TooManyPictures
    return [prepare(actor.scheme_id, one.read()) for one in files]


def _hint(pictures: list[Prepared]) -> None:
    """Say with the thanks what a better photo would show; the report is sent already."""
    tall = rules.person_heights(request.form.getlist("person"), [one.height for one in pictures])
    for at, one in enumerate(pictures):
        for sentence in rules.quality_hints(one.quality, tall.get(at)):
            flash(f"Photo {at + 1}: {sentence}" if len(pictures) > 1 else sentence, "info")


def _where(actor: Actor, form: PlacedForm) -> dict[str, Any]:
    """Return what the question of where needs."""
    places = premises_of(actor)
    offered = [
        {"value": str(one.id), "text": one.name, "selected": str(one.id) == form.premises_id.data}
        for one in places
    ]
    return {"places": places, "place_items": offered, "for_others": actor.role in FOR_OTHERS}


@dataclass(frozen=True, slots=True)
class Change:
    """A report that its reporter changes.

    ``version`` is how often it was changed when the page was first made. Where it ``clashes``,
    another page changed it since: both are shown, and only who ticks that saves over it.
    """

    incident: Incident
    version: int
    clashes: bool = False

    def shown(self) -> dict[str, Any]:
        """Return what the page of a change needs beside its form."""
        needs = {"amends": self.incident, "version": self.version, "clashes": self.clashes}
        if not self.clashes:
            return needs
        notes = queries.notes_of(self.incident.id)
        now = {"report": self.incident, "notes": notes, "kinds": dict(KINDS)}
        return {**needs, **now, **told(self.incident)}


def form_page(actor: Actor, form: AnyReport, change: Change | None = None) -> str:
    """Return the page of a report, or of one that is changed: then without photos."""
    needs = {**(change.shown() if change else NEW), **_where(actor, form)}
    if isinstance(form, WelfareForm):
        return render_template("incidents/welfare.html", form=form, **needs)
    return _report_page(actor, form, needs)


def _report_page(actor: Actor, form: ReportForm, needs: dict[str, Any]) -> str:
    faces = _pointed_at(actor, form.known.data or [])
    now = queries.said_known(needs["amends"].id) if needs["clashes"] else []
    place = places[0] if len(places := premises_of(actor)) == 1 else None
    return render_template(
        "incidents/new.html",
        form=form,
        **needs,
        faces=faces,
        faces_now=_pointed_at(actor, now),
        may_point=permits(actor, Permission.SEE_GALLERY, actor),
        sets_goods=place if place and permits(actor, Permission.SET_GOODS, place) else None,
        chips={LEGENDS[kind]: words for kind, words in VOCABULARY.items()},
        most=MOST_PICTURES,
        calls=whom_to_call(),
        quality=QUALITY,
    )


def _pointed_at(actor: Actor, subject_ids: Sequence[uuid.UUID]) -> list[picking.Face]:
    """Return those of some people in the gallery whom a page may show the actor, noted as seen."""
    if not subject_ids or not permits(actor, Permission.SEE_GALLERY, actor):
        return []
    faces = picking.chosen_faces(actor, subject_ids)
    if faces:
        note_found(actor, "people offered to a report", [one.subject for one in faces])
    return faces
