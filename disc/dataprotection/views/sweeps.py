"""What the sweep did: the proof that records are hidden and erased on their day."""

from flask import render_template
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.dataprotection import proofs
from disc.dataprotection.views.blueprint import bp


@bp.get("/audit/sweeps")
@requires(Permission.READ_AUDIT)
def sweeps() -> ResponseReturnValue:
    """List the sweeps of the scheme, the newest first; there is nobody's record in it."""
    actor = get_actor()
    found = proofs.runs(actor)
    late = proofs.is_late(actor, found)
    return render_template("dataprotection/sweeps.html", runs=found, late=late)
