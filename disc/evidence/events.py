"""What happens to videos, told after the commit."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoErased(Event):
    """A video's key is gone; its sealed files may go too."""

    video_id: uuid.UUID
    scheme_id: uuid.UUID
