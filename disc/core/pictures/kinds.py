"""Tells a file's format from its first bytes, whatever its name claims."""

import re

from disc.core.pictures.errors import AnimatedPicture, NotAPicture

HEIF_STILLS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2"})
HEIF_SEQUENCES = frozenset({b"msf1", b"hevc", b"hevx", b"hevm", b"hevs", b"avis"})

JPEG_START = b"\xff\xd8\xff"
PNG_START = b"\x89PNG\r\n\x1a\n"
GIF_START = b"GIF8"

# A marker inside a scan's coded data: 0xFF that is neither stuffed (00), a restart (D0 to D7)
# nor padding (FF).
SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START_OF_SCAN = 0xDA
END_OF_IMAGE = 0xD9
MARKER_WITH_LENGTH = 4


def kind_of(data: bytes) -> str:
    """Name the format of these bytes: JPEG, PNG, WEBP or HEIF.

    Raises AnimatedPicture for formats made to move, NotAPicture for everything else.
    """
    if data.startswith(JPEG_START):
        return "JPEG"
    if data.startswith(PNG_START):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _heif(data[8:12])
    if data.startswith(GIF_START):
        raise AnimatedPicture
    raise NotAPicture


def _heif(brand: bytes) -> str:
    if brand in HEIF_SEQUENCES:
        raise AnimatedPicture
    if brand not in HEIF_STILLS:
        raise NotAPicture
    return "HEIF"


def jpeg_scans(data: bytes, limit: int) -> int:
    """Count a JPEG's scans up to its first picture's end, and stop counting above `limit`.

    A progressive JPEG may repeat its scans: a few kilobytes can cost minutes of decoding.
    """
    scans, at = 0, 2
    while scans <= limit and at + MARKER_WITH_LENGTH <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker == END_OF_IMAGE:  # noqa: PLR2004 - every marker starts so
            break
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == START_OF_SCAN:
            scans += 1
            found = SCAN_END.search(data, at)
            at = found.start() if found else len(data)
    return scans
