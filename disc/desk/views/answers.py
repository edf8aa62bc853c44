"""What members say they know, put together by person, and what the manager decides."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.desk import deciding
from disc.desk.deciding import Batch
from disc.desk.models import ItemKind
from disc.desk.on_the_way import told_of_each
from disc.desk.views.blueprint import bp
from disc.desk.views.queue import decided
from disc.gallery import identifying, queries
from disc.gallery.forms import BECAME, AnswerForm
from disc.gallery.models import AnswerOutcome
from disc.members.queries import member_names, places_of
from disc.police.forms import NOTES

DECIDED = {
    AnswerOutcome.USED: "The members who said it are told that you used it.",
    AnswerOutcome.NOT_USED: "The members who said it are told that you could not use it.",
    AnswerOutcome.LOOKING: "The members who said it are told that you are still looking.",
}


@bp.get("/desk/answers")
@requires(Permission.MODERATE)
def answers() -> ResponseReturnValue:
    """Show who members say somebody is: one card a person, the likeliest name first."""
    actor = get_actor()
    about = request.args.get("about", "")
    cards = [one for one in identifying.cards(actor) if about in ("", str(one.subject.id))]
    told = [one.by_id for card in cards for one in card.answers]
    shown = {card.subject.id for card in cards}
    known = {one.id for card in cards for name in card.names for one in name.known}
    page = render_template(
        "desk/answers.html",
        cards=cards,
        became=BECAME,
        stills=queries.stills_of(shown),
        names=member_names(actor, told),
        places=places_of(actor, told),
        notes=NOTES,
        about=about,
        decisions=told_of_each(actor, ItemKind.NAMES, shown),
    )
    for one in shown | known:
        note_seen(audit.by(actor, "answers read", "subject", one))
    return page


@bp.post("/desk/answers/<uuid:subject_id>")
@requires(Permission.MODERATE)
@writes
def decide_answers(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Decide on the answers that give one name to a person, or on all about them."""
    form = AnswerForm()
    if not form.validate():
        raise Missing
    outcome = AnswerOutcome(form.decision.data)
    chosen = form.answers.data or []
    batch_id = deciding.answer_later(
        get_actor(), subject_id, chosen, outcome, seen=form.seen.data or ""
    )
    return decided("Done", Batch(batch_id), DECIDED[outcome], to=url_for("desk.answers"))
