"""Pages to sign in: by passkey, or by password and then a code."""

from typing import Any

from flask import (
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from disc.access.actor import Actor
from disc.access.guard import find_actor
from disc.core.errors import DiscError
from disc.core.transaction import writes
from disc.core.typed import carried
from disc.core.web import by_turns, limiter, public
from disc.members import proving
from disc.members.errors import StartAgain, WrongCode, WrongPasskey, WrongSignIn
from disc.members.forms import SignInForm
from disc.members.forms.proving import CodeForm
from disc.members.proving import Answer, Typed, Waiting
from disc.members.views import throttle
from disc.members.views.blueprint import bp
from disc.members.views.going_on import go_on, own_page, told
from disc.members.views.throttle import WAITING


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@by_turns
@limiter.limit("30/minute;200/hour", key_func=throttle.address, methods=["POST"])
@limiter.limit("8/minute;40/hour", key_func=throttle.account_from_here, methods=["POST"])
@limiter.limit("300/hour", key_func=throttle.account, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Show the form, or sign in and go on to where the person was going."""
    form = SignInForm()
    if find_actor() is not None and not form.password.data:
        return go_on(form.next.data)
    if not form.validate_on_submit():
        return _sign_in_page(form, None), 422 if form.is_submitted() else 200
    try:
        entered = proving.sign_in(form.email.data, form.password.data)
    except WrongSignIn as wrong:
        return _sign_in_page(form, wrong.sentence), wrong.status
    if isinstance(entered, Waiting):
        session[WAITING] = entered.token
        return _ask_for_code(form.next.data)
    return _entered(entered, form.next.data)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@limiter.limit("20/minute", key_func=throttle.browser, methods=["POST"])
@limiter.limit("10/minute;20/hour", key_func=throttle.waiting_account, methods=["POST"])
def second_factor() -> ResponseReturnValue:
    """Ask somebody whose password was right for a code, and sign them in."""
    form, token = CodeForm(), session.get(WAITING, "")
    try:
        if not form.validate_on_submit():
            return _code_page(form, token), 422 if form.is_submitted() else 200
        typed = Typed(form.otp.data or "", form.recovery_code.data or "")
        return _entered(proving.second_step(token, typed), form.next.data)
    except WrongCode as wrong:
        return _code_page(form, token, wrong), wrong.status
    except StartAgain as ended:
        session.pop(WAITING, None)
        flash(ended.sentence, "warn")
        return redirect(url_for("members.sign_in", next=own_page(form.next.data)), 303)


@bp.post("/sign-in/passkey/options")
@public
@limiter.limit("60/minute", key_func=throttle.browser)
@writes
def passkey_options() -> ResponseReturnValue:
    """Begin a sign-in by passkey."""
    return jsonify(proving.options_to_sign_in())


@bp.post("/sign-in/passkey")
@public
@limiter.limit("30/minute;300/hour", key_func=throttle.browser)
def passkey() -> ResponseReturnValue:
    """Sign in the owner of a passkey."""
    sent = told()
    actor = proving.sign_in_by_passkey(read_answer(sent))
    response = make_response(
        jsonify(to=own_page(str(sent.get("next") or "")), csrf_token=generate_csrf())
    )
    proving.know_device(response, actor.id)
    return response


def read_answer(sent: dict[str, Any]) -> Answer:
    """Return a passkey's answer as a page sent it. Raises WrongPasskey."""
    token, credential = sent.get("token"), sent.get("credential")
    if not isinstance(token, str) or not isinstance(credential, dict):
        raise WrongPasskey
    return Answer(token, credential)


def _entered(actor: Actor, address: str | None) -> ResponseReturnValue:
    response = make_response(go_on(address))
    proving.know_device(response, actor.id)
    return response


def _ask_for_code(address: str | None) -> ResponseReturnValue:
    """Show the page at once where it carries typed words, which no address can."""
    if carried():
        return _code_page(CodeForm(formdata=None), session[WAITING], address=address)
    return redirect(url_for("members.second_factor", next=own_page(address)), 303)


def _sign_in_page(form: SignInForm, problem: str | None) -> str:
    return render_template(
        "members/sign_in.html",
        form=form,
        problem=problem,
        typed=carried(),
        named=proving.page_with_name(),
    )


def _code_page(
    form: CodeForm, token: str, wrong: DiscError | None = None, *, address: str | None = None
) -> str:
    _member, factors = proving.who_waits(token)
    return render_template(
        "members/code.html",
        form=form,
        problem=wrong.sentence if wrong else None,
        factors=factors,
        typed=carried(),
        address=address or form.next.data or request.args.get("next", ""),
        named=proving.page_with_name(),
    )
