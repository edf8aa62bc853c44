"""What the police need to know of a report, worked out from its facts: never asked, never kept.

Sources, with their keys in the project's notes on the field: the Home Office Counting Rules for
Recorded Crime (R35), the NPCC's definition of business crime (R36), the Retail Crime Action Plan of
October 2023 (R31), and the police's advice on how to report (R32). The rules' numbers are left out:
forces' systems give them by the name of the class.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from disc.incidents.kinds import (
    WELFARE,
    WITH_GOODS,
    Ending,
    Force,
    Hurt,
    IncidentKind,
    WeaponUse,
)

DESCRIBED = 2
"""Words that tell one person from others, from which on somebody counts as described."""


class CrimeClass(StrEnum):
    """A class of the Home Office Counting Rules by its name, the most serious first."""

    ROBBERY = "Robbery of business property"
    INJURY = "Violence with injury"
    NO_INJURY = "Violence without injury"
    WEAPON = "Possession of weapons"
    SHOP_THEFT = "Theft from shops"
    FRAUD = "Fraud, or making off without payment"
    DAMAGE = "Criminal damage"
    PUBLIC_ORDER = "Public fear, alarm or distress"


ATTACKS = frozenset({CrimeClass.INJURY, CrimeClass.NO_INJURY})
OF_PROPERTY = {
    IncidentKind.DAMAGE: CrimeClass.DAMAGE,
    IncidentKind.FRAUD: CrimeClass.FRAUD,
}


class Call(StrEnum):
    """Whom to call (R32)."""

    EMERGENCY = "999"
    POLICE = "101"
    NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of what happened. Counts are of pictures and of distinguishing words."""

    kind: IncidentKind
    violence: bool = False
    weapon: bool = False
    weapon_told: bool = False
    """Whether it is told which weapon it was."""
    weapon_use: WeaponUse | None = None
    injured: bool = False
    hurt: Hurt | None = None
    force: Force | None = None
    goods: bool = False
    value: bool = False
    recovered: bool = False
    """Whether it is told what of the goods came back."""
    ending: Ending | None = None
    pictures: int = 0
    described: int = 0
    known: bool = False
    vehicle: bool = False
    forensic_code: bool = False
    words: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: what it is called, whether it is there, and what to do if not."""

    name: str
    is_there: bool
    ask: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a report comes to. ``attend`` are the reasons to come, ``urgent`` those to call 999."""

    classes: tuple[CrimeClass, ...]
    is_business_crime: bool
    attend: tuple[str, ...]
    urgent: tuple[str, ...]
    call: Call
    pieces: tuple[Piece, ...]

    @property
    def there(self) -> tuple[Piece, ...]:
        """Return the evidence that there is."""
        return tuple(one for one in self.pieces if one.is_there)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what to do about each piece of evidence that is missing, as sentences."""
        return tuple(one.ask for one in self.pieces if not one.is_there)


def readiness(facts: Facts) -> Readiness:
    """Work out what a report comes to for the police."""
    urgent = urgent_reasons(facts)
    return Readiness(
        classes=classes(facts),
        is_business_crime=is_business_crime(facts),
        attend=reasons_to_attend(facts),
        urgent=urgent,
        call=_call(facts, urgent),
        pieces=pieces(facts),
    )


def classes(facts: Facts) -> tuple[CrimeClass, ...]:
    """Return the crimes to record, the most serious first; none where it is no crime by its facts.

    Counting Rules, class 34A: force or the threat of it immediately before or at the time of a
    theft, and in order to steal, makes it robbery (Theft Act 1968, section 8), and whoever is hurt
    by it is counted with it. Where nobody said when, it counts as such. Force afterwards is a crime
    against a person beside the theft from the business: there are two victims. A weapon
    that only showed is possession; where somebody was attacked with it, the attack counts alone.
    """
    if facts.kind in WELFARE:
        return ()
    found = {*_of_property(facts), *_against_people(facts)}
    if CrimeClass.ROBBERY in found:
        return (CrimeClass.ROBBERY,)
    seen = facts.weapon and facts.weapon_use is not WeaponUse.THREATENED
    if seen and not found & ATTACKS:
        found.add(CrimeClass.WEAPON)
    return tuple(one for one in CrimeClass if one in found)


def _of_property(facts: Facts) -> set[CrimeClass]:
    """Return the crimes of which the business is the victim."""
    if facts.kind is IncidentKind.SHOP_THEFT:
        robs = _has_force(facts) and facts.force is not Force.AFTERWARDS
        return {CrimeClass.ROBBERY if robs else CrimeClass.SHOP_THEFT}
    return {OF_PROPERTY[facts.kind]} if facts.kind in OF_PROPERTY else set()


def _against_people(facts: Facts) -> set[CrimeClass]:
    """Return the crimes of which a person is the victim."""
    if _has_force(facts):
        return {CrimeClass.INJURY if facts.injured else CrimeClass.NO_INJURY}
    return {CrimeClass.PUBLIC_ORDER} if facts.kind is IncidentKind.ABUSE else set()


def _has_force(facts: Facts) -> bool:
    """Say whether somebody used or threatened force; a weapon that was used is force."""
    uses = facts.weapon and facts.weapon_use in (WeaponUse.USED, WeaponUse.THREATENED)
    return facts.violence or uses or facts.kind is IncidentKind.VIOLENCE


def is_business_crime(facts: Facts) -> bool:
    """Say whether the victim is a business, or a person because of working there (R36).

    Abuse is of staff, by its name. Of violence against somebody else alone a business is no victim.
    """
    found = set(classes(facts))
    if found & {CrimeClass.ROBBERY, CrimeClass.SHOP_THEFT, CrimeClass.DAMAGE, CrimeClass.FRAUD}:
        return True
    return bool(found) and facts.hurt is not Hurt.OTHER


def reasons_to_attend(facts: Facts) -> tuple[str, ...]:
    """Return why the police should come: none where they need not (R31).

    They come where violence was used, where somebody is held, and where evidence can be secured
    only in person: a weapon that was used, a mark sprayed on a person, damage.
    """
    in_person = (
        facts.forensic_code
        or (facts.weapon and facts.weapon_use is WeaponUse.USED)
        or facts.kind is IncidentKind.DAMAGE
    )
    told = (
        (_has_force(facts) or facts.weapon or facts.injured, "Violence, a threat or a weapon"),
        (facts.ending is Ending.DETAINED, "Staff hold the person"),
        (in_person, "Evidence that only an officer can collect"),
    )
    return () if facts.kind in WELFARE else tuple(words for holds, words in told if holds)


URGENT = {
    "Somebody used or threatened violence.": (
        *("violence", "kind=violence"),
        "weapon weapon_use=used,threatened",
    ),
    "There was a weapon.": ("weapon",),
    "Somebody was hurt.": ("injured",),
    "Staff hold the person.": ("ending=detained",),
    "Somebody is not well.": ("kind=unwell",),
}
"""Why to call 999 (R32): danger, violence or a threat of it, somebody held or unwell.

Each reason holds where one of its answers does. They are written as the page's questions name them
(``data-shown-if``), so that the page says the same while somebody writes.
"""
IS_OVER = ("ending=deterred,ejected,left",)
"""What says that it is over: without it nobody is told that they need not call."""


def urgent_reasons(facts: Facts) -> tuple[str, ...]:
    """Return why to call 999: see ``URGENT``."""
    return tuple(
        words for words, answers in URGENT.items() if any(_is_so(facts, one) for one in answers)
    )


def whom_to_call() -> dict[str, str]:
    """Return by which answers the page says whom to call: any of those between bars."""
    return {"urgent": "|".join(chain.from_iterable(URGENT.values())), "over": "|".join(IS_OVER)}


def _is_so(facts: Facts, wanted: str) -> bool:
    """Say whether every answer that is named is there: "weapon", or "ending=left,ejected"."""
    for one in wanted.split():
        name, _, values = one.partition("=")
        told = getattr(facts, name)
        if not (told in values.split(",") if values else told):
            return False
    return True


def _call(facts: Facts, urgent: tuple[str, ...]) -> Call:
    if urgent:
        return Call.EMERGENCY
    return Call.POLICE if classes(facts) or facts.kind in WELFARE else Call.NOBODY


def pieces(facts: Facts) -> tuple[Piece, ...]:
    """Return the evidence that a report of its kind should have; none is asked of welfare."""
    if facts.kind in WELFARE:
        return ()
    picture, known = facts.pictures > 0, facts.known or facts.described >= DESCRIBED
    always = [
        Piece("A photo", picture, "Add a picture from the camera."),
        Piece("Who it was", picture or known, "Say what the person looked like."),
        Piece("What happened, in words", facts.words, "Write what was said and done."),
        Piece("How it ended", facts.ending is not None, "Say what the person did then."),
    ]
    return (*always, *_pieces_of_goods(facts), *_pieces_of_harm(facts), *_pieces_there(facts))


def _pieces_of_goods(facts: Facts) -> list[Piece]:
    if facts.kind not in WITH_GOODS:
        return []
    found = [
        Piece("Goods", facts.goods, "Say which goods."),
        Piece("Value", facts.value, "Say what the goods are worth."),
    ]
    if facts.goods or facts.value:
        found.append(Piece("What came back", facts.recovered, "Say if you have the goods back."))
    return found


def _pieces_of_harm(facts: Facts) -> list[Piece]:
    found = []
    if facts.weapon:
        found.append(Piece("Which weapon", facts.weapon_told, "Say what the weapon was."))
    if facts.injured:
        found.append(Piece("Who was hurt", facts.hurt is not None, "Say who was hurt."))
    return found


def _pieces_there(facts: Facts) -> list[Piece]:
    """Return what few reports have, so that none is said to miss it."""
    told = ((facts.vehicle, "A vehicle"), (facts.forensic_code, "A forensic code"))
    return [Piece(name, is_there=True) for holds, name in told if holds]
