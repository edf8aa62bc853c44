"""Refusals of pictures."""

from disc.core.errors import Stale


class EditedMeanwhile(Stale):
    """Two people changed how one picture is shown; the second is told."""

    code = "edited-meanwhile"
    sentence = (
        "Somebody else changed this picture while you did. Nothing of yours was saved. "
        "Open the picture again."
    )
