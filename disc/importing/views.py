"""Pages by which an Administrator brings a file, reads what it would do, and lets it in."""

import uuid

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, in_background, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.database import db
from disc.core.errors import DiscError
from disc.core.sheets import write_sheet
from disc.core.transaction import writes, writing
from disc.core.web import limiter, takes_files
from disc.importing import checking, rules, service
from disc.importing.checking import Checked, Fate
from disc.importing.columns import COLUMNS, Kind, example
from disc.importing.forms import CALLED, BringForm, ConfirmForm
from disc.importing.models import FileState, ImportFile
from disc.importing.queries import get_file, newest_files
from disc.incidents.forms import KINDS
from disc.members.queries import member_names

bp = Blueprint("importing", __name__)

SEE_OTHER = 303
GOES_ON = (FileState.RUNNING, FileState.GOING_BACK)


@bp.get("/desk/import")
@requires(Permission.IMPORT_RECORDS)
@freshly_proved
def index() -> ResponseReturnValue:
    """Ask for a file, and list what was imported."""
    return _index(get_actor(), BringForm(formdata=None))


@bp.post("/desk/import")
@requires(Permission.IMPORT_RECORDS)
@freshly_proved
@limiter.limit("30/hour", key_func=lambda: str(get_actor().id))
@takes_files
def bring() -> ResponseReturnValue:
    """Check a file and keep it sealed for an hour; nothing else is written."""
    actor, form = get_actor(), BringForm()
    if not form.validate():
        return _index(actor, form), 422
    kind, data = Kind(form.kind.data), form.file.data.read()
    db.session.rollback()
    try:
        checked = checking.check(actor, kind, *checking.read(kind, data))
    except DiscError as refusal:
        form.file.errors = [refusal.sentence]
        return _index(actor, form), refusal.status
    numbers = len(checked.lines), len(checked.of(Fate.GOOD)), len(checked.of(Fate.THERE))
    digest = checking.digest_of(data)
    with writing():
        file_id = service.bring(actor, kind, data, digest, numbers).id
    return redirect(url_for("importing.file", file_id=file_id), SEE_OTHER)


@bp.get("/desk/import/<uuid:file_id>")
@requires(Permission.IMPORT_RECORDS)
@freshly_proved
def file(file_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a file would do, how far its import is, or what it did; reading is noted."""
    actor = get_actor()
    row = get_file(actor, file_id)
    note_seen(audit.by(actor, "import read", "import", row.id))
    if row.state is FileState.CHECKED:
        return _checked(actor, row)
    return render_template(
        "importing/import.html",
        row=row,
        states=FileState,
        called=CALLED,
        goes_on=row.state in GOES_ON,
        refused_kept=row.state is FileState.DONE and not service.is_gone(row),
        may_go_back=service.may_go_back(row),
        days=rules.TAKE_BACK_DAYS,
        late=_is_late(row),
    )


@bp.post("/desk/import/<uuid:file_id>")
@requires(Permission.IMPORT_RECORDS)
@freshly_proved
@writes
def confirm(file_id: uuid.UUID) -> ResponseReturnValue:
    """Let the good lines come in."""
    row = service.confirm(get_actor(), file_id, ConfirmForm().digest.data or "")
    return redirect(url_for("importing.file", file_id=row.id), SEE_OTHER)


@bp.post("/desk/import/<uuid:file_id>/take-back")
@requires(Permission.IMPORT_RECORDS)
@freshly_proved
@writes
def call_back(file_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what came in with a file."""
    row = service.call_back(get_actor(), file_id)
    return redirect(url_for("importing.file", file_id=row.id), SEE_OTHER)


@bp.get("/desk/import/<uuid:file_id>/progress")
@requires(Permission.IMPORT_RECORDS)
@in_background
def progress(file_id: uuid.UUID) -> ResponseReturnValue:
    """Tell the page that waits how far the import is, and let it open the end."""
    row = get_file(get_actor(), file_id)
    if row.state in GOES_ON:
        return render_template("importing/_progress.html", row=row, states=FileState)
    answer = Response(status=204)
    answer.headers["HX-Refresh"] = "true"
    return answer


@bp.get("/desk/import/<uuid:file_id>/refused.csv")
@requires(Permission.IMPORT_RECORDS)
@freshly_proved
def refused(file_id: uuid.UUID) -> ResponseReturnValue:
    """Give the refused lines as a file to mend; that they were taken out is noted."""
    actor = get_actor()
    row = get_file(actor, file_id)
    data = service.kept(row)
    if row.state in (FileState.CHECKED, FileState.RUNNING):
        data = checking.refused_sheet(_read(actor, row, data))
    note_seen(audit.by(actor, "refused lines taken out", "import", row.id))
    return _sheet(data, "lines-to-mend.csv")


@bp.get("/desk/import/incidents.csv")
@requires(Permission.IMPORT_RECORDS)
def incidents_example() -> ResponseReturnValue:
    """Give a file of past incidents to begin from."""
    return _sheet(write_sheet(example(Kind.INCIDENTS)), "past-incidents.csv")


@bp.get("/desk/import/members.csv")
@requires(Permission.IMPORT_RECORDS)
def members_example() -> ResponseReturnValue:
    """Give a file of members to begin from."""
    return _sheet(write_sheet(example(Kind.MEMBERS)), "members.csv")


def _index(actor: Actor, form: BringForm) -> str:
    rows = newest_files(actor)
    return render_template(
        "importing/index.html",
        form=form,
        rows=rows,
        names=member_names(actor, [row.brought_by_id for row in rows]),
        states=FileState,
        called=CALLED,
        columns=COLUMNS,
        most=rules.MOST_LINES,
    )


def _checked(actor: Actor, row: ImportFile) -> str:
    """Judge a kept file once more, and show what it would do now."""
    checked = _read(actor, row, service.kept(row))
    good, bad, there = (checked.of(fate) for fate in (Fate.GOOD, Fate.REFUSED, Fate.THERE))
    return render_template(
        "importing/checked.html",
        row=row,
        good=good,
        bad=bad,
        there=there,
        unknown=checked.unknown,
        shown=rules.SHOWN,
        is_incidents=row.kind is Kind.INCIDENTS,
        kinds=dict(KINDS),
    )


def _read(actor: Actor, row: ImportFile, data: bytes) -> Checked:
    kind = row.kind
    return checking.check(actor, kind, *checking.read(kind, data))


def _is_late(row: ImportFile) -> bool:
    return row.state in GOES_ON and clock.now() - row.moved_at > rules.LATE


def _sheet(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
