"""What was done with a report's originals, told on a page or in a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from disc.access.actor import Actor
from disc.core import clock
from disc.evidence import custody, queries
from disc.evidence.models import Video
from disc.incidents.models import Incident
from disc.members.queries import member_names
from disc.stills.models import Still

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Told:
    """One original with its chain, and the names of who is in it."""

    original: Still | Video
    custody: custody.Custody
    names: dict[Any, str]

    @property
    def is_video(self) -> bool:
        """Whether it is a video; else it is a picture."""
        return isinstance(self.original, Video)

    @property
    def is_whole(self) -> bool:
        """Whether all of it came and is still here."""
        came = not isinstance(self.original, Video) or self.original.finished_at is not None
        return came and not self.original.is_erased

    def said(self, what: str) -> str:
        """Return the last that was said of it: a digest, a clock, a name; empty where nothing."""
        found = [line.said[what] for line in self.custody.lines if line.said.get(what)]
        return found[-1] if found else ""


def originals_of(actor: Actor, incident: Incident) -> list[Told]:
    """List a report's originals with what was done with each, pictures first."""
    found: Iterable[Still | Video] = (
        *queries.pictures_of(incident.id),
        *queries.all_videos_of(incident.id),
    )
    told = []
    for original in found:
        chain = custody.read(original)
        who = {line.by_id for line in chain.lines if line.by_id is not None}
        told.append(Told(original, chain, member_names(actor, who)))
    return told


def as_file(actor: Actor, incident: Incident) -> dict[str, Any]:
    """Return the same as plain values for JSON; who did something is named by their id too."""
    return {
        "format": FORMAT,
        "report": incident.reference,
        "made_at": clock.now().isoformat(),
        "originals": [_original(one) for one in originals_of(actor, incident)],
    }


def _original(told: Told) -> dict[str, Any]:
    return {
        "id": str(told.original.id),
        "kind": "video" if told.is_video else "picture",
        "unchanged": told.custody.broken_at is None,
        "custody": [_line(line, told.names) for line in told.custody.lines],
    }


def _line(line: custody.Line, names: dict[Any, str]) -> dict[str, Any]:
    by = str(line.by_id) if line.by_id else None
    name = names.get(line.by_id, "") if line.by_id else ""
    return {
        "position": line.position,
        "at": line.at.isoformat(),
        "act": line.act.value,
        "by_id": by,
        "by": name,
        "said_by_the_device": {
            key: line.said[key] for key in ("device", "captured", "name") if key in line.said
        },
        "bytes": line.size,
        "sha256": line.said.get("sha256"),
        "link": line.link,
    }
