"""Home, the desk and the Board's page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from disc.access.guard import requires
from disc.access.permissions import Permission

bp = Blueprint("desk", __name__)


@bp.get("/")
@requires(Permission.USE_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """Show what matters now to whoever signed in."""
    return render_template("desk/home.html")
