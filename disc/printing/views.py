"""Pages on which pictures are printed in numbered copies, and the register of the copies."""

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import authorise, freshly_proved, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.database import new_id
from disc.core.transaction import writes
from disc.core.web import limiter
from disc.gallery.leafing import get_seen_gallery
from disc.gallery.queries import get_subject
from disc.members import watching
from disc.members.queries import member_names
from disc.printing import queries, rules, service
from disc.printing.document import print_apart
from disc.printing.forms import PrintForm
from disc.printing.models import PrintCopy, Printout
from disc.printing.queries import Plan
from disc.printing.viewing import sheet_of

bp = Blueprint("printing", __name__)

MOST_ASKED = "30/hour"


@bp.get("/people/<uuid:subject_id>/print")
@requires(Permission.PRINT_PICTURES)
@freshly_proved
def person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, for whom and in how many copies a person is printed."""
    actor = _printer()
    plan = queries.plan_of_person(actor, get_subject(actor, subject_id))
    note_seen(audit.by(actor, "print form seen", "subject", subject_id))
    return _form_page(plan, _new_form(), f"/people/{subject_id}")


@bp.post("/people/<uuid:subject_id>/print")
@requires(Permission.PRINT_PICTURES)
@freshly_proved
@limiter.limit(MOST_ASKED, key_func=lambda: str(get_actor().id))
@writes
def print_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Write down the copies of a person; they can be taken out for some minutes."""
    actor = _printer()
    plan = queries.plan_of_person(actor, get_subject(actor, subject_id))
    return _ask(actor, plan, f"/people/{subject_id}")


@bp.get("/desk/galleries/<uuid:gallery_id>/print")
@requires(Permission.PRINT_PICTURES)
@freshly_proved
def gallery(gallery_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, for whom and in how many copies a gallery is printed."""
    actor = _printer()
    plan = queries.plan_of_gallery(actor, get_seen_gallery(actor, gallery_id))
    note_seen(audit.by(actor, "print form seen", "gallery", gallery_id))
    return _form_page(plan, _new_form(), f"/desk/galleries/{gallery_id}")


@bp.post("/desk/galleries/<uuid:gallery_id>/print")
@requires(Permission.PRINT_PICTURES)
@freshly_proved
@limiter.limit(MOST_ASKED, key_func=lambda: str(get_actor().id))
@writes
def print_gallery(gallery_id: uuid.UUID) -> ResponseReturnValue:
    """Write down the copies of a gallery; they can be taken out for some minutes."""
    actor = _printer()
    plan = queries.plan_of_gallery(actor, get_seen_gallery(actor, gallery_id))
    return _ask(actor, plan, f"/desk/galleries/{gallery_id}")


@bp.get("/prints/<uuid:printout_id>")
@requires(Permission.PRINT_PICTURES)
@freshly_proved
def printout(printout_id: uuid.UUID) -> ResponseReturnValue:
    """Show whoever asked for copies where to take out each of them."""
    actor = _printer()
    found = queries.get_printout(actor, printout_id)
    note_seen(audit.by(actor, "own print seen", "printout", printout_id))
    return render_template(
        "printing/printout.html",
        printout=found,
        what=queries.what_is_on(actor, [found])[found.id],
        number_of=rules.number_of,
        copies=[one for one in found.copies if service.can_be_taken_out(found, one)],
        is_over=not rules.is_open(found.asked_at, clock.now()),
        minutes=rules.PRINT_MINUTES,
        handling=rules.HANDLING,
    )


@bp.get("/prints/copies/<uuid:copy_id>/copy.pdf")
@requires(Permission.PRINT_PICTURES)
@freshly_proved
def copy(copy_id: uuid.UUID) -> ResponseReturnValue:
    """Serve the paper of one copy to whoever asked for it, for some minutes; nothing is kept."""
    actor = _printer()
    found, of = queries.get_copy(actor, copy_id)
    queries.get_printout(actor, of.id)
    service.require_open(of, found)
    name = f"{of.reference}-copy-{found.number}.pdf"
    answer = Response(print_apart(sheet_of(actor, found, of)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    note_seen(audit.by(actor, "copy taken out", "print copy", copy_id))
    return answer


@bp.get("/prints")
@requires(Permission.KEEP_COPIES)
def register() -> ResponseReturnValue:
    """List the copies on paper: why, for whom, until when, and what became of them."""
    actor = get_actor()
    note_seen(audit.by(actor, "copies listed"))
    found = queries.printouts(actor)
    return render_template(
        "printing/register.html",
        prints=found,
        due=queries.count_due(actor),
        what=queries.what_is_on(actor, found),
        names=member_names(actor, _people(found)),
        number_of=rules.number_of,
        stands={copy.id: _stands(one, copy) for one in found for copy in one.copies},
        called_back=rules.CALLED_BACK,
        kept_months=rules.KEPT_MONTHS,
    )


@bp.post("/prints/copies/<uuid:copy_id>/destroyed")
@requires(Permission.KEEP_COPIES)
@writes
def destroyed(copy_id: uuid.UUID) -> ResponseReturnValue:
    """Write down that a copy is destroyed."""
    actor = get_actor()
    found, of = queries.get_copy(actor, copy_id)
    service.destroy(actor, found)
    number = rules.number_of(of.reference, found.number, len(of.copies))
    flash(f"Saved. {number} is destroyed.", "ok")
    return redirect(url_for("printing.register"), 303)


def _printer() -> Actor:
    """Return who asks, if their scheme prints and they may see pictures now."""
    actor = get_actor()
    authorise(actor, Permission.PRINT_PICTURES, actor)
    watching.require_viewing(actor)
    return actor


def _new_form() -> PrintForm:
    return PrintForm(formdata=None, printout_id=str(new_id()), copies=1)


def _ask(actor: Actor, plan: Plan, back: str) -> ResponseReturnValue:
    form = PrintForm()
    if not form.validate():
        return _form_page(plan, form, back), 422
    made = service.ask(actor, plan, form.wanted())
    return redirect(url_for("printing.printout", printout_id=made.id), 303)


def _form_page(plan: Plan, form: PrintForm, back: str) -> str:
    return render_template(
        "printing/form.html",
        plan=plan,
        form=form,
        back=back,
        left_out=rules.in_words(plan.left_out),
        most_people=rules.MOST_PEOPLE,
        most_copies=rules.MOST_COPIES,
        handling=rules.HANDLING,
    )


def _people(prints: list[Printout]) -> set[uuid.UUID]:
    """Return who asked for some prints, and who said that a copy of them is destroyed."""
    told = {copy.destroyed_by_id for one in prints for copy in one.copies}
    return {one.asked_by_id for one in prints} | {one for one in told if one}


def _stands(of: Printout, copy: PrintCopy) -> rules.Stands:
    return rules.stands(
        destroyed=copy.destroyed_on is not None,
        destroy_by=of.destroy_by,
        called_back=of.called_back_on is not None,
        today=clock.today(),
    )
