"""The manager's page of a Subject: pictures, galleries, joining, hiding, notices."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, lead_to_proof, note_seen, refuse, requires
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.core import audit, clock, paging
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.core.web import limiter
from disc.dataprotection.erasing import erase_person_now
from disc.desk.history import history_of
from disc.desk.views.blueprint import bp
from disc.exclusions.queries import notices_of
from disc.gallery import care, finding, identifying, queries, service
from disc.gallery.errors import NeedsName
from disc.gallery.forms import CorrectForm, NameForm, SearchForm, asked_for
from disc.gallery.models import Subject, SubjectKind
from disc.incidents.forms import KINDS
from disc.incidents.queries import reports_about
from disc.intelligence.queries import count_links
from disc.members.queries import get_scheme
from disc.stills.queries import get_still
from disc.stills.service import hide_still


@bp.get("/people")
@requires(Permission.MODERATE)
def people() -> ResponseReturnValue:
    """List every Subject of the scheme that is not erased."""
    actor = get_actor()
    _journal(actor, "people listed", None)
    return _listed(queries.people(actor, paging.asked()), SearchForm())


@bp.post("/people/search")
@requires(Permission.MODERATE)
@limiter.limit(finding.SEARCHES, key_func=lambda: str(get_actor().id))
def search_people() -> ResponseReturnValue:
    """Find whom somebody means among all of the scheme; what was typed is kept nowhere."""
    actor, form = get_actor(), SearchForm()
    if not form.validate():
        return _listed(paging.Page([]), form), 422
    found = finding.find(actor, form.words.data, queries.everybody)
    finding.note_found(actor, "people searched", found.people)
    if found.exact:
        return redirect(url_for("desk.person", subject_id=found.people[0].id), 303)
    if not found.people:
        return _listed(paging.Page([]), form)
    return redirect(url_for("desk.found_people", link=finding.link_to(actor, found.people)), 303)


@bp.get("/people/found/<link>")
@requires(Permission.MODERATE)
def found_people(link: str) -> ResponseReturnValue:
    """Show who was found, at an address to come back to."""
    actor = get_actor()
    found = finding.linked(actor, link, queries.everybody)
    if found is None:
        flash("You searched a while ago. Search again.", "info")
        return redirect(url_for("desk.people"))
    _journal(actor, "people listed", None)
    return _listed(paging.Page(found), SearchForm())


@bp.get("/people/<uuid:subject_id>")
@requires(Permission.MODERATE)
def person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show all that is held about a Subject, perhaps with the name that a member's answer gives.

    What members do not see any more and waits for its day of erasure asks for a fresh proof.
    """
    actor = get_actor()
    subject = queries.get_subject(actor, subject_id)
    if subject.hide_on <= clock.today():
        lead_to_proof(actor)
    form = NameForm().offer(queries.galleries_for(actor, subject))
    told = identifying.find_open(actor, subject, asked_for(request.args, "answer"))
    if told is not None:
        form.answer.data, form.name.data = str(told.id), told.answer
    return _page(actor, subject, form)


@bp.post("/people/<uuid:subject_id>/name")
@requires(Permission.MODERATE)
@writes
def name_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Give an ID-Sought Subject a name and galleries."""
    actor = get_actor()
    subject = queries.get_subject(actor, subject_id)
    form = NameForm().offer(queries.galleries_for(actor, subject))
    if not form.validate():
        return _page(actor, subject, form), 422
    chosen = [uuid.UUID(one) for one in form.galleries.data]
    service.name_subject(actor, subject, form.name.data, chosen, answer_id=form.answer_id())
    return _back(subject_id, "Saved. Members see the name in the galleries you chose.")


@bp.get("/people/<uuid:subject_id>/correct")
@requires(Permission.CORRECT_RECORD)
def correcting(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show all that a record says, to be put right."""
    actor = get_actor()
    subject = queries.get_subject(actor, subject_id)
    return _correct_page(actor, subject, CorrectForm.of(subject))


@bp.post("/people/<uuid:subject_id>/correct")
@requires(Permission.CORRECT_RECORD)
@writes
def correct_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Put right what a record says."""
    actor = get_actor()
    subject, form = queries.get_subject(actor, subject_id), CorrectForm()
    said = form.correction() if form.validate() else None
    if said and subject.kind is SubjectKind.KNOWN and not said.name:
        form.name.errors, said = [NeedsName.sentence], None
    if said is None:
        return _correct_page(actor, subject, form), 422
    service.correct_subject(actor, subject, said)
    hidden = care.take_care(
        actor, subject, under_18=form.under_18.data, vulnerable=form.vulnerable.data
    )
    return _back(subject_id, _after_correcting(subject) if hidden else "Saved.")


@bp.post("/people/<uuid:subject_id>/erase")
@requires(Permission.ERASE_RECORD)
@freshly_proved
@writes
def erase_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Erase a Subject at once, where the manager typed the record's number."""
    actor = get_actor()
    subject = queries.get_subject(actor, subject_id)
    if request.form.get("number", "").strip().upper() != subject.reference:
        flash("Type the number of this record to erase it.", "error")
        return redirect(url_for("desk.person", subject_id=subject_id), 303)
    erase_person_now(actor, subject)
    flash("Erased. Nothing of this record can be read any more.", "ok")
    return redirect(url_for("desk.people"), 303)


@bp.post("/people/<uuid:subject_id>/galleries/<uuid:gallery_id>")
@requires(Permission.MODERATE)
@writes
def set_gallery(subject_id: uuid.UUID, gallery_id: uuid.UUID) -> ResponseReturnValue:
    """Put a Subject in a gallery anew, or take them out."""
    actor = get_actor()
    subject = queries.get_subject(actor, subject_id)
    gallery = queries.get_gallery(actor, gallery_id)
    if request.form.get("do") == "remove":
        service.take_from_gallery(actor, subject, gallery)
    else:
        service.put_in_gallery(actor, subject, gallery)
    return _back(subject_id, "Saved.")


@bp.post("/people/<uuid:subject_id>/hidden")
@requires(Permission.HIDE_NOW)
@writes
def set_hidden(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Hide a Subject from every view, or show them again."""
    actor, hidden = get_actor(), _hidden(subject_id)
    service.hide_subject(actor, queries.get_subject(actor, subject_id), hidden=hidden)
    return _back(subject_id, "Hidden from everyone." if hidden else "Shown again.")


@bp.post("/people/<uuid:subject_id>/pictures/<uuid:still_id>/hidden")
@requires(Permission.HIDE_NOW)
@writes
def set_picture_hidden(subject_id: uuid.UUID, still_id: uuid.UUID) -> ResponseReturnValue:
    """Hide one picture from every view, or show it again."""
    actor, hidden = get_actor(), _hidden(still_id)
    hide_still(actor, get_still(actor, still_id), hidden=hidden)
    return _back(subject_id, "Picture hidden." if hidden else "Picture shown again.")


@bp.post("/people/<uuid:subject_id>/first")
@requires(Permission.MODERATE)
@writes
def set_first(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Let a picture of a Subject stand first, or the newest one again."""
    actor = get_actor()
    chosen = _id(request.form.get("picture", ""))
    service.show_first(actor, queries.get_subject(actor, subject_id), chosen)
    which = "this picture" if chosen else "the newest picture"
    return _back(subject_id, f"Saved. Members see {which} first.")


def _listed(page: paging.Page[Subject], form: SearchForm) -> str:
    return render_template(
        "desk/people.html",
        people=page.rows,
        page=page,
        stills=queries.stills_of([one.id for one in page.rows]),
        form=form,
        whole=request.endpoint == "desk.people",
    )


def _page(actor: Actor, subject: Subject, form: NameForm) -> str:
    _journal(actor, "record read", subject.id)
    merged = queries.merged_into(actor, subject.id)
    records = [subject.id, *(one.id for one in merged)]
    entries = {gallery.id: entry for entry, gallery in queries.entries_of(subject.id)}
    return render_template(
        "desk/person.html",
        subject=subject,
        shows_birth=True,
        kept=queries.get_subject(actor, subject.merged_into_id) if subject.merged_into_id else None,
        merged=merged,
        undo_until=queries.undo_days([subject.id, *(one.id for one in merged)]),
        stills=[still for record in records for still in queries.all_stills_of(record)],
        reports=reports_about(records),
        first=next(iter(queries.stills_of([subject.id])[subject.id]), None),
        notices=notices_of(actor, subject.id),
        links=count_links(actor, subject.merged_into_id or subject.id),
        galleries=queries.galleries_for(actor, subject),
        entries=entries,
        history=history_of(actor, records),
        sightings=queries.sightings_of(records),
        by_themselves=get_scheme(actor.scheme_id).id_sought_by_themselves,
        form=form,
        kinds=dict(KINDS),
        may_print=permits(actor, Permission.PRINT_PICTURES, actor),
    )


def _id(value: str) -> uuid.UUID | None:
    """Return the id that a form names, or None where it names none. Raises Missing."""
    try:
        return uuid.UUID(value) if value else None
    except ValueError as error:
        raise Missing from error


def _after_correcting(subject: Subject) -> str:
    if subject.under_10:
        return "Saved. This child is under 10: only Administrators see the record now."
    return "Saved. The Board must agree again."


def _correct_page(actor: Actor, subject: Subject, form: CorrectForm) -> str:
    if subject.hide_on <= clock.today():
        lead_to_proof(actor)
    _journal(actor, "record read", subject.id)
    return render_template("desk/correct.html", subject=subject, form=form)


def _back(subject_id: uuid.UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    actor = get_actor()
    if may_ever(actor, Permission.MODERATE):
        if queries.find_subject(actor, subject_id) is None:
            return redirect(url_for("desk.people"), 303)
        return redirect(url_for("desk.person", subject_id=subject_id), 303)
    judges = may_ever(actor, Permission.AGREE_PUBLICATION)
    return redirect(url_for("desk.board" if judges else "desk.hiding"), 303)


def _hidden(target_id: uuid.UUID) -> bool:
    """Say whether to hide, not to show again, which the DPO may not. Raises Missing."""
    actor, hidden = get_actor(), request.form.get("hidden") == "yes"
    may_show = (Permission.MODERATE, Permission.AGREE_PUBLICATION)
    if not hidden and not any(may_ever(actor, one) for one in may_show):
        refuse(actor, Permission.HIDE_NOW, target_id)
    return hidden


def _journal(actor: Actor, act: str, subject_id: uuid.UUID | None) -> None:
    note_seen(audit.by(actor, act, "subject" if subject_id else "", subject_id))
