"""The gallery that members leaf through, and each Subject's page."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from disc.access.actor import Actor
from disc.access.guard import authorise, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.core.web import limiter, when
from disc.gallery import filtering, finding, identifying, leafing, queries, service, sightings
from disc.gallery.filtering import Wanted
from disc.gallery.finding import SEARCHES, note_found
from disc.gallery.forms import BECAME, POLICE_TOO, SURENESS, KnowForm, NearForm, SearchForm, wanted
from disc.gallery.models import (
    Gallery,
    GalleryOrder,
    Subject,
    SubjectKind,
    Sureness,
)
from disc.gallery.ports import badges, companions
from disc.members import watching
from disc.members.models import Premises
from disc.members.queries import areas_of, get_scheme
from disc.members.queries import premises_of as own_premises
from disc.stills.queries import conditions_of, hints

bp = Blueprint("gallery", __name__)

CHOICES = ("kind", "gallery", "area", "near")
"""What an address says of whom to show, beside the words that are filtered by."""
Conditions = Sequence[ColumnElement[bool]]


@bp.get("/gallery")
@requires(Permission.SEE_GALLERY)
def index() -> ResponseReturnValue:
    """Show a page of the gallery, newest report first."""
    actor = get_actor()
    authorise(actor, Permission.SEE_GALLERY, actor)
    watching.require_viewing(actor)
    kind, gallery, filters = _kind(), _gallery(actor), wanted(request.args)
    only = filtering.conditions(actor, filters)
    if gallery is not None and gallery.sorted_by is GalleryOrder.BY_NAME:
        found, place = _by_name(actor, gallery, only), _place_by_name
    else:
        found, place = _newest(actor, kind, gallery, only), _place_by_day
    page, more = found[: leafing.PAGE], len(found) > leafing.PAGE
    return render_template(
        "gallery/index.html",
        **_tiles(actor, page),
        **_choices(actor, filters),
        form=SearchForm(),
        galleries=leafing.seen_galleries(actor),
        kind=kind,
        gallery=gallery,
        chosen=_chosen(request.args),
        after=place(page[-1]) if more else None,
    )


@bp.post("/gallery/near")
@requires(Permission.SEE_GALLERY)
def near() -> ResponseReturnValue:
    """Show whom premises near the reader reported; where that is stays out of the address."""
    actor, form = get_actor(), NearForm()
    authorise(actor, Permission.SEE_GALLERY, actor)
    if not form.validate():
        raise Missing
    found = filtering.nearest_premises(actor, form.place())
    if found is None:
        flash("No shop of your Areas is near. Choose another filter.", "info")
    others = _chosen(request.form) | {"near": found.id if found else None}
    return redirect(url_for("gallery.index", **others), 303)


@bp.post("/gallery/search")
@requires(Permission.SEE_GALLERY)
@limiter.limit(SEARCHES, key_func=lambda: str(get_actor().id))
def search() -> ResponseReturnValue:
    """Find whom somebody means among those they may see; what was typed is kept nowhere."""
    actor, form = get_actor(), SearchForm()
    authorise(actor, Permission.SEE_GALLERY, actor)
    watching.require_viewing(actor)
    if not form.validate():
        return render_template("gallery/found.html", subjects=None, form=form), 422
    found = finding.find(actor, form.words.data, leafing.visible)
    note_found(actor, "gallery searched", found.people)
    if found.exact:
        return redirect(url_for("gallery.subject", subject_id=found.people[0].id), 303)
    if not found.people:
        return render_template("gallery/found.html", subjects=None, form=form)
    return redirect(url_for("gallery.found", link=finding.link_to(actor, found.people)), 303)


@bp.get("/gallery/found/<link>")
@requires(Permission.SEE_GALLERY)
def found(link: str) -> ResponseReturnValue:
    """Show who was found, at an address to come back to."""
    actor = get_actor()
    authorise(actor, Permission.SEE_GALLERY, actor)
    watching.require_viewing(actor)
    people = finding.linked(actor, link, leafing.visible)
    if people is None:
        flash("You searched a while ago. Search again.", "info")
        return redirect(url_for("gallery.index"))
    return render_template("gallery/found.html", **_tiles(actor, people), form=SearchForm())


@bp.get("/gallery/<uuid:subject_id>")
@requires(Permission.SEE_SUBJECT)
def subject(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show one Subject; the view is written down before the page is sent."""
    actor = get_actor()
    watching.require_viewing(actor)
    found = leafing.get_visible(actor, subject_id)
    authorise(actor, Permission.SEE_SUBJECT, queries.shown(found))
    company = companions(actor, found.id)
    stills = queries.stills_of([found.id])[found.id]
    page = render_template(
        "gallery/subject.html",
        subject=found,
        stills=stills,
        conditions=conditions_of(stills),
        leaves=leafing.leaves_in_days(actor, [found])[found.id],
        badges=badges(actor, {found.id})[found.id],
        shows_birth=get_scheme(actor.scheme_id).show_birth_dates,
        companions=company,
        places=own_premises(actor),
        said=sightings.just_said(actor, found.id),
    )
    for one in company:
        note_seen(audit.by(actor, "company seen", "subject", one.id))
    note_seen(audit.by(actor, "subject seen", "subject", found.id))
    return page


@bp.get("/gallery/<uuid:subject_id>/know")
@requires(Permission.IDENTIFY_SUBJECT)
def know(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Ask who a Subject is."""
    found, form = _asked_about(subject_id), KnowForm()
    form.seen_by.data = POLICE_TOO if queries.from_police([found.id]) else ""
    return _know_page(found, form)


@bp.post("/gallery/<uuid:subject_id>/know")
@requires(Permission.IDENTIFY_SUBJECT)
@writes
def tell(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Pass the answer to the manager, and to the police where the page said so."""
    found, form = _asked_about(subject_id), KnowForm()
    if not form.validate():
        return _know_page(found, form), 422
    told = identifying.identify(
        get_actor(),
        found,
        form.answer.data.strip(),
        form.how.data or "",
        Sureness(form.sureness.data),
        for_police=form.seen_by.data == POLICE_TOO,
    )
    who = "Your manager and the police see" if told.for_police else "Only your manager sees"
    flash(f"Thank you. {who} your answer. You can read under Me what became of it.", "ok")
    return redirect(url_for("gallery.subject", subject_id=found.id), 303)


@bp.get("/my-answers")
@requires(Permission.IDENTIFY_SUBJECT)
def own_answers() -> ResponseReturnValue:
    """Tell the reader what became of what they said they know."""
    actor = get_actor()
    watching.require_viewing(actor)
    results = identifying.own_answers(actor)
    shown = {one.subject_id for one in results if one.subject_id}
    page = render_template(
        "gallery/own_answers.html",
        results=results,
        stills=queries.stills_of(shown),
        outcomes=BECAME,
    )
    for one in shown:
        note_seen(audit.by(actor, "own answers read", "subject", one))
    return page


@bp.post("/gallery/<uuid:subject_id>/seen")
@requires(Permission.SAY_SEEN)
@writes
def say_seen(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Write down that a Subject is at the reader's premises now; nobody is alerted by it."""
    actor, found = get_actor(), _seen_by_reader(subject_id)
    premises = _premises(actor)
    told_at = None
    if premises is None:
        flash("Choose the shop where you saw this person.", "error")
    else:
        said = sightings.say_seen(actor, found, premises)
        if sightings.can_be_taken_back(said):
            told_at = "seen"  # below the picture, and out of sight from the top of the page
        else:
            flash(f"We have that already, from {when(said.at)}. Thank you.", "info")
    return redirect(url_for("gallery.subject", subject_id=subject_id, _anchor=told_at), 303)


@bp.post("/gallery/<uuid:subject_id>/seen/undo")
@requires(Permission.SAY_SEEN)
@writes
def take_back_seen(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what the reader said within the last seconds."""
    undone = sightings.take_back(get_actor(), _seen_by_reader(subject_id))
    late = "It is too late to take this back here. Tell your manager."
    flash("Taken back." if undone else late, "ok" if undone else "warn")
    return redirect(url_for("gallery.subject", subject_id=subject_id), 303)


@bp.post("/gallery/<uuid:subject_id>/hide")
@requires(Permission.HIDE_NOW)
@writes
def hide(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Take a Subject out of every view at once."""
    actor = get_actor()
    service.hide_subject(actor, queries.get_subject(actor, subject_id), hidden=True)
    flash("Hidden. No one sees this record now.", "ok")
    sees = permits(actor, Permission.SEE_GALLERY, actor)
    return redirect(url_for("gallery.index" if sees else "desk.hiding"), 303)


def _tiles(actor: Actor, people: list[Subject]) -> dict[str, Any]:
    """Return what the tiles of some Subjects show."""
    ids = {one.id for one in people}
    stills = queries.stills_of(ids)
    return {
        "subjects": people,
        "stills": stills,
        "hints": hints(each[0] for each in stills.values() if each),
        "leaves": leafing.leaves_in_days(actor, people),
        "badges": badges(actor, ids),
    }


def _asked_about(subject_id: uuid.UUID) -> Subject:
    actor = get_actor()
    watching.require_viewing(actor)
    found = leafing.get_visible(actor, subject_id)
    authorise(actor, Permission.IDENTIFY_SUBJECT, queries.shown(found))
    return found


def _seen_by_reader(subject_id: uuid.UUID) -> Subject:
    actor = get_actor()
    watching.require_viewing(actor)
    found = leafing.get_visible(actor, subject_id)
    authorise(actor, Permission.SAY_SEEN, queries.shown(found))
    return found


def _premises(actor: Actor) -> Premises | None:
    """Return which of the reader's premises a form names; the only ones need no name."""
    own = {str(one.id): one for one in own_premises(actor)}
    named = request.form.get("premises", "") or (next(iter(own)) if len(own) == 1 else "")
    return own.get(named)


def _know_page(found: Subject, form: KnowForm) -> str:
    stills = queries.stills_of([found.id])[found.id]
    return render_template(
        "gallery/know.html",
        subject=found,
        form=form,
        stills=stills,
        sureness=SURENESS,
        police_too=form.seen_by.data == POLICE_TOO,
    )


def _kind() -> SubjectKind | None:
    value = request.args.get("kind", "")
    try:
        return SubjectKind(value) if value else None
    except ValueError as error:
        raise Missing from error


def _gallery(actor: Actor) -> Gallery | None:
    value = request.args.get("gallery", "")
    return leafing.get_seen_gallery(actor, _id(value)) if value else None


def _chosen(said: Mapping[str, str]) -> dict[str, Any]:
    """Return what an address or a form says of whom to show, but for the place in the list."""
    return {name: said[name] for name in (*CHOICES, *filtering.WORDS) if said.get(name)}


def _choices(actor: Actor, filters: Wanted) -> dict[str, Any]:
    """Return what the filters offer."""
    return {
        "filters": filters,
        "filter_words": filtering.WORDS,
        "filter_titles": filtering.TITLES,
        "areas": areas_of(actor),
        "places": [one for one in own_premises(actor) if one.latitude is not None],
    }


def _newest(
    actor: Actor, kind: SubjectKind | None, gallery: Gallery | None, only: Conditions
) -> list[Subject]:
    gallery_id = gallery.id if gallery else None
    return leafing.gallery_page(
        actor, kind=kind, gallery_id=gallery_id, before=_before(), only=only
    )


def _by_name(actor: Actor, gallery: Gallery, only: Conditions) -> list[Subject]:
    value = request.args.get("after", "")
    after = _id(value) if value else None
    return leafing.gallery_by_name(actor, gallery.id, after=after, only=only)


def _id(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise Missing from error


def _place_by_name(last: Subject) -> str:
    return str(last.id)


def _place_by_day(last: Subject) -> str:
    return f"{last.last_reported_at.isoformat()}_{last.id}"


def _before() -> tuple[datetime, uuid.UUID] | None:
    value = request.args.get("after", "")
    if not value:
        return None
    moment, _, row = value.replace(" ", "+").partition("_")
    try:
        return datetime.fromisoformat(moment), _id(row)
    except ValueError as error:
        raise Missing from error
