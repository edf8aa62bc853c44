"""Invented people: what each wears, in words for a report and in colours for a drawing."""

import random
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

SKIN: Colour = (178, 148, 126)
"""One tone for every figure: a drawn picture says nothing about where anybody comes from."""

STUBBLE: Colour = (140, 118, 102)

COLOURS: MappingProxyType[str, Colour] = MappingProxyType(
    {
        "black": (34, 34, 38),
        "grey": (128, 130, 134),
        "white": (226, 226, 222),
        "red": (186, 34, 36),
        "navy": (30, 42, 84),
        "blue": (44, 98, 176),
        "green": (42, 108, 66),
        "olive": (92, 96, 58),
        "yellow": (228, 190, 44),
        "orange": (222, 108, 32),
        "purple": (104, 56, 134),
        "pink": (222, 128, 156),
        "brown": (104, 72, 48),
        "beige": (196, 174, 138),
        "denim": (66, 92, 136),
    }
)


@dataclass(frozen=True)
class FigureDescription:
    """What a witness would say of a figure: short phrases, each of which is drawn."""

    sex_presented: str
    build: str
    height: str
    hair: str
    clothing: tuple[str, ...]
    bag: str


@dataclass(frozen=True)
class Garment:
    """A piece of clothing: its phrase, its cut, its colour and a second colour where it has a
    pattern.
    """

    phrase: str
    cut: str
    colour: Colour
    pattern: str = "plain"
    second: Colour = (0, 0, 0)


@dataclass(frozen=True)
class Look:
    """All that a drawing of one figure needs; tall is metres, broad is a factor on widths."""

    woman: bool
    tall: float
    broad: float
    hair: Garment
    top: Garment
    legs: Garment
    shoes: Garment
    hat: Garment | None
    bag: Garment | None


def _plain(colour: str, cut: str, noun: str) -> Garment:
    phrase = f"long {colour} {noun[5:]}" if noun.startswith("long ") else f"{colour} {noun}"
    return Garment(phrase, cut, COLOURS[colour])


def _banded(first: str, second: str, cut: str, pattern: str, phrase: str) -> Garment:
    return Garment(phrase, cut, COLOURS[first], pattern, COLOURS[second])


def _quilted(colour: str) -> Garment:
    red, green, blue = (part * 55 // 100 for part in COLOURS[colour])
    return Garment(
        f"{colour} puffer jacket", "puffer", COLOURS[colour], "quilt", (red, green, blue)
    )


_TOPS = (
    *(
        _plain(colour, "hooded", "hooded top")
        for colour in ("red", "grey", "black", "green", "blue")
    ),
    *(_quilted(colour) for colour in ("black", "orange", "navy", "purple")),
    *(_plain(colour, "coat", "long coat") for colour in ("beige", "black", "red")),
    _plain("olive", "parka", "parka with a hood"),
    _plain("navy", "parka", "parka with a hood"),
    Garment("blue denim jacket", "jacket", COLOURS["denim"]),
    _plain("brown", "jacket", "jacket"),
    _plain("white", "tee", "T-shirt"),
    _plain("yellow", "tee", "T-shirt"),
    _banded("navy", "white", "jumper", "stripes", "navy and white striped jumper"),
    _banded("red", "black", "jumper", "checks", "red and black checked shirt"),
    _banded("blue", "white", "jacket", "side", "blue tracksuit top with a white stripe"),
    _banded("black", "white", "jacket", "side", "black tracksuit top with a white stripe"),
    _banded("yellow", "grey", "jacket", "bands", "yellow high-visibility jacket"),
)
_LEGS = (
    Garment("blue jeans", "jeans", COLOURS["denim"]),
    Garment("black jeans", "jeans", COLOURS["black"]),
    _plain("grey", "loose", "jogging bottoms"),
    _plain("black", "loose", "jogging bottoms"),
    _banded("black", "white", "loose", "side", "black tracksuit bottoms with a white stripe"),
    _plain("beige", "jeans", "trousers"),
    _plain("olive", "loose", "cargo trousers"),
    _plain("black", "shorts", "shorts"),
)
_SKIRTS = (
    _plain("brown", "skirt", "long skirt"),
    _plain("navy", "skirt", "long skirt"),
    _plain("black", "tight", "leggings"),
)
_SHOES = (
    *(_plain(colour, "trainers", "trainers") for colour in ("white", "black", "red")),
    *(_plain(colour, "boots", "boots") for colour in ("brown", "black")),
)
_HATS = (
    *(_plain(colour, "cap", "baseball cap") for colour in ("black", "red", "navy", "white")),
    *(_plain(colour, "woolly", "woolly hat") for colour in ("grey", "green", "black")),
)
_BAGS = (
    *(_plain(colour, "rucksack", "rucksack") for colour in ("black", "red", "blue")),
    *(_plain(colour, "carrier", "carrier bag") for colour in ("white", "blue", "orange")),
    *(_plain(colour, "shoulder", "shoulder bag") for colour in ("brown", "black", "pink")),
)
_HAIR_COLOURS: tuple[tuple[str, Colour], ...] = (
    ("black", (28, 26, 28)),
    ("brown", (74, 50, 34)),
    ("blonde", (190, 158, 96)),
    ("ginger", (156, 82, 40)),
    ("grey", (150, 150, 150)),
)
_BUILDS = (("slim", 0.9), ("medium", 1.0), ("medium", 1.04), ("heavy", 1.2))


def _hair(rng: random.Random, *, woman: bool) -> Garment:
    name, colour = rng.choice(_HAIR_COLOURS)
    if woman:
        cut = rng.choice(("long", "tail", "bun", "long", "short"))
    else:
        cut = rng.choice(("short", "short", "bald", "collar"))
    phrases = {
        "long": f"long {name} hair",
        "tail": f"{name} hair in a ponytail",
        "bun": f"{name} hair in a bun",
        "short": f"short {name} hair",
        "collar": f"{name} hair to the collar",
        "bald": "shaved head",
    }
    return Garment(phrases[cut], cut, STUBBLE if cut == "bald" else colour)


def _head(rng: random.Random, top: Garment) -> Garment | None:
    """Return what covers the head: the top's own hood, a hat or nothing."""
    if top.cut == "hooded" and rng.random() < 0.5:
        return Garment("hood up", "hood", top.colour)
    return rng.choice(_HATS) if rng.random() < 0.4 else None


@lru_cache(maxsize=256)
def look_of(figure_seed: int) -> Look:
    """Return how the figure is drawn, the same for the same seed."""
    rng = random.Random(f"figure {figure_seed}")
    woman = rng.random() < 0.45
    broad = rng.choice(_BUILDS)[1]
    tall = round(rng.uniform(1.56, 1.74) if woman else rng.uniform(1.66, 1.9), 2)
    top = rng.choice(_TOPS)
    legs = rng.choice(
        [item for item in (*_LEGS, *(_SKIRTS if woman else ())) if item.colour != top.colour]
    )
    return Look(
        woman=woman,
        tall=tall,
        broad=broad * (0.93 if woman else 1.0),
        hair=_hair(rng, woman=woman),
        top=top,
        legs=legs,
        shoes=rng.choice(_SHOES),
        hat=_head(rng, top),
        bag=rng.choice(_BAGS) if rng.random() < 0.7 else None,
    )


def _height(tall: float) -> str:
    inches = round(tall / 0.0254)
    return f"about {inches // 12} ft {inches % 12} in"


def describe(figure_seed: int) -> FigureDescription:
    """Return the words for a figure; they match what `draw_still` draws for the same seed."""
    look = look_of(figure_seed)
    frame = look.broad / (0.93 if look.woman else 1.0)
    hidden = look.hat is not None and look.hat.cut == "hood"
    worn = [look.top, look.legs, look.shoes, *([look.hat] if look.hat else [])]
    return FigureDescription(
        sex_presented="woman" if look.woman else "man",
        build=next(name for name, broad in _BUILDS if abs(broad - frame) < 0.01),
        height=_height(look.tall),
        hair="hair not seen" if hidden else look.hair.phrase,
        clothing=tuple(item.phrase for item in worn),
        bag=look.bag.phrase if look.bag else "no bag",
    )
