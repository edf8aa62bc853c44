"""Pages of what everybody accepts: to read and accept it, and to publish its next version."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import freshly_proved, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.members import accepting, queries
from disc.members.accepting import Words
from disc.members.errors import NewerRules
from disc.members.forms import AcceptForm, DocumentForm, RenewalForm
from disc.members.models import DocumentKind
from disc.members.rules import paragraphs
from disc.members.views.blueprint import bp
from disc.members.views.going_on import own_page

KINDS = {kind.value.replace(" ", "-"): kind for kind in DocumentKind}
"""Each document as its addresses name it."""


@bp.get("/rules")
@requires(Permission.USE_OWN_ACCOUNT)
def rules() -> ResponseReturnValue:
    """Show everything that the reader has to accept, or has accepted."""
    return _to_accept(get_actor(), AcceptForm())


@bp.post("/rules")
@requires(Permission.USE_OWN_ACCOUNT)
@writes
def accept_rules() -> ResponseReturnValue:
    """Accept what was shown, and go on to where the reader was going."""
    actor = get_actor()
    form = AcceptForm().offer(queries.current_documents(actor.scheme_id))
    if not _is_due(actor):
        return redirect(own_page(request.args.get("next")), 303)
    if not form.validate():
        return _to_accept(actor, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        accepting.accept(actor, set(form.accepted.data))
    except NewerRules as newer:
        return _to_accept(actor, AcceptForm(formdata=None), newer.sentence), newer.status
    flash("Thank you. You have accepted the rules.", "ok")
    return redirect(own_page(request.args.get("next")), 303)


@bp.get("/me/rules")
@requires(Permission.USE_OWN_ACCOUNT)
def my_rules() -> ResponseReturnValue:
    """List what one accepted, and when."""
    accepted = queries.acceptances_of(get_actor().id)
    return render_template("members/rules_accepted.html", accepted=accepted)


@bp.get("/me/rules/<uuid:document_id>")
@requires(Permission.USE_OWN_ACCOUNT)
def my_document(document_id: uuid.UUID) -> ResponseReturnValue:
    """Show the words of one version, as whoever accepted it saw them."""
    return _document(get_actor(), document_id, back=url_for("members.my_rules"))


@bp.get("/desk/rules")
@requires(Permission.PUBLISH_RULES)
def documents() -> ResponseReturnValue:
    """Show the documents, and who has not accepted them yet."""
    actor = get_actor()
    scheme = queries.get_scheme(actor.scheme_id)
    return _documents(actor, RenewalForm(obj=scheme))


@bp.post("/desk/rules/renewal")
@requires(Permission.PUBLISH_RULES)
@freshly_proved
@writes
def renew_rules() -> ResponseReturnValue:
    """Set how long an acceptance lasts."""
    actor, form = get_actor(), RenewalForm()
    if not form.validate():
        return _documents(actor, form), HTTPStatus.UNPROCESSABLE_ENTITY
    accepting.renew_every(actor, form.rules_renew_months.data)
    flash("Saved.", "ok")
    return redirect(url_for("members.documents"), 303)


@bp.get("/desk/rules/<uuid:document_id>")
@requires(Permission.PUBLISH_RULES)
def document(document_id: uuid.UUID) -> ResponseReturnValue:
    """Show the words of one version."""
    return _document(get_actor(), document_id, back=url_for("members.documents"))


@bp.get("/desk/rules/<document_kind>/new")
@requires(Permission.PUBLISH_RULES)
@freshly_proved
def new_version(document_kind: str) -> ResponseReturnValue:
    """Show the newest words, or the template where there are none, to be changed."""
    kind, actor = _kind(document_kind), get_actor()
    current = queries.find_current(actor.scheme_id, kind)
    words = Words(current.title, current.body) if current else accepting.template(kind)
    form = DocumentForm(title=words.title, body=words.body, after=current.version if current else 0)
    return _editor(kind, form)


@bp.post("/desk/rules/<document_kind>/new")
@requires(Permission.PUBLISH_RULES)
@freshly_proved
@writes
def publish_version(document_kind: str) -> ResponseReturnValue:
    """Show how new words look, or publish them: then everybody must accept anew."""
    kind, actor, form = _kind(document_kind), get_actor(), DocumentForm()
    if not form.validate():
        return _editor(kind, form), HTTPStatus.UNPROCESSABLE_ENTITY
    words = _words(form)
    if form.preview.data:
        return _editor(kind, form, preview=words)
    current = queries.find_current(actor.scheme_id, kind)
    if current and (current.title, current.body) == (words.title, words.body):
        form.body.errors = ["You have changed nothing."]
        return _editor(kind, form), HTTPStatus.UNPROCESSABLE_ENTITY
    accepting.publish(actor, kind, words, after=form.after.data)
    flash("Published. Everybody must accept it before they go on, and so must you.", "ok")
    return redirect(url_for("members.documents"), 303)


def _kind(word: str) -> DocumentKind:
    if word not in KINDS:
        raise Missing
    return KINDS[word]


def _words(form: DocumentForm) -> Words:
    """Return what was typed with one kind of line end, so that a digest means the same anywhere."""
    body = "\n".join(line.rstrip() for line in form.body.data.splitlines())
    return Words(" ".join(form.title.data.split()), body.strip())


def _is_due(actor: Actor) -> bool:
    return queries.rules_are_due(queries.get_member(actor, actor.id))


def _to_accept(actor: Actor, form: AcceptForm, problem: str | None = None) -> str:
    documents = queries.current_documents(actor.scheme_id)
    accepted = {one.document_id: one.accepted_at for one in queries.acceptances_of(actor.id)}
    return render_template(
        "members/rules.html",
        documents=documents,
        texts={row.id: paragraphs(row.body) for row in documents},
        accepted=accepted,
        due=_is_due(actor),
        months=queries.get_scheme(actor.scheme_id).rules_renew_months,
        ticked=set(form.accepted.data or ()),
        errors=form.errors,
        problem=problem,
    )


def _documents(actor: Actor, form: RenewalForm) -> str:
    note_seen(audit.by(actor, "acceptances listed"))
    accepted, due = queries.who_accepted(actor)
    history = queries.document_history(actor.scheme_id)
    return render_template(
        "members/documents.html",
        kinds=KINDS,
        current={row.kind: row for row in reversed(history)},
        history=history,
        counts=queries.acceptances_by_document(actor.scheme_id),
        accepted=accepted,
        due=due,
        form=form,
    )


def _document(actor: Actor, document_id: uuid.UUID, *, back: str) -> str:
    row = queries.get_document(actor, document_id)
    return render_template(
        "members/document.html", document=row, text=paragraphs(row.body), back=back
    )


def _editor(kind: DocumentKind, form: DocumentForm, preview: Words | None = None) -> str:
    return render_template(
        "members/document_new.html",
        kind=kind,
        form=form,
        preview=preview,
        text=paragraphs(preview.body) if preview else [],
    )
