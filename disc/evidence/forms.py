"""What a phone says of a video, read from JSON."""

import re
import uuid
from typing import Any

from disc.core.sender import device_time
from disc.evidence.errors import BadUpload
from disc.evidence.sending import NewVideo

SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST = 2**53
"""Above it a browser's own numbers are not exact."""
LONGEST_NAME = 1000


def read_video(told: Any) -> NewVideo:
    """Return what was said of a video. Raises BadUpload where that makes no sense.

    ``incident_id`` names a report that was sent, ``submission_id`` the page of one that is not.
    """
    try:
        return NewVideo(
            upload_id=uuid.UUID(told["upload_id"]),
            submission_id=read_id(told, "submission_id"),
            incident_id=uuid.UUID(told["incident_id"]) if told.get("incident_id") else None,
            size=_size(told["size"]),
            name=str(told.get("name", ""))[:LONGEST_NAME],
            sha256=_digest(told.get("sha256") or ""),
            device_time=device_time(),
            goes_on=told.get("goes_on") is True,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadUpload from error


def read_id(told: Any, name: str) -> uuid.UUID:
    """Return an id that JSON names. Raises BadUpload."""
    try:
        return uuid.UUID(told[name])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadUpload from error


def _size(told: Any) -> int:
    if type(told) is not int or not 0 < told < LARGEST:
        raise ValueError
    return told


def _digest(told: Any) -> str:
    if told and not SHA256.fullmatch(told):
        raise ValueError
    return str(told)
