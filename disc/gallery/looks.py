"""The words for what somebody looks like, by kind, and the warnings that staff may read.

A report's form and a Subject's record use the same words. There is none for ethnicity or
religion, and no room to add one, on purpose (ICO, 2023). Health is not a warning either: what
helps somebody vulnerable is a note of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

SEX = ("looks like a man", "looks like a woman")
_BANDS = {
    0: "aged under 10",
    10: "aged 10 to 17",
    18: "aged 18 to 24",
    25: "aged 25 to 39",
    40: "aged 40 to 59",
    60: "aged 60 or over",
}
"""Each band by the age at which it begins."""
AGE_BANDS = tuple(_BANDS.values())
UNDER_10, UNDER_18 = AGE_BANDS[0], AGE_BANDS[:2]
BUILDS = ("slim build", "medium build", "heavy build")
HEIGHTS = ("short", "medium height", "tall")
HAIR = ("short hair", "long hair", "bald", "hat or hood", "hair not seen")
CLOTHING = (
    "dark top",
    "light top",
    "red top",
    "blue top",
    "green top",
    "hooded top",
    "coat",
    "jeans",
    "dark trousers",
    "tracksuit",
    "skirt or dress",
    "rucksack",
    "carrier bag",
)
VOCABULARY: dict[str, tuple[str, ...]] = {
    "sex": SEX,
    "age_band": AGE_BANDS,
    "build": BUILDS,
    "height": HEIGHTS,
    "hair": HAIR,
    "clothing": CLOTHING,
}
"""The words of each kind, by the name of the Subject's field."""
LEGENDS = {
    "sex": "Person",
    "age_band": "Age",
    "build": "Build",
    "height": "Height",
    "hair": "Hair",
    "clothing": "Clothing",
}
"""What each kind is called on pages."""
COMMON = frozenset({*SEX, *AGE_BANDS})
"""Words that fit too many people to tell one of them by."""
WARNINGS = (
    "violent",
    "carries a weapon",
    "makes threats",
    "spits",
    "bites",
    "has a dog",
    "carries needles",
    "comes with others",
)
"""What staff must know before they come near; a warning that is not here is a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What somebody looks like. ``other`` holds words that fit no kind."""

    sex: str = ""
    age_band: str = ""
    build: str = ""
    height: str = ""
    hair: tuple[str, ...] = ()
    clothing: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything is known."""
        return self != Looks()

    def body(self) -> tuple[str, ...]:
        """Return what somebody does not take off: all but age and clothing."""
        return tuple(filter(None, (self.sex, self.build, self.height, *self.hair, *self.other)))


def sort_words(words: Iterable[str]) -> Looks:
    """Sort words into their kinds.

    Two words of a kind that has one answer, such as short and tall, say nothing certain: they
    count as other words, and so does what is in no list.
    """
    said = tuple(dict.fromkeys(words))
    found = {name: tuple(word for word in said if word in VOCABULARY[name]) for name in VOCABULARY}
    one = {
        name: found[name][0] if len(found[name]) == 1 else ""
        for name in ("sex", "age_band", "build", "height")
    }
    placed = {*one.values(), *found["hair"], *found["clothing"]}
    return Looks(
        **one,
        hair=found["hair"],
        clothing=found["clothing"],
        other=tuple(word for word in said if word not in placed),
    )


def as_decided(looks: Looks, *, under_18: bool) -> Looks:
    """Leave out an age band that contradicts what a manager decided about somebody's age."""
    contradicts = looks.age_band and (looks.age_band in UNDER_18) is not under_18
    return replace(looks, age_band="") if contradicts else looks


def age_band(born: date, today: date) -> str:
    """Return the band of somebody's age on a day."""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return _BANDS[max(begins for begins in _BANDS if begins <= max(age, 0))]
