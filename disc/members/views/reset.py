"""Pages for people who forgot their password."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from disc.core import mail
from disc.core.web import limiter, public
from disc.members import proving, service
from disc.members.errors import DeadReset, WeakPassword
from disc.members.forms.proving import ForgotForm, NewPasswordForm
from disc.members.queries import factors_of, find_reset
from disc.members.views import throttle
from disc.members.views.blueprint import bp
from disc.members.views.throttle import WAITING


@bp.route("/forgot", methods=["GET", "POST"])
@public
@limiter.limit("6/minute;30/hour", key_func=throttle.address, methods=["POST"])
@limiter.limit("5/hour", key_func=throttle.account, methods=["POST"])
def forgot() -> ResponseReturnValue:
    """Take an address to send a link to; whether anybody has it is not said."""
    form = ForgotForm()
    if not form.validate_on_submit():
        page = render_template("members/forgot.html", form=form, sent=False)
        return page, 422 if form.is_submitted() else 200
    proving.ask_for_reset(form.email.data, mail.site_origin())
    return render_template("members/forgot.html", form=form, sent=True)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
@limiter.limit("20/minute", key_func=throttle.browser)
def reset(token: str) -> ResponseReturnValue:
    """Let whoever has a link choose a new password, and then show who they are as usual."""
    form, problem = NewPasswordForm(), None
    if find_reset(service.digest(token)) is None:
        raise DeadReset
    if form.validate_on_submit():
        try:
            return _chosen(token, form.password.data)
        except WeakPassword as weak:
            problem = weak.sentence
    page = render_template("members/reset.html", form=form, problem=problem, signed_in=False)
    return page, 422 if form.is_submitted() else 200


def _chosen(token: str, password: str) -> ResponseReturnValue:
    member = proving.reset_password(token, password)
    if factors_of(member).any:
        session[WAITING] = proving.ask_for_second(member.id).token
        return redirect(url_for("members.second_factor"), 303)
    flash("Your password is changed. Sign in with it.", "ok")
    return redirect(url_for("members.sign_in"), 303)
