"""The page of one's own passkeys, codes and password."""

import uuid

from flask import flash, jsonify, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Gate
from disc.access.guard import freshly_proved, get_actor, requires
from disc.access.permissions import Permission
from disc.core.database import db
from disc.core.transaction import writes
from disc.core.web import limiter
from disc.members import proving
from disc.members.errors import StartAgain, WeakPassword, WrongCode, WrongProof
from disc.members.forms.proving import LABEL_LENGTH, NewCodesForm, NewPasswordForm, OldPasswordForm
from disc.members.models import Member, UserSession
from disc.members.queries import factors_of, passkeys_of, recovery_codes_left
from disc.members.views import throttle
from disc.members.views.blueprint import bp
from disc.members.views.entering import read_answer
from disc.members.views.going_on import told

NEW_CODES = "new codes"
"""Where the cookie keeps the token of an app that is being set up."""


@bp.get("/me/security")
@requires(Permission.USE_OWN_ACCOUNT)
def security() -> ResponseReturnValue:
    """Show how the person can prove who they are, and what is still to be done."""
    actor = get_actor()
    row = db.session.get_one(UserSession, actor.session_id)
    return render_template(
        "members/security.html",
        held=actor.gate is Gate.SECOND_FACTOR,
        on_tablet=actor.tablet_id is not None,
        passkeys=passkeys_of(actor.id),
        factors=factors_of(db.session.get_one(Member, actor.id)),
        codes_left=recovery_codes_left(actor.id),
        device=row.device[:LABEL_LENGTH] or "This device",
        named=proving.page_with_name(),
    )


@bp.post("/me/security/passkeys/options")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@limiter.limit("20/minute", key_func=throttle.person)
@writes
def new_passkey_options() -> ResponseReturnValue:
    """Begin adding a passkey."""
    return jsonify(proving.options_to_add(get_actor()))


@bp.post("/me/security/passkeys")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@limiter.limit("20/minute", key_func=throttle.person)
def new_passkey() -> ResponseReturnValue:
    """Keep a new passkey; say whether recovery codes are to be made next."""
    actor, sent = get_actor(), told()
    label = str(sent.get("label") or "").strip()[:LABEL_LENGTH] or "Passkey"
    proving.add_passkey(actor, read_answer(sent), label)
    flash("Passkey added.", "ok")
    needs_codes = recovery_codes_left(actor.id) == 0
    return jsonify(to=url_for("members.security"), needs_codes=needs_codes)


@bp.post("/me/security/passkeys/<uuid:passkey_id>/remove")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a passkey."""
    proving.remove_passkey(get_actor(), passkey_id)
    return _back("Passkey removed.")


@bp.post("/me/security/codes/begin")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def begin_codes() -> ResponseReturnValue:
    """Begin setting up an app for codes."""
    session[NEW_CODES] = proving.begin_codes(get_actor())
    return redirect(url_for("members.new_codes"), 303)


@bp.get("/me/security/codes")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
def new_codes() -> ResponseReturnValue:
    """Show the secret of a new app, to be read off the screen or typed."""
    try:
        return _new_codes_page(NewCodesForm(formdata=None))
    except StartAgain as ended:
        flash(ended.sentence, "warn")
        return redirect(url_for("members.security"))


@bp.post("/me/security/codes")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@limiter.limit("20/minute", key_func=throttle.person)
@writes
def keep_codes() -> ResponseReturnValue:
    """Keep a new app once it has made a right code."""
    actor, form = get_actor(), NewCodesForm()
    if not form.validate():
        return _new_codes_page(form), 422
    try:
        proving.keep_codes(actor, session.get(NEW_CODES, ""), form.otp.data)
    except WrongCode as wrong:
        form.otp.errors = [wrong.sentence]
        return _new_codes_page(form), 422
    session.pop(NEW_CODES, None)
    if recovery_codes_left(actor.id):
        return _back("Your app is set up.")
    return render_template("members/recovery.html", codes=proving.make_codes(actor))


@bp.post("/me/security/codes/remove")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def remove_codes() -> ResponseReturnValue:
    """Forget the app for codes."""
    proving.remove_codes(get_actor())
    return _back("Your app is removed.")


@bp.post("/me/security/recovery")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def new_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them this once."""
    actor = get_actor()
    if not factors_of(db.session.get_one(Member, actor.id)).any:
        return _back("Add a passkey or an app first.")
    return render_template("members/recovery.html", codes=proving.make_codes(actor))


@bp.route("/me/security/password", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@limiter.limit("20/minute", key_func=throttle.person, methods=["POST"])
def change_password() -> ResponseReturnValue:
    """Choose a new password; every other device is signed out."""
    form, old, problem = NewPasswordForm(), OldPasswordForm(), None
    if form.validate_on_submit():
        try:
            proving.change_password(get_actor(), old.old.data or "", form.password.data)
            return _back("Your password is changed. Your other devices were signed out.")
        except WrongProof:
            old.old.errors = ["This is not the password that you have now."]
        except WeakPassword as weak:
            problem = weak.sentence
    page = render_template(
        "members/reset.html",
        form=form,
        old=old if _has_password() else None,
        problem=problem,
        signed_in=True,
    )
    return page, 422 if form.is_submitted() else 200


def _has_password() -> bool:
    return db.session.get_one(Member, get_actor().id).password_hash is not None


def _new_codes_page(form: NewCodesForm) -> str:
    actor = get_actor()
    secret = proving.new_secret(actor, session.get(NEW_CODES, ""))
    email = db.session.get_one(Member, actor.id).email
    return render_template(
        "members/app_codes.html",
        form=form,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        picture=proving.picture_of(secret, email),
    )


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for("members.security"), 303)
