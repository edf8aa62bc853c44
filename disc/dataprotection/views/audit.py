"""The pages on which the audit is searched and checked."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.acts import ActKind
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, auditing, clock
from disc.core.auditing import Search
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.dataprotection import tracing
from disc.dataprotection.checking import begin_check, last_check
from disc.dataprotection.forms import SearchForm
from disc.dataprotection.forms.audit import is_day, start_of
from disc.dataprotection.views.blueprint import bp
from disc.members.queries import get_member, member_names, scheme_members
from disc.members.watching import stopped_members

SEE_OTHER = 303


@bp.get("/audit")
@requires(Permission.READ_AUDIT)
def audit_page() -> ResponseReturnValue:
    """Show who did or saw what; that it was read is written down first."""
    actor, wanted = get_actor(), chosen(request.args)
    form = offered(actor, SearchForm(formdata=None, data=typed_from(actor, wanted)))
    return _page(actor, form, wanted)


@bp.post("/audit")
@requires(Permission.READ_AUDIT)
def search_audit() -> ResponseReturnValue:
    """Look up the reference that was typed, so that the address holds its id alone."""
    actor = get_actor()
    form = offered(actor, SearchForm())
    wanted = find_wanted(actor, form)
    if wanted is None:
        return _page(actor, form, {}), 422
    here = url_for("dataprotection.audit_page")
    return redirect(f"{here}?{urlencode(wanted)}" if wanted else here, SEE_OTHER)


@bp.post("/audit/check")
@requires(Permission.READ_AUDIT)
@writes
def check_audit() -> ResponseReturnValue:
    """Let the worker check the chain now."""
    actor = get_actor()
    begin_check(actor.scheme_id)
    audit.record(audit.by(actor, "audit check asked"))
    flash("The check has begun. Load this page again in a minute.", "ok")
    return redirect(url_for("dataprotection.audit_page"), SEE_OTHER)


@bp.get("/audit/head")
@requires(Permission.READ_AUDIT)
def audit_head() -> Response:
    """Give the last link of the chain, to be kept elsewhere; ``audit verify --head`` takes it."""
    actor = get_actor()
    position, link = auditing.head(actor.scheme_id)
    note_seen(audit.by(actor, "audit head exported"))
    response = make_response(f"{actor.scheme_id} {position} {link.hex()}\n")
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    name = f"audit-head-{clock.today():%Y-%m-%d}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def offered(actor: Actor, form: SearchForm) -> SearchForm:
    """Offer the scheme's people in a form."""
    names = member_names(actor, [one.id for one in scheme_members(actor)])
    return form.offer(sorted(names.items(), key=lambda person: person[1].casefold()))


def find_wanted(actor: Actor, form: SearchForm) -> dict[str, str] | None:
    """Return what a form asks for as it stands in an address, or None where it is wrong."""
    typed = (form.reference.data or "").strip()
    good = form.validate()
    record_id = tracing.find_record(actor, typed) if typed else None
    if typed and record_id is None:
        form.reference.errors = ["No record has that number. It looks like P-7K2M4X."]
        return None
    return form.wanted() | ({"about": str(record_id)} if record_id else {}) if good else None


def chosen(args: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a search that an address holds."""
    names = ("person", "about", "kind", "since", "until")
    return {name: args[name] for name in names if args.get(name)}


def search_of(actor: Actor, wanted: dict[str, str]) -> Search:
    """Return a search as the chain takes it. Raises Missing for what no form of ours made."""
    try:
        person = uuid.UUID(wanted["person"]) if "person" in wanted else None
        about = uuid.UUID(wanted["about"]) if "about" in wanted else None
        since, until = _day(wanted, "since"), _day(wanted, "until")
        acts = tracing.acts_of(actor, ActKind(wanted["kind"])) if "kind" in wanted else None
    except ValueError as error:
        raise Missing from error
    return Search(
        scheme_id=actor.scheme_id,
        actor_id=get_member(actor, person).id if person else None,
        target_ids=tracing.targets_about(actor, about) if about else None,
        acts=acts,
        since=start_of(since) if since else None,
        until=start_of(until + timedelta(days=1)) if until else None,
    )


def note_read(actor: Actor, act: str, wanted: dict[str, str], also: str = "") -> audit.Entry:
    """Return the entry of a search: whom or what it was about, and its ids and plain words."""
    about, person = wanted.get("about"), wanted.get("person")
    target = "record" if about else "member" if person else ""
    told = [f"{name} {value}" for name, value in wanted.items() if name != "about"]
    target_id = uuid.UUID(about or person) if about or person else None
    return audit.by(actor, act, target, target_id, " ".join(filter(None, [*told, also])))


def typed_from(actor: Actor, wanted: dict[str, str]) -> dict[str, object]:
    """Return what a form shows of the search in an address."""
    try:
        days: dict[str, object] = {
            name: _day(wanted, name) for name in ("since", "until") if name in wanted
        }
        about = uuid.UUID(wanted["about"]) if "about" in wanted else None
    except ValueError as error:
        raise Missing from error
    return {**wanted, **days, "reference": tracing.reference_of(actor, about) if about else ""}


def before() -> int | None:
    """Return the position under which a page begins."""
    return auditing.position_in(request.args.get("before", ""))


def _page(actor: Actor, form: SearchForm, wanted: dict[str, str]) -> str:
    position = before()
    search = search_of(actor, wanted)
    found, more = tracing.lines(actor, search, before=position)
    check = last_check(actor.scheme_id)
    note_seen(note_read(actor, "audit read", wanted, f"before {position}" if position else ""))
    return render_template(
        "dataprotection/audit.html",
        form=form,
        lines=found,
        wanted=wanted,
        more=more,
        is_first=position is None,
        person=_person_about(actor, wanted),
        check=check,
        is_today=check is not None and check.at.astimezone(clock.UK).date() == clock.today(),
        stopped=len(stopped_members(actor.scheme_id)),
    )


def _day(wanted: dict[str, str], name: str) -> date | None:
    day = date.fromisoformat(wanted[name]) if name in wanted else None
    if day is not None and not is_day(day):
        raise ValueError(name)
    return day


def _person_about(actor: Actor, wanted: dict[str, str]) -> uuid.UUID | None:
    """Return the person that a search is about, if it is about one."""
    try:
        return tracing.get_person(actor, uuid.UUID(wanted["about"])).id
    except (KeyError, Missing):
        return None
