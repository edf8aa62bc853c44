"""The words that a report is told in: what happened, with what, who was hurt, how it ended."""

import json
from dataclasses import dataclass
from enum import StrEnum


class IncidentKind(StrEnum):
    """What kind of thing happened, in the field's words."""

    SHOP_THEFT = "shop-theft"
    VIOLENCE = "violence"
    ABUSE = "abuse"
    DAMAGE = "damage"
    FRAUD = "fraud"
    ANTISOCIAL = "antisocial"
    OTHER = "other"
    ASK_FOR_ANGELA = "ask-for-angela"
    MISSING_PERSON = "missing-person"
    UNWELL = "unwell"


WELFARE = frozenset({IncidentKind.ASK_FOR_ANGELA, IncidentKind.MISSING_PERSON, IncidentKind.UNWELL})
"""Somebody needs help: nobody is accused, so that such a report never leads to a Subject."""
WITH_GOODS = frozenset({IncidentKind.SHOP_THEFT, IncidentKind.FRAUD, IncidentKind.DAMAGE})
"""What may have cost the premises goods."""


class WeaponKind(StrEnum):
    """What the weapon was."""

    KNIFE = "knife"
    BOTTLE = "bottle"
    OTHER = "other"


class WeaponUse(StrEnum):
    """How far it went with the weapon."""

    THREATENED = "threatened"
    """Somebody spoke of it; nobody saw it."""
    SHOWN = "shown"
    USED = "used"


class Hurt(StrEnum):
    """Who was hurt."""

    STAFF = "staff"
    OTHER = "other"
    BOTH = "both"


class Force(StrEnum):
    """When somebody who stole used or threatened force (Theft Act 1968, section 8)."""

    TO_STEAL = "to-steal"
    """Immediately before or at the time of the theft: robbery."""
    AFTERWARDS = "afterwards"


class Recovered(StrEnum):
    """What of the goods came back."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Ending(StrEnum):
    """What happened to the person."""

    DETERRED = "deterred"
    EJECTED = "ejected"
    DETAINED = "detained"
    LEFT = "left"


class WelfareNow(StrEnum):
    """Where the person is who needed help."""

    WITH_US = "with-us"
    HELP_CAME = "help-came"
    SAFE = "safe"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """So many of one kind of goods. ``pence`` is what one of them is worth, where it is known."""

    what: str
    pence: int | None = None
    count: int = 1

    def __str__(self) -> str:
        """Write it as people do: 2 x Whisky."""
        return f"{self.count} x {self.what}" if self.count > 1 else self.what


def written(lines: tuple[GoodsLine, ...]) -> str:
    """Return lines of goods as text that ``read_lines`` reads back."""
    return json.dumps([[one.what, one.pence, one.count] for one in lines])


def read_lines(text: str) -> tuple[GoodsLine, ...]:
    """Return the lines of goods that ``written`` wrote."""
    return tuple(GoodsLine(*one) for one in json.loads(text))


def worth(lines: tuple[GoodsLine, ...]) -> int | None:
    """Return what lines of goods are worth together, in pence; None where no line says it."""
    told = [one.pence * one.count for one in lines if one.pence is not None]
    return sum(told) if told else None
