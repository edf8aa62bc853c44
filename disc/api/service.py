"""Changes to keys: made, changed over, ended; their codes, and where their news goes."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, delete, or_, select

from config import Settings
from disc.access.actor import Actor
from disc.api.errors import BadWebhook, KeyIsOver
from disc.api.models import (
    ApiAttachment,
    ApiCode,
    ApiDelivery,
    ApiKey,
    ApiSandbox,
    ApiSubmission,
    ApiWebhook,
)
from disc.api.queries import find_sandbox, get_key, secret_digest, webhook_of
from disc.api.rules import KEYS_KEPT_DAYS, OLD_SECRET_LASTS, Scope
from disc.core import audit, clock
from disc.core.callout import BadAddress, look_up
from disc.core.database import db, new_id
from disc.core.keys import erase_key
from disc.core.rows import every_scheme, one_scheme
from disc.incidents.kinds import IncidentKind
from disc.incidents.models import (
    Incident,
)
from disc.members.models import Area, Member, Premises, Scheme
from disc.members.queries import get_premises, get_scheme
from disc.members.service import add_area, add_premises, add_system, create_scheme

SHOWN = 14
"""Characters of a key by which people tell it from others; the secret begins after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What an Administrator says of a key. ``premises_ids`` are left out for a sandbox."""

    name: str
    scopes: frozenset[Scope]
    premises_ids: frozenset[uuid.UUID]
    expires_at: datetime
    is_sandbox: bool


def make_key(actor: Actor, new: NewKey) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, which nobody can read again. Raises Missing."""
    places = [get_premises(actor, one) for one in sorted(new.premises_ids)]
    with every_scheme():
        scheme = get_scheme(actor.scheme_id)
        if new.is_sandbox:
            scheme, places = _sandbox(scheme)
        system = add_system(scheme, new.name, places)
    secret = _secret(is_sandbox=new.is_sandbox)
    key = ApiKey(
        id=new_id(),
        scheme_id=actor.scheme_id,
        member_id=system.id,
        prefix=secret[:SHOWN],
        digest=secret_digest(secret),
        scopes=" ".join(sorted(new.scopes)),
        is_sandbox=new.is_sandbox,
        made_by_id=actor.id,
        expires_at=new.expires_at,
    )
    key.name = new.name
    db.session.add(key)
    db.session.flush()
    audit.record(audit.by(actor, "key made", "api key", key.id, detail=key.scopes))
    return key, secret


def change_over(actor: Actor, key_id: uuid.UUID, expires_at: datetime) -> tuple[ApiKey, str]:
    """Give a key a new secret and a new end; the old one counts for a while. Raises KeyIsOver."""
    key = held_key(actor, key_id)
    secret = _secret(is_sandbox=key.is_sandbox)
    key.old_digest, key.old_until = key.digest, clock.now() + OLD_SECRET_LASTS
    key.digest, key.prefix, key.expires_at = secret_digest(secret), secret[:SHOWN], expires_at
    audit.record(audit.by(actor, "key changed over", "api key", key.id))
    return key, secret


def revoke(actor: Actor, key_id: uuid.UUID) -> None:
    """End a key: it opens nothing from the next request on, in every worker."""
    key = held_key(actor, key_id, may_be_over=True)
    if key.revoked_at is not None:
        return
    key.revoked_at, key.revoked_by_id = clock.now(), actor.id
    key.old_digest = key.old_until = None
    with every_scheme():
        db.session.get_one(Member, key.member_id).left_at = key.revoked_at
        db.session.flush()
    audit.record(audit.by(actor, "key revoked", "api key", key.id))


def set_codes(actor: Actor, key_id: uuid.UUID, codes: dict[str, str]) -> None:
    """Say what a retailer's codes mean, in place of all that was said before."""
    key = held_key(actor, key_id)
    db.session.execute(delete(ApiCode).where(ApiCode.key_id == key.id))
    db.session.add_all(
        ApiCode(key_id=key.id, code=code, kind=IncidentKind(kind)) for code, kind in codes.items()
    )
    audit.record(audit.by(actor, "key codes set", "api key", key.id, detail=f"{len(codes)} codes"))


def check_webhook(url: str) -> None:
    """Raise BadWebhook for an address where no news goes. It yields: not in a transaction."""
    settings: Settings = current_app.extensions["settings"]
    try:
        look_up(url, loopback=settings.webhooks_to_loopback)
    except BadAddress as refused:
        raise BadWebhook(str(refused)) from refused


def set_webhook(actor: Actor, key_id: uuid.UUID, url: str) -> str | None:
    """Say where news for a key goes, or nowhere; return the secret where one was made."""
    key = held_key(actor, key_id)
    hook, secret = webhook_of(key), None
    if hook is not None and not url:
        erase_key(hook)
        db.session.delete(hook)
    elif hook is not None:
        hook.url, hook.rest_until = url, None
    elif url:
        hook, secret = _new_hook(key), _hook_secret()
        hook.url, hook.secret = url, secret
        db.session.add(hook)
    audit.record(audit.by(actor, "webhook set" if url else "webhook removed", "api key", key.id))
    return secret


def change_webhook_secret(actor: Actor, key_id: uuid.UUID) -> str | None:
    """Sign with a new secret, and for a while with the old one too; return the new one."""
    key = held_key(actor, key_id)
    hook = webhook_of(key)
    if hook is None:
        return None
    secret = _hook_secret()
    hook.old_secret, hook.old_until = hook.secret, clock.now() + OLD_SECRET_LASTS
    hook.secret = secret
    audit.record(audit.by(actor, "webhook secret changed", "api key", key.id))
    return secret


def held_key(actor: Actor, key_id: uuid.UUID, *, may_be_over: bool = False) -> ApiKey:
    """Return a key to change, held until the transaction ends. Raises Missing or KeyIsOver."""
    key = get_key(actor, key_id)
    db.session.refresh(key, with_for_update={"of": ApiKey})
    if key.is_over and not may_be_over:
        raise KeyIsOver
    return key


def forget_old() -> int:
    """Delete keys long past their end, old news and what erased reports are known by."""
    return sum(_forget_key(key) for key in _keys_long_over()) + _forget_deliveries()


def _keys_long_over() -> list[ApiKey]:
    before = clock.now() - timedelta(days=KEYS_KEPT_DAYS)
    found = select(ApiKey).where(or_(ApiKey.revoked_at < before, ApiKey.expires_at < before))
    return list(db.session.scalars(found))


def _forget_key(key: ApiKey) -> int:
    system = db.session.get_one(Member, key.member_id)
    system.left_at = system.left_at or key.expires_at
    hook = webhook_of(key)
    for row in (hook, key) if hook is not None else (key,):
        erase_key(row)
        db.session.delete(row)
        db.session.flush()
    return 1


def _forget_deliveries() -> int:
    erased = select(Incident.id).where(Incident.erased_at.is_not(None))
    old = [
        delete(ApiDelivery).where(ApiDelivery.erase_on <= clock.today()),
        delete(ApiSubmission).where(ApiSubmission.incident_id.in_(erased)),
        delete(ApiAttachment).where(ApiAttachment.incident_id.in_(erased)),
    ]
    return sum(cast("CursorResult[Any]", db.session.execute(one)).rowcount for one in old)


def _sandbox(live: Scheme) -> tuple[Scheme, list[Premises]]:
    """Return the scheme beside a live one, made now if there is none, and its premises."""
    known = find_sandbox(live.id)
    if known is None:
        made = create_scheme(
            f"{live.slug[:50]}-sandbox", f"{live.name[:100]} sandbox", is_demo=True
        )
        area = add_area(made, "Sandbox")
        db.session.flush()
        add_premises(area, "Sandbox shop")
        desk = add_system(made, "Sandbox desk", [])
        db.session.add(ApiSandbox(scheme_id=live.id, sandbox_id=made.id, desk_id=desk.id))
        db.session.flush()
        known = made.id
    with one_scheme(known):
        places = select(Premises).join(Area).where(Premises.scheme_id == known)
        return get_scheme(known), list(db.session.scalars(places))


def _secret(*, is_sandbox: bool) -> str:
    """Return 256 random bits behind a beginning that scanners of leaked secrets can look for."""
    kind = "test" if is_sandbox else "live"
    return f"disc_{kind}_{secrets.token_urlsafe(3)}{secrets.token_urlsafe(32)}"


def _hook_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def _new_hook(key: ApiKey) -> ApiWebhook:
    return ApiWebhook(id=new_id(), scheme_id=key.scheme_id, key_id=key.id)
