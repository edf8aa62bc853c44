"""Setting a scheme up: its settings, and the checklist before it holds anybody's record."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, requires
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core.errors import Missing
from disc.core.outbox import publish
from disc.core.transaction import writes
from disc.desk.forms.setting_up import SettingsForm, StepForm
from disc.desk.views.blueprint import bp
from disc.members import service
from disc.members.models import Scheme
from disc.members.queries import get_scheme, go_live_steps, is_live, member_names
from disc.members.rules import GO_LIVE_STEPS
from disc.stills.events import ManyViewsChanged


@bp.get("/desk/go-live")
@requires(Permission.GO_LIVE)
def go_live() -> ResponseReturnValue:
    """Show the checklist."""
    return _checklist(get_actor(), StepForm(), None)


@bp.post("/desk/go-live/<step>")
@requires(Permission.GO_LIVE)
@writes
def complete(step: str) -> ResponseReturnValue:
    """Record a step as done."""
    if step not in GO_LIVE_STEPS:
        raise Missing
    actor, form = get_actor(), StepForm()
    if not form.validate():
        return _checklist(actor, form, step), 422
    service.complete_step(actor, step, form.proof.data.strip())
    flash("Saved.", "ok")
    return redirect(url_for("desk.go_live"), 303)


@bp.get("/desk/settings")
@requires(Permission.SEE_SETTINGS)
def settings() -> ResponseReturnValue:
    """Show what the scheme decides for itself: to change it, or only to read it."""
    actor = get_actor()
    scheme = get_scheme(actor.scheme_id)
    changes = may_ever(actor, Permission.CHANGE_SETTINGS)
    return render_template(
        "desk/settings.html" if changes else "desk/settings_read.html",
        form=SettingsForm(obj=scheme),
        slug=scheme.slug,
    )


@bp.post("/desk/settings")
@requires(Permission.CHANGE_SETTINGS)
@freshly_proved
@writes
def change_settings() -> ResponseReturnValue:
    """Change the settings; clocks that already run keep their days."""
    actor, form = get_actor(), SettingsForm()
    scheme = get_scheme(actor.scheme_id)
    if not form.validate():
        return render_template("desk/settings.html", form=form, slug=scheme.slug), 422
    changed = {name: value for name, value in form.data.items() if name != "csrf_token"}
    before = _who_sees(scheme)
    service.change_settings(actor, scheme, changed)
    if before != _who_sees(scheme):
        publish(ManyViewsChanged(scheme_id=scheme.id))
    flash("Saved. The privacy notice says the same.", "ok")
    return redirect(url_for("desk.settings"), 303)


def _who_sees(scheme: Scheme) -> tuple[bool, bool]:
    """Return what of the settings says who sees people in the gallery."""
    return scheme.id_sought_by_themselves, scheme.police_may_see_gallery


def _checklist(actor: Actor, form: StepForm, wrong: str | None) -> str:
    done = go_live_steps(actor.scheme_id)
    scheme = get_scheme(actor.scheme_id)
    return render_template(
        "desk/go_live.html",
        steps=GO_LIVE_STEPS,
        done=done,
        names=member_names(actor, [one.done_by_id for one in done.values()]),
        form=form,
        wrong=wrong,
        live=is_live(scheme),
        is_demo=scheme.is_demo,
        slug=scheme.slug,
    )
