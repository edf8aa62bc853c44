"""Refusals of pictures."""

from disc.core.errors import DiscError, Stale


class EditedMeanwhile(Stale):
    """Two people changed how one picture is shown; the second is told."""

    code = "edited-meanwhile"
    sentence = (
        "Somebody else changed this picture while you did. Nothing of yours was saved. "
        "Open the picture again."
    )


class WithdrawnByOwner(DiscError):
    """Whoever a picture belongs to took it back: nobody else shows it again."""

    code, status = "withdrawn-by-owner", 409
    sentence = (
        "The owner of this picture withdrew it. Only they can give it back. "
        "Then you can show it again."
    )
