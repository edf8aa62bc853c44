"""Taking a wrong name off a record: what it does, and why."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Stale
from disc.core.transaction import writes
from disc.desk.views.blueprint import bp
from disc.gallery import queries
from disc.gallery.forms import UnnameForm
from disc.gallery.models import Subject, SubjectKind
from disc.gallery.unnaming import Why, take_name_off


@bp.get("/people/<uuid:subject_id>/unname")
@requires(Permission.MODERATE)
def unnaming(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Say what taking a name off does, and ask why."""
    actor = get_actor()
    subject = queries.get_subject(actor, subject_id)
    if subject.kind is not SubjectKind.KNOWN:
        raise Stale
    return _page(actor, subject, UnnameForm())


@bp.post("/people/<uuid:subject_id>/unname")
@requires(Permission.MODERATE)
@writes
def unname_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Take a name off."""
    actor, form = get_actor(), UnnameForm()
    if not form.validate():
        return _page(actor, queries.get_subject(actor, subject_id), form), 422
    take_name_off(actor, subject_id, Why(form.why.data))
    flash("The name is gone. This person is in no gallery now. Check what else it says.", "ok")
    return redirect(url_for("desk.person", subject_id=subject_id), 303)


def _page(actor: Actor, subject: Subject, form: UnnameForm) -> str:
    note_seen(audit.by(actor, "record read", "subject", subject.id))
    return render_template("desk/unname.html", subject=subject, form=form)
