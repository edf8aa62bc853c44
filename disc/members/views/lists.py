"""The page by which a list of people from a spreadsheet is asked in."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.web import limiter
from disc.members import joining
from disc.members.errors import BadList
from disc.members.forms import ListForm
from disc.members.joining import Line
from disc.members.rules import LONGEST_LIST
from disc.members.views.blueprint import bp


@bp.route("/desk/members/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
@limiter.limit("20/minute", methods=["POST"])
def import_people() -> ResponseReturnValue:
    """Check a list and show what would happen, or ask everybody in whose line is good."""
    actor, form = get_actor(), ListForm()
    if not form.validate_on_submit():
        return _page(form, "")
    text, applies = form.words(), request.form.get("act") == "apply"
    try:
        lines = joining.read_list(text)
    except BadList as bad:
        return _page(form, text, problem=bad.sentence), bad.status
    if applies:
        return _page(form, "", joining.apply_list(actor, lines), applied=True)
    return _page(form, text, joining.check_list(actor, lines))


def _page(
    form: ListForm,
    text: str,
    lines: list[Line] | None = None,
    *,
    applied: bool = False,
    problem: str = "",
) -> str:
    return render_template(
        "members/import.html",
        form=form,
        text=text,
        good=[line for line in lines or [] if not line.problem],
        bad=[line for line in lines or [] if line.problem],
        checked=lines is not None,
        applied=applied,
        problem=problem,
        most=LONGEST_LIST,
    )
