"""Pages of managers who let people in: QR codes of premises, and new links."""

import uuid

import segno
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from disc.access.actor import Actor
from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.mail import link_to
from disc.core.transaction import writes
from disc.members import joining, queries
from disc.members.forms import JoinCodeForm
from disc.members.joining import NewCode
from disc.members.models import Premises
from disc.members.views.blueprint import bp


@bp.get("/desk/members/premises/<uuid:premises_id>/qr")
@requires(Permission.MANAGE_MEMBERS)
def qr(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Ask how many people a QR code shall let in, and list the codes that do."""
    actor = get_actor()
    return _page(_place(actor, premises_id), JoinCodeForm(formdata=None))


@bp.post("/desk/members/premises/<uuid:premises_id>/qr")
@requires(Permission.MANAGE_MEMBERS)
@writes
def new_qr(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Make a QR code and show it, this once."""
    actor, form = get_actor(), JoinCodeForm()
    place = _place(actor, premises_id)
    if not form.validate():
        return _page(place, form), 422
    made = joining.make_code(actor, place, uses=form.uses.data, days=form.days.data)
    return _page(place, JoinCodeForm(formdata=None), made)


@bp.post("/desk/members/codes/<uuid:code_id>/end")
@requires(Permission.MANAGE_MEMBERS)
@writes
def end_qr(code_id: uuid.UUID) -> ResponseReturnValue:
    """Let a QR code let nobody in any more."""
    actor = get_actor()
    code = queries.get_join_code(actor, code_id)
    joining.end_code(actor, code)
    flash("This QR code lets nobody in any more.", "ok")
    return redirect(url_for("members.qr", premises_id=code.premises_id), 303)


def _place(actor: Actor, premises_id: uuid.UUID) -> Premises:
    place = queries.get_premises(actor, premises_id)
    joining.require_may_add_at(actor, place)
    return place


def _page(place: Premises, form: JoinCodeForm, made: NewCode | None = None) -> str:
    scheme = queries.get_scheme(place.scheme_id)
    link = link_to("members.join_at", token=made.token) if made else ""
    return render_template(
        "members/qr.html",
        place=place,
        form=form,
        codes=queries.live_join_codes(place),
        made=made.code if made else None,
        link=link,
        picture=drawn(link) if made else "",
        waits=joining.waits(made.code, scheme) if made else False,
    )


def drawn(link: str) -> Markup:
    """Return a QR code as a picture of the page itself: dark on light in every theme.

    Error correction M mends 15 % of the squares (ISO/IEC 18004), and four light squares around
    it are what readers need. The library writes attributes alone, so nothing typed is in it.
    """
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass="join-qr__squares",
        lineclass=None,
    )
    return Markup(svg)  # noqa: S704 # nosec B704 - drawn by us from an address of our own
