"""Taking out a copy of a part of the audit, with a reason."""

import time
from collections.abc import Iterable

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, requires
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.auditing import Search
from disc.core.database import db
from disc.core.sheets import write_sheet
from disc.core.transaction import writing
from disc.dataprotection import tracing
from disc.dataprotection.forms import ExportForm
from disc.dataprotection.forms.audit import EXPORT_REASONS
from disc.dataprotection.rules import MOST_EXPORTED, MOST_EXPORTED_DAYS
from disc.dataprotection.tracing import Line
from disc.dataprotection.views.audit import (
    chosen,
    find_wanted,
    note_read,
    offered,
    search_of,
    typed_from,
)
from disc.dataprotection.views.blueprint import bp

BATCH = 250
"""Rows read before other requests have a turn."""
COLUMNS = ("position", "at", "who", "kind", "act", "about", "things", "detail", "device")


@bp.get("/audit/export")
@requires(Permission.READ_AUDIT)
@freshly_proved
def export_audit() -> ResponseReturnValue:
    """Ask which days to take out, and why."""
    actor = get_actor()
    form = ExportForm(formdata=None, data=typed_from(actor, chosen(request.args)))
    return _page(actor, form)


@bp.post("/audit/export")
@requires(Permission.READ_AUDIT)
@freshly_proved
def send_export() -> ResponseReturnValue:
    """Send the file; that it was taken out, and why, is written down first."""
    actor, form = get_actor(), ExportForm()
    offered(actor, form)
    wanted = find_wanted(actor, form)
    if wanted is None:
        return _page(actor, form), 422
    lines = _lines(actor, search_of(actor, wanted))
    if len(lines) > MOST_EXPORTED:
        form.until.errors = [f"There are more than {MOST_EXPORTED:,} rows. Choose fewer days."]
        return _page(actor, form), 422
    why = f"rows {len(lines)}. {EXPORT_REASONS[form.reason.data]}"
    with writing():
        audit.record(note_read(actor, "audit exported", wanted, why))
    return _file(lines)


def _lines(actor: Actor, search: Search) -> list[Line]:
    """Read a search some rows at a time, and let others have their turn in between."""
    found: list[Line] = []
    before: int | None = None
    while len(found) <= MOST_EXPORTED:
        some, before = tracing.lines(actor, search, before=before, limit=BATCH)
        found += some
        if before is None:
            break
        db.session.rollback()
        time.sleep(0)
    return found


def _file(lines: Iterable[Line]) -> Response:
    response = make_response(write_sheet([COLUMNS, *map(_cells, lines)]))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"audit-{clock.today():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(line: Line) -> tuple[str, ...]:
    return (
        str(line.position),
        line.at.isoformat(timespec="seconds"),
        line.who,
        line.kind.value,
        line.act,
        " ".join(line.about),
        str(line.things),
        line.detail,
        line.device,
    )


def _page(actor: Actor, form: ExportForm) -> str:
    offered(actor, form)
    return render_template(
        "dataprotection/audit_export.html",
        form=form,
        most_days=MOST_EXPORTED_DAYS,
        most_rows=MOST_EXPORTED,
    )
