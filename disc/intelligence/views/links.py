"""Links of a person: their chart and table, adding, confirming and ending one."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import authorise, get_actor, lead_to_proof, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit, clock
from disc.core.transaction import writes
from disc.exclusions.queries import called, get_person
from disc.gallery.models import Subject
from disc.gallery.queries import find_by_reference
from disc.intelligence import queries, rules, service
from disc.intelligence.charting import network_around
from disc.intelligence.errors import AlreadyLinked, UnfitLink
from disc.intelligence.forms import GradeForm, LinkForm
from disc.intelligence.models import Association
from disc.intelligence.queries import Link, end_of_person
from disc.intelligence.rules import AssociationState
from disc.intelligence.views.blueprint import bp
from disc.intelligence.views.noting import note_ends
from disc.members.queries import member_names

NOBODY_THERE = "No record has this number or plate. Add a vehicle first."


@bp.get("/links")
@requires(Permission.SEE_LINKS)
def to_check() -> ResponseReturnValue:
    """List the links that nobody has confirmed yet."""
    actor = get_actor()
    waiting = queries.to_check(actor)
    note_seen(audit.by(actor, "links listed"))
    note_ends(actor, "links read", [end for link in waiting for end in (link.one, link.other)])
    return render_template("intelligence/to_check.html", links=waiting)


@bp.get("/people/<uuid:subject_id>/links")
@requires(Permission.SEE_LINKS)
def of_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show with whom and what a person is linked, as a chart and as a table."""
    actor, person = _person(subject_id)
    centre = end_of_person(person)
    network = network_around(actor, centre)
    note_ends(actor, "links read", network.ends)
    return render_template(
        "intelligence/person.html",
        person=person,
        called=called(person),
        network=network,
        centre=centre,
        ended=[one for one in queries.links_of(actor, [person.id]) if not one.is_live],
    )


@bp.get("/people/<uuid:subject_id>/links/new")
@requires(Permission.MAKE_LINK)
def new_link(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what a person is linked with, and how well that is known."""
    actor, person = _person(subject_id)
    note_seen(audit.by(actor, "link form seen", "subject", person.id))
    return _form_page(person, LinkForm())


@bp.post("/people/<uuid:subject_id>/links/new")
@requires(Permission.MAKE_LINK)
@writes
def add_link(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Add a link, for another manager to confirm."""
    actor, person = _person(subject_id)
    form = LinkForm()
    if not form.validate():
        return _form_page(person, form), 422
    try:
        link = _add(actor, person, form)
    except (UnfitLink, AlreadyLinked) as refusal:
        wrong = form.kind if isinstance(refusal, UnfitLink) else form.other
        wrong.errors = [refusal.sentence]
        return _form_page(person, form), refusal.status
    if link is None:
        form.other.errors = [NOBODY_THERE]
        return _form_page(person, form), 422
    flash("Saved. Another manager must confirm this link.", "ok")
    return redirect(url_for("intelligence.of_person", subject_id=person.id), 303)


@bp.get("/links/<uuid:link_id>")
@requires(Permission.SEE_LINKS)
def link(link_id: uuid.UUID) -> ResponseReturnValue:
    """Show one link with its evidence, and what its reader may do."""
    actor = get_actor()
    found = queries.get_link(actor, link_id)
    authorise(actor, Permission.SEE_LINKS, found.row)
    note_seen(audit.by(actor, "link read", "link", link_id))
    note_ends(actor, "links read", [found.one, found.other])
    return _link_page(actor, found, GradeForm())


@bp.post("/links/<uuid:link_id>/confirm")
@requires(Permission.CONFIRM_LINK)
@writes
def confirm(link_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a link that somebody else made, or the computer."""
    actor = get_actor()
    found = queries.get_link(actor, link_id)
    authorise(actor, Permission.CONFIRM_LINK, found.row)
    form = GradeForm()
    asks = found.row.made_by_id is None and found.row.state is AssociationState.SUGGESTED
    if asks and not form.validate():
        return _link_page(actor, found, form), 422
    service.confirm(actor, link_id, form.grading() if asks else None)
    flash("You confirmed this link.", "ok")
    return redirect(url_for("intelligence.link", link_id=link_id), 303)


@bp.post("/links/<uuid:link_id>/end")
@requires(Permission.MAKE_LINK)
@writes
def end(link_id: uuid.UUID) -> ResponseReturnValue:
    """End a link now."""
    actor = get_actor()
    service.end(actor, link_id)
    flash("This link is ended. It is on no chart now.", "ok")
    return redirect(url_for("intelligence.link", link_id=link_id), 303)


def _person(subject_id: uuid.UUID) -> tuple[Actor, Subject]:
    """Return whom a page is about; past the day of hiding it asks for a fresh proof first."""
    actor = get_actor()
    person = get_person(actor, subject_id)
    if request.method == "GET" and person.hide_on <= clock.today():
        lead_to_proof(actor)
    return actor, person


def _add(actor: Actor, person: Subject, form: LinkForm) -> Association | None:
    """Add the link that was typed; None where nothing has the number or plate."""
    typed = form.other.data or ""
    other = find_by_reference(actor, typed)
    if other is not None:
        return service.add_person_link(actor, person.id, other.id, form.link())
    vehicle = queries.find_vehicle(actor, typed)
    if vehicle is not None:
        return service.add_vehicle_link(actor, person.id, vehicle.id, form.link())
    return None


def _form_page(person: Subject, form: LinkForm) -> str:
    return render_template(
        "intelligence/new_link.html", person=person, called=called(person), form=form
    )


def _link_page(actor: Actor, found: Link, form: GradeForm) -> str:
    row = found.row
    may_confirm = permits(actor, Permission.CONFIRM_LINK, row)
    waits = row.state is AssociationState.SUGGESTED and found.is_live
    people = [one for one in (row.made_by_id, row.confirmed_by_id) if one]
    return render_template(
        "intelligence/link.html",
        link=found,
        names=member_names(actor, people),
        sources=rules.SOURCES,
        assessments=rules.ASSESSMENTS,
        handlings=rules.HANDLINGS,
        told=rules.is_told_to_members(row.kind, row.grading),
        confirms=waits and may_confirm,
        waits_for_another=waits and not may_confirm,
        form=form,
    )
