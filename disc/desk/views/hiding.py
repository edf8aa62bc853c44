"""Hiding a record by its number, for those who may not see whom they hide."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.transaction import writes
from disc.desk.forms.setting_up import HideForm
from disc.desk.views.blueprint import bp
from disc.gallery.queries import find_by_reference
from disc.gallery.service import hide_subject


@bp.get("/hide")
@requires(Permission.HIDE_NOW)
def hiding() -> ResponseReturnValue:
    """Ask for the number of a record."""
    return render_template("desk/hide.html", form=HideForm())


@bp.post("/hide")
@requires(Permission.HIDE_NOW)
@writes
def hide() -> ResponseReturnValue:
    """Take a record out of every view at once; only others can show it again."""
    actor, form = get_actor(), HideForm()
    subject = find_by_reference(actor, form.number.data or "") if form.validate() else None
    if subject is None:
        form.number.errors = ["No record has that number. It looks like P-7K2M4X."]
        return render_template("desk/hide.html", form=form), 422
    hide_subject(actor, subject, hidden=True)
    flash("Hidden. No one sees this record now.", "ok")
    return redirect(url_for("desk.hiding"), 303)
