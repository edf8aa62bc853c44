"""The untouched original that follows a small copy of a picture, and takes its place."""

import base64
import uuid

from flask import current_app
from sqlalchemy import select

from config import Settings
from disc.core import audit, clock
from disc.core.database import db
from disc.core.keys import keyring
from disc.core.offload import offload
from disc.core.outbox import publish
from disc.core.pictures import Limits, TakenIn, render_view, take_in
from disc.core.transaction import writing
from disc.core.vault import token
from disc.stills.events import OriginalCame, StillTakenIn
from disc.stills.models import Still
from disc.stills.ports import Handled, Handling, note_handled
from disc.stills.service import ORIGINAL, THUMB, VIEW, store_renditions


def put_original(still_id: uuid.UUID, data: bytes, by_id: uuid.UUID | None = None) -> None:
    """Keep the original of a still whose small copy came first; slow, and idempotent.

    What is shown is made of it anew, unless somebody edited the picture meanwhile: an edit stays
    as it was saved, and the next one is made of the original. ``by_id`` is who took it. Raises
    the refusals of ``disc.core.pictures``.
    """
    still = db.session.get(Still, still_id)
    if still is None or still.is_erased:
        return
    settings: Settings = current_app.extensions["settings"]
    scheme_id, key = still.scheme_id, still.open_key()
    db.session.rollback()
    limits = Limits(max_bytes=settings.picture_megabytes * 1024 * 1024)
    taken = offload(take_in, data, limits)
    files = {ORIGINAL: data, THUMB: taken.thumb.bytes, VIEW: offload(render_view, data)}
    store_renditions(scheme_id, still_id, key, files, shown_as="")
    with writing():
        _note(still_id, taken, len(data), by_id)


def _note(still_id: uuid.UUID, taken: TakenIn, size: int, by_id: uuid.UUID | None) -> None:
    found = select(Still).where(Still.id == still_id).with_for_update(of=Still)
    still = db.session.scalars(found).one()
    if still.is_erased:
        return  # its files cannot be opened any more, and the sweep removes them
    if still.sha256 != taken.sha256:
        _note_replaced(still, taken, size, by_id)
    key = keyring().scheme_key(still.scheme_id)
    still.file_token = token(key, "file", taken.sha256)
    still.sha256, still.captured = taken.sha256, str(taken.captured_at or "")
    still.width, still.height = taken.width, taken.height
    if not still.shown_as:
        still.hint = base64.b64encode(taken.hint).decode()
    db.session.flush()
    publish(OriginalCame(still_id=still.id, scheme_id=still.scheme_id))
    publish(StillTakenIn(still_id=still.id))  # its file is compared with those before it
    audit.record(
        audit.Entry(
            act="original came", scheme_id=still.scheme_id, target="still", target_id=still.id
        )
    )


def _note_replaced(still: Still, taken: TakenIn, size: int, by_id: uuid.UUID | None) -> None:
    """Write down that another file is the original now: what was written of the copy was of it."""
    said = {"sha256": taken.sha256, "captured": str(taken.captured_at or "")}
    told = {name: words for name, words in said.items() if words}
    at = clock.now()
    received = Handling(act=Handled.RECEIVED, at=at, by_id=by_id, size=size, said=told)
    sealed = Handling(act=Handled.SEALED, at=at)
    note_handled(still, received, sealed, Handling(act=Handled.RENDITION, at=at))
