"""A leaked picture: the DPO brings it, waits, and reads whose mark it carries."""

import uuid
from datetime import timedelta

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, in_background, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.database import db
from disc.core.errors import DiscError
from disc.core.transaction import writing
from disc.core.web import limiter, takes_files
from disc.dataprotection import leaking, tracing
from disc.dataprotection.forms import LeakForm
from disc.dataprotection.forms.audit import VIEWER_REASONS
from disc.dataprotection.models import LeakState
from disc.dataprotection.views.blueprint import bp
from disc.gallery.models import Subject

SEE_OTHER = 303
LATE = timedelta(minutes=10)
"""After so long the page says that something may be wrong."""


@bp.get("/audit/leak")
@requires(Permission.FIND_VIEWER)
@freshly_proved
def leak() -> ResponseReturnValue:
    """Ask for the picture that was found outside."""
    return _page(LeakForm(formdata=None))


@bp.post("/audit/leak")
@requires(Permission.FIND_VIEWER)
@freshly_proved
@limiter.limit("30/hour", key_func=lambda: str(get_actor().id))
@takes_files
def bring_leak() -> ResponseReturnValue:
    """Clean the picture, seal it, and let the worker look at it."""
    actor, form = get_actor(), LeakForm()
    if not form.validate():
        return _page(form), 422
    subject_id = _person(actor, form)
    if form.errors:
        return _page(form), 422
    db.session.rollback()
    try:
        picture = leaking.clean(form.picture.data.read())
    except DiscError as refusal:
        form.picture.errors = [refusal.sentence]
        return _page(form), refusal.status
    with writing():
        why = VIEWER_REASONS[form.reason.data]
        search_id = leaking.bring(actor, picture, why, subject_id).id
    return redirect(url_for("dataprotection.leak_result", search_id=search_id), SEE_OTHER)


@bp.get("/audit/leak/<uuid:search_id>")
@requires(Permission.FIND_VIEWER)
@freshly_proved
def leak_result(search_id: uuid.UUID) -> ResponseReturnValue:
    """Say whose mark the picture carries, or that we are looking; that it is read is noted."""
    actor = get_actor()
    search = leaking.get_search(actor, search_id)
    done = search.state is LeakState.DONE
    if done:
        note_seen(audit.by(actor, "leak result read", "leak search", search.id))
    return render_template(
        "dataprotection/leak_result.html",
        search=search,
        found=leaking.found_of(actor, search) if done else None,
        is_late=clock.now() - search.asked_at > LATE,
    )


@bp.get("/audit/leak/<uuid:search_id>/done")
@requires(Permission.FIND_VIEWER)
@in_background
def leak_done(search_id: uuid.UUID) -> ResponseReturnValue:
    """Let the page that waits open the result; while we look, there is nothing to say."""
    answer = Response(status=204)
    if leaking.get_search(get_actor(), search_id).state is LeakState.DONE:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _person(actor: Actor, form: LeakForm) -> uuid.UUID | None:
    """Return the person whose record's number was typed, if one was."""
    typed = (form.record.data or "").strip()
    if not typed:
        return None
    record_id = tracing.find_record(actor, typed)
    if record_id is None or db.session.get(Subject, record_id) is None:
        form.record.errors = ["No person has that number. It looks like P-7K2M4X."]
        return None
    return record_id


def _page(form: LeakForm) -> str:
    return render_template("dataprotection/leak.html", form=form)
