"""What a box says, through the same form as a page: put right where nobody is there to ask.

Whoever wrote it may have closed the page, and nobody can open the box on the phone. So what the
form refuses is not sent back: a place falls to the member's first, a time to when the report was
saved, and any other answer that cannot be read is added, as it was typed, to the words.
"""

import io
import uuid
from datetime import datetime

from werkzeug.datastructures import FileStorage, MultiDict

from disc.access.actor import Actor
from disc.boxes.errors import BadBox, NotTaken, WrongReport
from disc.boxes.rules import Contents, first_words, when_saved
from disc.core import clock
from disc.incidents.forms import AnyReport, form_of, offer_to
from disc.incidents.kinds import IncidentKind
from disc.incidents.rules import LONGEST_WORDS
from disc.members.queries import premises_of

WORDS = "words"
UNREAD = "Not understood"
"""Stands before an answer that was added to the words."""


def read_report(
    actor: Actor, submission_id: uuid.UUID, contents: Contents, *, strict: bool
) -> AnyReport:
    """Return the filled form of a box.

    Where ``strict``, whoever wrote it is still there: raises WrongReport for what they are to put
    right. Otherwise it raises NotTaken for a member without a place, and BadBox for what is no
    report at all.
    """
    places = premises_of(actor)
    if not places:
        raise NotTaken
    typed = MultiDict[str, object](contents.fields)
    typed["submission_id"] = str(submission_id)
    if not typed.get("occurred_at"):
        typed["occurred_at"] = _local(when_saved(contents, clock.now()))
    form = _filled(actor, typed, contents)
    if strict and form.errors:
        raise WrongReport
    if form.errors:
        _mend(typed, form, str(places[0].id), contents)
        form = _filled(actor, typed, contents)
    if form.errors:
        raise BadBox
    return form


def _filled(actor: Actor, typed: MultiDict[str, object], contents: Contents) -> AnyReport:
    """Fill the form with what was typed and with the photos, whether or not each is here yet."""
    sent = MultiDict(typed)
    for photo in contents.photos:
        sent.add(photo.field, FileStorage(io.BytesIO(photo.small), photo.name or "photo"))
    form = form_of(str(typed.get("kind", "")))(sent, meta={"csrf": False})
    offer_to(actor, form)
    form.validate()
    return form


def _mend(
    typed: MultiDict[str, object],
    form: AnyReport,
    first_place: str,
    contents: Contents,
) -> None:
    instead = {
        "premises_id": first_place,
        "occurred_at": _local(when_saved(contents, clock.now())),
        "kind": IncidentKind.OTHER.value,
    }
    words = [str(typed.get(WORDS, ""))]
    for name in form.errors:
        field = form[str(name)]
        lost = [str(one) for one in typed.poplist(name) if str(one).strip()]
        if name in instead:
            typed[str(name)] = instead[str(name)]
        elif name != WORDS and lost:
            words.append(f"{UNREAD}: {field.label.text} {', '.join(lost)}")
    typed[WORDS] = first_words("\n".join(filter(None, words)), LONGEST_WORDS)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(clock.UK):%Y-%m-%dT%H:%M}"
