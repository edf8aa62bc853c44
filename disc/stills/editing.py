"""How a picture is shown: new files first, then the row that names them, then the old ones go.

A crash between leaves the picture as it was or as it is to be, and the sweep removes the rest.
Old files are never written over, so that nobody can be served half of an edit. The original and
its digest are not touched.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import DiscError, Missing
from disc.core.offload import offload
from disc.core.outbox import publish
from disc.core.pictures import render
from disc.core.pictures.steps import Step, pack
from disc.core.transaction import writing
from disc.stills.errors import EditedMeanwhile
from disc.stills.events import StillEdited
from disc.stills.models import Still
from disc.stills.ports import Handled, Handling, note_handled
from disc.stills.queries import get_still, hold_still
from disc.stills.service import ORIGINAL, drop_renditions, open_rendition, store_renditions


def save_edit(actor: Actor, still_id: uuid.UUID, steps: tuple[Step, ...], version: int) -> None:
    """Show a still through some steps from now on; none show it as it was sent.

    Slow, so it begins its own transaction. ``version`` is that of the page on which the steps were
    chosen. Raises Missing, or EditedMeanwhile where somebody else saved since.
    """
    still = get_still(actor, still_id)
    _check(still, version)
    scheme_id, original, key = still.scheme_id, open_rendition(still, ORIGINAL), still.open_key()
    db.session.rollback()
    made = offload(render, original, steps)
    shown_as = new_id().hex
    with _files_kept_if_saved(scheme_id, still_id, shown_as):
        plain = {name: rendition.bytes for name, rendition in made.items()}
        store_renditions(scheme_id, still_id, key, plain, shown_as)
        with writing():
            _show(actor, hold_still(actor, still_id), steps, shown_as, version)


@contextmanager
def _files_kept_if_saved(
    scheme_id: uuid.UUID, still_id: uuid.UUID, shown_as: str
) -> Iterator[None]:
    """Drop an edit's files when it is refused. Where it failed, the row may name them already."""
    try:
        yield
    except DiscError:
        drop_renditions(scheme_id, still_id, shown_as)
        raise


def _show(actor: Actor, still: Still, steps: tuple[Step, ...], shown_as: str, version: int) -> None:
    _check(still, version)
    before, still.shown_as = still.shown_as, shown_as
    still.steps = pack(steps)
    still.hint = ""  # its shades are of the picture as sent
    still.edit_version += 1
    still.edited_by_id, still.edited_at = actor.id, clock.now()
    db.session.flush()
    publish(StillEdited(still_id=still.id, scheme_id=still.scheme_id, before=before))
    act = "picture edited" if steps else "picture shown as sent"
    note_handled(still, Handling(act=Handled.RENDITION, by_id=actor.id))
    audit.record(audit.by(actor, act, "still", still.id))


def _check(still: Still, version: int) -> None:
    if still.is_erased or still.hidden_at is not None:
        raise Missing
    if still.edit_version != version:
        raise EditedMeanwhile
