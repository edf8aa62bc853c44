"""Pure rules of videos: what is one, its name, its own clock, its pieces and ranges."""

import struct
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MP4, MOV, WEBM, MKV, AVI = "mp4", "mov", "webm", "mkv", "avi"
HEAD_BYTES = 4096
"""Of the first piece; what kind a file is, is said within it."""
NOT_VIDEO = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"),
    *(b"M4A ", b"M4B ", b"crx "),
}
"""Brands of the same container that hold pictures or sound (ISO/IEC 23008-12, annex B)."""
OLD_MOV = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
"""First atoms of QuickTime files from before brands."""
EBML = b"\x1a\x45\xdf\xa3"
LONGEST_NAME = 100
MOST_BOXES = 64
EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
"""From which ISO base media files count seconds (ISO/IEC 14496-12, 8.2.2)."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

Reader = Callable[[int, int], bytes]
"""Gives so many bytes from an offset; fewer at the end."""


def kind_of(head: bytes) -> str | None:
    """Return which kind of video a file is by its first bytes, or None: its name says nothing."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return None if brand in NOT_VIDEO else MOV if brand == b"qt  " else MP4
    if head[4:8] in OLD_MOV:
        return MOV
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return AVI
    if head[:4] == EBML:
        said = head[:HEAD_BYTES]
        return WEBM if b"webm" in said else MKV if b"matroska" in said else None
    return None


def clean_name(typed: str) -> str:
    """Return a file's name without its folders and without letters that hide or reorder others."""
    last = typed.replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFC", last)
    seen = "".join(one for one in plain if not unicodedata.category(one).startswith("C"))
    name = " ".join(seen.split()).strip(". ")
    if len(name) <= LONGEST_NAME:
        return name or "video"
    stem, _, ending = name.rpartition(".")
    kept = LONGEST_NAME - len(ending) - 1
    return f"{stem[:kept]}.{ending}" if stem and kept > 0 else name[:LONGEST_NAME]


def piece_count(size: int, piece: int) -> int:
    """Return in how many pieces a file comes."""
    return -(-size // piece)


def piece_length(number: int, size: int, piece: int) -> int:
    """Return how many bytes a piece has: the last has what is left."""
    return min(piece, size - number * piece)


def container_time(read: Reader, size: int) -> datetime | None:
    """Return when an MP4 or MOV says that it was made, or None where it says nothing that can be.

    The boxes are walked by their lengths alone; nothing is decoded.
    """
    movie = _find(read, b"moov", 0, size)
    header = _find(read, b"mvhd", *movie) if movie else None
    if header is None:
        return None
    body = read(header[0], 12)
    if len(body) < 12:  # noqa: PLR2004 - version, flags and the longer of the two times
        return None
    seconds = struct.unpack(">Q" if body[0] == 1 else ">I", body[4 : 12 if body[0] == 1 else 8])[0]
    try:
        made = EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return made if made >= EARLIEST else None


def _find(read: Reader, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Return where the body of the first box of a name begins and ends."""
    for _ in range(MOST_BOXES):
        head = read(start, 16)
        if len(head) < 8 or start >= end:  # noqa: PLR2004 - a box's length and name
            return None
        length, body = struct.unpack(">I", head[:4])[0], start + 8
        if length == 1 and len(head) == 16:  # noqa: PLR2004 - the longer form of a length
            length, body = struct.unpack(">Q", head[8:16])[0], start + 16
        last = end if length == 0 else start + length
        if last <= start or last > end or last < body:
            return None
        if head[4:8] == name:
            return body, last
        start = last
    return None
