"""The sealed files of a video: one a piece, bound to its place and to whether it is the last."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore

from disc.core.blobs import BlobStore, aside
from disc.core.offload import offload
from disc.core.vault import open_stream, seal_stream

FOLDER = "video"
"""Second part of each name, so that no sweep of pictures takes a piece for one."""
_turns = BoundedSemaphore(2)
"""Pieces are sealed two at a time: a piece lies in memory three times meanwhile."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """All pieces of a video as they are stored, with what opens them; no row of the database.

    ``marks`` are those of the files, in order.
    """

    store: BlobStore
    scheme_id: uuid.UUID
    video_id: uuid.UUID
    key: bytes
    size: int
    piece: int
    marks: tuple[str, ...]

    def read(self, number: int) -> bytes:
        """Return one piece. Raises NoSuchBlob or DoesNotOpen."""
        name = blob_name(self.scheme_id, self.video_id, number, self.marks[number])
        context = _context(self.scheme_id, self.video_id, number, last=self._is_last(number))
        return aside(self.store, _open, self.store, name, self.key, context)

    def read_part(self, start: int, count: int) -> bytes:
        """Return some bytes from an offset; fewer at the end."""
        return b"".join(self.parts(start, min(start + count, self.size)))

    def parts(self, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from one offset to another, a piece at a time."""
        while start < end:
            number, skip = divmod(start, self.piece)
            part = self.read(number)[skip : skip + end - start]
            yield part
            start += len(part)

    def sha256(self) -> str:
        """Return the digest of the whole, read a piece at a time."""
        digest = hashlib.sha256()
        for number in range(len(self.marks)):
            offload(digest.update, self.read(number))
        return digest.hexdigest()

    def _is_last(self, number: int) -> bool:
        return (number + 1) * self.piece >= self.size


def keep(pieces: Pieces, number: int, plain: bytes, mark: str) -> None:
    """Store one piece sealed, under a name that no row says yet."""
    name = blob_name(pieces.scheme_id, pieces.video_id, number, mark)
    last = (number + 1) * pieces.piece >= pieces.size
    context = _context(pieces.scheme_id, pieces.video_id, number, last=last)
    with _turns:
        sealed = offload(seal_stream, pieces.key, plain, context)
        aside(pieces.store, pieces.store.put, name, sealed)


def blob_name(scheme_id: uuid.UUID, video_id: uuid.UUID, number: int, mark: str) -> str:
    """Return the name of a piece's sealed file."""
    return f"{scheme_id}/{FOLDER}/{video_id}/{number}-{mark}"


def _open(store: BlobStore, name: str, key: bytes, context: str) -> bytes:
    return open_stream(key, store.get(name), context)


def _context(scheme_id: uuid.UUID, video_id: uuid.UUID, number: int, *, last: bool) -> str:
    return f"{scheme_id}|{FOLDER}|{video_id}|{number}|{'last' if last else 'more'}"
