"""Taking stills in, hiding them and erasing them."""

import base64
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app

from config import Settings
from disc.access.actor import Actor
from disc.core import audit, clock, sender
from disc.core.blobs import NoSuchBlob, aside, blobs
from disc.core.database import db, new_id
from disc.core.keys import DataKey, erase_key, keyring
from disc.core.offload import offload
from disc.core.outbox import publish
from disc.core.pictures import Limits, Quality, TakenIn, render_view, take_in
from disc.core.vault import open_stream, seal_stream, token
from disc.members.models import Premises
from disc.stills.errors import WithdrawnByOwner
from disc.stills.events import (
    StillErased,
    StillHidden,
    StillShownAgain,
    StillTakenIn,
    StillViewChanged,
)
from disc.stills.models import Source, Still
from disc.stills.ports import Handled, Handling, note_handled
from disc.stills.queries import hold_still

ORIGINAL, THUMB, VIEW, FEATURES = "original", "thumb", "view", "features"
RENDITIONS = (THUMB, VIEW)
"""What is shown. The original and what matching keeps of a picture leave the store for nobody."""
FILES = (ORIGINAL, *RENDITIONS, FEATURES)
"""Every sealed file that a still may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A picture that was cleaned and stored sealed, and waits for its row.

    If the row never comes (a crash, a refused report), the orphan sweep removes the files.
    """

    id: uuid.UUID
    scheme_id: uuid.UUID
    key_row: DataKey
    sha256: str
    captured: str
    hint: str
    width: int
    height: int
    quality: Quality
    size: int
    came_at: datetime
    sealed_at: datetime
    device_time: str


def prepare(scheme_id: uuid.UUID, data: bytes) -> Prepared:
    """Clean an untrusted picture and store it sealed; slow, so before any transaction.

    Raises the refusals of ``disc.core.pictures``: too large, not a picture, animated…
    """
    settings: Settings = current_app.extensions["settings"]
    limits = Limits(max_bytes=settings.picture_megabytes * 1024 * 1024)
    taken: TakenIn = offload(take_in, data, limits)
    still_id = new_id()
    key_row, key = keyring().make_data_key(scheme_id)
    db.session.rollback()  # the scheme's key may have been read; storing yields
    files = {ORIGINAL: data, THUMB: taken.thumb.bytes}
    store_renditions(scheme_id, still_id, key, files, shown_as="")
    return Prepared(
        id=still_id,
        scheme_id=scheme_id,
        key_row=key_row,
        sha256=taken.sha256,
        captured=str(taken.captured_at or ""),
        hint=base64.b64encode(taken.hint).decode(),
        width=taken.width,
        height=taken.height,
        quality=taken.quality,
        size=len(data),
        came_at=sender.came_at(),
        sealed_at=clock.now(),
        device_time=sender.device_time(),
    )


def add_still(
    prepared: Prepared,
    premises: Premises,
    erase_on: date,
    source: Source = Source.MEMBER,
    by_id: uuid.UUID | None = None,
) -> Still:
    """Give a prepared picture its row, its owner and its date of erasure; say who sent it."""
    key = keyring().scheme_key(prepared.scheme_id)
    db.session.add(prepared.key_row)
    db.session.flush()
    still = Still(
        id=prepared.id,
        scheme_id=prepared.scheme_id,
        data_key=prepared.key_row,
        premises_id=premises.id,
        source=source,
        file_token=token(key, "file", prepared.sha256),
        width=prepared.width,
        height=prepared.height,
        erase_on=erase_on,
    )
    still.captured, still.sha256 = prepared.captured, prepared.sha256
    still.hint = prepared.hint
    db.session.add(still)
    db.session.flush()
    publish(StillTakenIn(still_id=still.id))
    _note_taken_in(still, prepared, by_id)
    return still


def _note_taken_in(still: Still, prepared: Prepared, by_id: uuid.UUID | None) -> None:
    """Write down how an original came: what the device said beside what we saw ourselves."""
    said = {
        "sha256": prepared.sha256,
        "device": prepared.device_time,
        "captured": prepared.captured,
    }
    told = {name: words for name, words in said.items() if words}
    begun = Handling(act=Handled.BEGUN, at=prepared.came_at, by_id=by_id)
    at = prepared.sealed_at
    received = Handling(act=Handled.RECEIVED, at=at, by_id=by_id, size=prepared.size, said=told)
    sealed = Handling(act=Handled.SEALED, at=at)
    shown = Handling(act=Handled.RENDITION, at=at)
    note_handled(still, begun, received, sealed, shown)


def note_pixels(still: Still, pixel_sha256: str) -> None:
    """Keep a keyed digest of a still's pixels, by which the same picture in another file shows."""
    key = keyring().scheme_key(still.scheme_id)
    still.pixel_token = token(key, "pixels", pixel_sha256)


def open_rendition(still: Still, rendition: str) -> bytes:
    """Return a still's bytes, as it is shown now. Raises NoSuchBlob or DoesNotOpen.

    The view of a picture as it was sent is made when it is first wanted, as a rule by the job
    that compares the picture: who sends a report does not wait for it.
    """
    file = file_of(rendition, still.shown_as)
    try:
        sealed = blobs().get(blob_name(still.scheme_id, still.id, file))
    except NoSuchBlob:
        if file != VIEW:
            raise
        return _make_view(still)
    return open_stream(still.open_key(), sealed, _context(still.scheme_id, still.id, file))


def _make_view(still: Still) -> bytes:
    """Make the view of the original and keep it; two who do at once make the same bytes.

    Where the original took a small copy's place meanwhile, the view is made of that: else it
    would be written over by that of the small copy, and stay so.
    """
    scheme_id, still_id, key = still.scheme_id, still.id, still.open_key()
    name, context = (
        blob_name(scheme_id, still_id, ORIGINAL),
        _context(scheme_id, still_id, ORIGINAL),
    )
    sealed = blobs().get(name)
    while True:
        view = offload(render_view, open_stream(key, sealed, context))
        store_renditions(scheme_id, still_id, key, {VIEW: view}, shown_as="")
        before, sealed = sealed, blobs().get(name)
        if sealed == before:
            return view


def open_as_sent(still: Still) -> bytes:
    """Return a still's view as it was when it came in, whatever was edited since: for matching.

    Raises NoSuchBlob or DoesNotOpen.
    """
    if not still.shown_as:
        return open_rendition(still, VIEW)
    return render_view(open_rendition(still, ORIGINAL))


def store_renditions(
    scheme_id: uuid.UUID, still_id: uuid.UUID, key: bytes, made: dict[str, bytes], shown_as: str
) -> None:
    """Store what is shown of a still sealed, under names that no row says yet."""
    store = blobs()
    for rendition, plain in made.items():
        file = file_of(rendition, shown_as)
        sealed = offload(seal_stream, key, plain, _context(scheme_id, still_id, file))
        aside(store, store.put, blob_name(scheme_id, still_id, file), sealed)


def drop_renditions(scheme_id: uuid.UUID, still_id: uuid.UUID, shown_as: str) -> None:
    """Remove files that showed a still; that there are none is no error."""
    for rendition in RENDITIONS:
        blobs().delete(blob_name(scheme_id, still_id, file_of(rendition, shown_as)))


def keep_features(still: Still, features: bytes) -> None:
    """Keep what matching needs of a picture, sealed beside its other files, in place of older."""
    sealed = seal_stream(still.open_key(), features, _context(still.scheme_id, still.id, FEATURES))
    blobs().put(blob_name(still.scheme_id, still.id, FEATURES), sealed)


def drop_features(scheme_id: uuid.UUID, still_id: uuid.UUID) -> None:
    """Remove what matching kept of a picture; that there is none is no error."""
    blobs().delete(blob_name(scheme_id, still_id, FEATURES))


def hide_still(actor: Actor, still: Still, *, hidden: bool) -> None:
    """Take a picture out of every view at once, or put it back.

    Raises WithdrawnByOwner: what its owner took back, no manager shows again.
    """
    still = hold_still(actor, still.id)
    if hidden:
        publish(StillHidden(still_id=still.id, scheme_id=still.scheme_id))
    elif still.withdrawn_at is not None:
        raise WithdrawnByOwner
    elif still.hidden_at is not None:
        publish(StillShownAgain(still_id=still.id))
    still.hidden_at = clock.now() if hidden else None
    act = "picture hidden" if hidden else "picture shown again"
    audit.record(
        audit.Entry(
            act=act,
            scheme_id=still.scheme_id,
            actor_id=actor.id,
            target="still",
            target_id=still.id,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who let one picture be shared, when and how far; and from when nobody sees it."""

    source: Source
    by: str
    on: date | None
    limits: str
    conditions: str
    hide_on: date | None


def set_authority(actor: Actor, still_id: uuid.UUID, given: Authority) -> None:
    """Write down who let a picture be shared. What the police sent stays theirs. Raises Missing."""
    still = hold_still(actor, still_id)
    if still.source is not Source.POLICE:
        still.source = given.source
    still.authority_by, still.authority_on = given.by, given.on
    still.authority_limits = given.limits
    still.conditions = given.conditions if still.source is Source.POLICE else ""
    still.hide_on = min(given.hide_on, still.erase_on) if given.hide_on else None
    db.session.flush()
    publish(StillViewChanged(still_id=still.id, scheme_id=still.scheme_id))
    audit.record(audit.by(actor, "picture authority set", "still", still.id))


def hide_past_day(still: Still) -> None:
    """Hide a picture whose day has come."""
    still.hidden_at = clock.now()
    publish(StillHidden(still_id=still.id, scheme_id=still.scheme_id))
    audit.record(
        audit.Entry(
            act="picture hidden",
            scheme_id=still.scheme_id,
            target="still",
            target_id=still.id,
            detail="its day came",
        )
    )


def erase_still(still: Still) -> None:
    """Erase a picture: its key now, its sealed files right after the commit."""
    if still.erased_at is not None:
        return
    note_handled(still, Handling(act=Handled.ERASED))
    erase_key(still)
    still.file_token = still.pixel_token = None
    for column in Still.__table__.columns:
        if column.name.endswith("_sealed"):
            setattr(still, column.name, None)
    still.erased_at = clock.now()
    db.session.flush()
    publish(StillErased(still_id=still.id, scheme_id=still.scheme_id))
    audit.record(
        audit.Entry(
            act="picture erased", scheme_id=still.scheme_id, target="still", target_id=still.id
        )
    )


def file_of(rendition: str, shown_as: str) -> str:
    """Return the file that holds a rendition: an edit's is named after its mark."""
    return f"{rendition}-{shown_as}" if shown_as and rendition in RENDITIONS else rendition


def blob_name(scheme_id: uuid.UUID, still_id: uuid.UUID, file: str) -> str:
    """Return the name of a still's sealed file."""
    return f"{scheme_id}/{still_id}/{file}"


def _context(scheme_id: uuid.UUID, still_id: uuid.UUID, file: str) -> str:
    return f"{scheme_id}|still|{still_id}|{file}"
