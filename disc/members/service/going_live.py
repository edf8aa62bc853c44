"""Changes to what a scheme chooses for itself, and the checklist before it opens."""

import uuid
from typing import Any

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db
from disc.members.errors import NoRules, NotLive
from disc.members.models import GoLiveStep, Scheme
from disc.members.queries import current_documents, get_scheme, is_live
from disc.members.rules import GO_LIVE_STEPS


def complete_step(actor: Actor, step: str, proof: str) -> None:
    """Record a step of the go-live checklist with where its proof is. Raises NoRules."""
    done = db.session.get(GoLiveStep, (actor.scheme_id, step))
    if step not in GO_LIVE_STEPS or done is not None:
        return
    if step == "rules" and not current_documents(actor.scheme_id):
        raise NoRules
    db.session.add(
        GoLiveStep(scheme_id=actor.scheme_id, step=step, done_by_id=actor.id, proof=proof)
    )
    _apply(get_scheme(actor.scheme_id), step, proof)
    audit.record(audit.by(actor, "go-live step done", detail=step))


def change_settings(actor: Actor, scheme: Scheme, changed: dict[str, Any]) -> None:
    """Set a scheme's own choices; what was changed is written down, by name."""
    names = [name for name, value in changed.items() if getattr(scheme, name) != value]
    for name in names:
        setattr(scheme, name, changed[name])
    audit.record(
        audit.Entry(
            act="settings changed",
            scheme_id=scheme.id,
            actor_id=actor.id,
            detail=" ".join(names)[:400],
        )
    )


def require_live(scheme_id: uuid.UUID) -> None:
    """Raise NotLive unless the scheme may hold records about people."""
    if not is_live(get_scheme(scheme_id)):
        raise NotLive


def _apply(scheme: Scheme, step: str, proof: str) -> None:
    if step == "controller":
        scheme.controller = proof[:200]
    elif step == "ico":
        scheme.ico_number = proof[:20]
