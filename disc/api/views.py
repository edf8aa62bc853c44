"""Pages by which an Administrator makes keys, ends them, and sees what was sent for them."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, requires
from disc.access.permissions import Permission
from disc.api import queries, service, telling
from disc.api.errors import BadWebhook
from disc.api.forms.keys import KINDS, SCOPES, CodesForm, KeyForm, LifeForm, WebhookForm
from disc.api.models import ApiKey
from disc.core.transaction import writes, writing
from disc.members.queries import member_names, scheme_premises

bp = Blueprint("keys", __name__)


@bp.get("/desk/api-keys")
@requires(Permission.MANAGE_KEYS)
def listed() -> ResponseReturnValue:
    """List the scheme's keys."""
    return render_template("api/keys.html", keys=queries.keys_of(get_actor()))


@bp.get("/desk/api-keys/new")
@requires(Permission.MANAGE_KEYS)
@freshly_proved
def new() -> ResponseReturnValue:
    """Ask what a key is for."""
    return _form(KeyForm(formdata=None).offer(scheme_premises(get_actor())))


@bp.post("/desk/api-keys")
@requires(Permission.MANAGE_KEYS)
@freshly_proved
@writes
def make() -> ResponseReturnValue:
    """Make a key and show it, this once."""
    actor = get_actor()
    form = KeyForm().offer(scheme_premises(actor))
    if not form.validate():
        return _form(form), 422
    key, secret = service.make_key(actor, form.key())
    return _secret_page(key, secret, "key"), 201


@bp.get("/desk/api-keys/<uuid:key_id>")
@requires(Permission.MANAGE_KEYS)
def one(key_id: uuid.UUID) -> ResponseReturnValue:
    """Show a key: what it may do, what its codes mean, where its news goes."""
    actor = get_actor()
    return _page(actor, queries.get_key(actor, key_id))


@bp.post("/desk/api-keys/<uuid:key_id>/secret")
@requires(Permission.MANAGE_KEYS)
@freshly_proved
@writes
def change_over(key_id: uuid.UUID) -> ResponseReturnValue:
    """Give a key a new secret and show it, this once."""
    actor, form = get_actor(), LifeForm()
    if not form.validate():
        return _page(actor, queries.get_key(actor, key_id), life=form), 422
    key, secret = service.change_over(actor, key_id, form.expires_at())
    return _secret_page(key, secret, "key", again=True), 201


@bp.post("/desk/api-keys/<uuid:key_id>/revoke")
@requires(Permission.MANAGE_KEYS)
@writes
def revoke(key_id: uuid.UUID) -> ResponseReturnValue:
    """End a key at once, without a proof first: it may be in wrong hands."""
    service.revoke(get_actor(), key_id)
    flash("This key opens nothing any more.", "ok")
    return redirect(url_for("keys.one", key_id=key_id), 303)


@bp.post("/desk/api-keys/<uuid:key_id>/codes")
@requires(Permission.MANAGE_KEYS)
@writes
def set_codes(key_id: uuid.UUID) -> ResponseReturnValue:
    """Say what a retailer's own codes mean."""
    actor, form = get_actor(), CodesForm()
    if not form.validate():
        return _page(actor, queries.get_key(actor, key_id), codes=form), 422
    service.set_codes(actor, key_id, form.mapped())
    flash("Saved.", "ok")
    return redirect(url_for("keys.one", key_id=key_id), 303)


@bp.post("/desk/api-keys/<uuid:key_id>/webhook")
@requires(Permission.MANAGE_KEYS)
@freshly_proved
def set_webhook(key_id: uuid.UUID) -> ResponseReturnValue:
    """Say where news goes. The address is looked up before the transaction begins."""
    actor, form = get_actor(), WebhookForm()
    key = queries.get_key(actor, key_id)
    url = (form.url.data or "").strip()
    try:
        if form.validate() and url:
            service.check_webhook(url)
    except BadWebhook as refused:
        form.url.errors = [refused.sentence]
    if form.errors or form.url.errors:
        return _page(actor, key, webhook=form), 422
    with writing():
        secret = service.set_webhook(actor, key_id, url)
    if secret is not None:
        return _secret_page(queries.get_key(actor, key_id), secret, "webhook"), 201
    flash("Saved.", "ok")
    return redirect(url_for("keys.one", key_id=key_id), 303)


@bp.post("/desk/api-keys/<uuid:key_id>/webhook/secret")
@requires(Permission.MANAGE_KEYS)
@freshly_proved
@writes
def change_webhook_secret(key_id: uuid.UUID) -> ResponseReturnValue:
    """Sign with a new secret and show it, this once."""
    actor = get_actor()
    secret = service.change_webhook_secret(actor, key_id)
    if secret is None:
        return redirect(url_for("keys.one", key_id=key_id), 303)
    return _secret_page(queries.get_key(actor, key_id), secret, "webhook", again=True), 201


@bp.get("/desk/api-keys/<uuid:key_id>/deliveries")
@requires(Permission.MANAGE_KEYS)
def deliveries(key_id: uuid.UUID) -> ResponseReturnValue:
    """List the newest of what was sent for a key, first what did not arrive."""
    key = queries.get_key(get_actor(), key_id)
    return render_template("api/deliveries.html", key=key, rows=queries.deliveries_of(key))


@bp.post("/desk/api-deliveries/<uuid:delivery_id>/again")
@requires(Permission.MANAGE_KEYS)
@writes
def send_again(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """Send what was given up once more."""
    row = telling.send_again(get_actor(), delivery_id)
    flash("We send it again now.", "ok")
    return redirect(url_for("keys.deliveries", key_id=row.key_id), 303)


def _form(form: KeyForm) -> str:
    return render_template("api/new_key.html", form=form)


def _secret_page(key: ApiKey, secret: str, what: str, *, again: bool = False) -> str:
    return render_template("api/secret.html", key=key, secret=secret, what=what, again=again)


def _page(
    actor: Actor,
    key: ApiKey,
    *,
    life: LifeForm | None = None,
    codes: CodesForm | None = None,
    webhook: WebhookForm | None = None,
) -> str:
    hook = queries.webhook_of(key)
    known = queries.codes_of(key.id)
    return render_template(
        "api/key.html",
        key=key,
        hook=hook,
        made_by=member_names(actor, [key.made_by_id])[key.made_by_id],
        places=queries.places_of_key(key),
        scopes=[words for scope, words in SCOPES.items() if scope in key.scope_set],
        kinds=sorted(KINDS),
        life=life or LifeForm(formdata=None),
        codes=codes
        or CodesForm(formdata=None, codes="\n".join(f"{a} = {b}" for a, b in known.items())),
        webhook=webhook or WebhookForm(formdata=None, url=hook.url if hook else ""),
        failed=sum(row.given_up_at is not None for row in queries.deliveries_of(key)),
    )
