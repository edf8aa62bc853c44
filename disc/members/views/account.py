"""Pages to sign out, and to see one's own account."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.members import signin
from disc.members.queries import areas_of, premises_of
from disc.members.tablets import may_have_pin
from disc.members.views.blueprint import bp


@bp.post("/sign-out")
@requires(Permission.USE_OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this sign-in and clear what the browser kept."""
    signin.sign_out(get_actor())
    response = redirect(url_for("members.sign_in"))
    signin.wipe(response)
    return response


@bp.get("/me")
@requires(Permission.USE_OWN_ACCOUNT)
def me() -> ResponseReturnValue:
    """Show one's own account."""
    actor = get_actor()
    return render_template(
        "members/me.html",
        areas=areas_of(actor),
        places=premises_of(actor),
        may_have_pin=may_have_pin(actor),
    )
