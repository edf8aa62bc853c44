"""Who and what the demo is about: places, people and reports, all of them invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from disc.demo.scenes import Disguise
from disc.gallery.galleries import Terms
from disc.gallery.looks import Looks
from disc.gallery.models import Audience, GalleryOrder, Sureness
from disc.gallery.service import Correction
from disc.incidents.kinds import (
    Ending,
    Force,
    GoodsLine,
    Hurt,
    IncidentKind,
    Recovered,
    WeaponKind,
    WeaponUse,
)
from disc.intelligence.rules import AssociationKind


@dataclass(frozen=True, slots=True)
class Shop:
    """Premises: name, sector, and the camera that its stills come from."""

    name: str
    sector: str
    camera: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One invented report. ``figure`` seeds the drawn person; ``shop`` is an index of the shops."""

    figure: int
    shop: int
    kind: IncidentKind
    days_ago: int
    goods: str = ""
    pence: int | None = None
    words: str = ""
    violence: bool = False
    moments: int = 1
    frame: bool = True
    """Whether the whole frame was sent, or only a close view of the person."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Answers beside these, by the name of ``NewReport``'s field."""
    disguise: Disguise | None = None
    like: int | None = None
    """Index of the report whose still is sent again, disguised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """One invented link. ``one`` and ``other`` are indices of people, ``vehicle`` of vehicles."""

    one: int
    kind: AssociationKind
    evidence: str
    grade: str
    """Source, assessment and handling, such as "2AP"."""
    other: int | None = None
    vehicle: int | None = None
    conditions: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member of the cast says of a person, who is given by their index."""

    about: int
    who: str
    name: str
    how: str
    sureness: Sureness = Sureness.FAIRLY_SURE


TOWN = "Saltmarsh Quay"
SCHEME = ("saltmarsh-quay", "Saltmarsh Quay Shopwatch")
OTHER_SCHEME = ("upper-fennick", "Upper Fennick Shopwatch")
AREAS = ("Quayside", "Market Row")
SHOPS = {
    "Quayside": (
        Shop("Corner Foods", "Food", "till"),
        Shop("Lantern Chemist", "Chemist", "aisle"),
        Shop("Quay Books", "Books", "doorway"),
        Shop("The Old Chandlery", "Gifts", "corridor"),
    ),
    "Market Row": (
        Shop("Market Outfitters", "Clothing", "aisle"),
        Shop("Row Electrical", "Electrical", "till"),
        Shop("Harbour Car Park", "Parking", "car-park"),
        Shop("High Street Wines", "Food", "high-street"),
    ),
}
NAMES = (
    "Dorrik Vane",
    "Lissy Thornquill",
    "Marl Oakapple",
    "Petra Windlestraw",
    "Josk Fennimore",
    "Caddy Brindlewick",
    "Tobin Quillfeather",
    "Nell Harrowgate-Smee",
)
"""Names of the Known Subjects; no such people exist."""

FROM_POLICE = 11
"""Index of the person whose picture came from the police."""
ANSWERS = (
    Answer(10, "second_member", "Wally Bramblethorpe", "Used to work at the fish stall."),
    Answer(10, "group_manager", "Wally Brambelthorpe", "", Sureness.SURE),
    Answer(10, "member", "Tobin Quilfeather", "Looks like him from behind.", Sureness.NOT_SURE),
    Answer(FROM_POLICE, "member", "Hetty Lampwick", "We were in one class.", Sureness.SURE),
)

VEHICLES = (
    ("QA26 FVN", "Ford Transit", "White"),
    ("QB71 LKE", "Vauxhall Corsa", "Red"),
    ("QC19 MTR", "", "Grey"),
)
"""Mark, make and colour. No mark of this form begins with Q, so that none is a real vehicle's."""
SEEN, USES = AssociationKind.SEEN_TOGETHER, AssociationKind.USES_VEHICLE
LINKS = (
    Linked(
        one=0,
        other=1,
        kind=SEEN,
        grade="2AP",
        evidence="Both left Corner Foods by the side door with one bag. The guard saw it.",
    ),
    Linked(
        one=0,
        other=2,
        kind=AssociationKind.FAMILY,
        grade="1BC",
        conditions="For the managers of this scheme alone.",
        evidence="One called the other brother. A second shop heard the same.",
    ),
    Linked(
        one=0,
        vehicle=0,
        kind=USES,
        grade="1AP",
        evidence="Drove out of Harbour Car Park. The camera at the gate has it.",
    ),
    Linked(
        one=3,
        vehicle=0,
        kind=AssociationKind.PASSENGER,
        grade="2CP",
        confirmed=False,
        evidence="A driver of the market was told so by a customer.",
    ),
    Linked(
        one=1,
        other=2,
        kind=SEEN,
        grade="2AP",
        evidence="Waited together outside Lantern Chemist before it opened.",
    ),
    Linked(
        one=1,
        other=4,
        kind=AssociationKind.SAME_ADDRESS,
        grade="3DP",
        confirmed=False,
        evidence="A note without a name was left at the till of Quay Books.",
    ),
    Linked(
        one=4,
        vehicle=1,
        kind=USES,
        grade="2AP",
        evidence="Was let out of it in front of Row Electrical on two days.",
    ),
    Linked(
        one=2,
        other=7,
        kind=AssociationKind.OTHER,
        grade="2CP",
        confirmed=False,
        evidence="Both asked for the same brand of razor within ten minutes.",
    ),
)
"""Who belongs with whom."""
GALLERIES = (
    Terms(
        name="Banned",
        description="People who are banned, or may soon be. The red words say until when.",
        expiry_months=12,
    ),
    Terms(
        name="Known offenders",
        description="People whom we know and who may steal again.",
        expiry_months=12,
        sorted_by=GalleryOrder.BY_NAME,
    ),
    Terms(
        name="Young and vulnerable",
        description="Read how to help before you act.",
        expiry_months=2,
        seen_by=Audience.RESTRICTED,
    ),
)
OPEN_GALLERIES = 2
"""How many of them every member sees; those come first."""
RECORDS = (
    Correction(
        name=NAMES[0],
        aliases=("Dorry",),
        born=date(1991, 4, 12),
        looks=Looks(
            sex="looks like a man",
            build="slim build",
            height="tall",
            hair=("short hair",),
            clothing=("dark top", "jeans", "yellow boots"),
        ),
        marks=("anchor on the left hand",),
        modus="Comes at closing time, fills a rucksack, leaves by the side door.",
        warnings=("makes threats", "has a dog"),
        caption="Do not follow him out of the shop.",
        police_reference="SQ-0412",
    ),
    Correction(
        name=NAMES[1],
        looks=Looks(
            sex="looks like a woman", age_band="aged 25 to 39", hair=("long hair",), height="short"
        ),
        modus="Sends somebody else to the till to ask a question.",
        warnings=("comes with others",),
    ),
)
"""What the first Known people's records say, each field once."""
HELP = "Speak calmly. Offer a chair and water, and ring the number on the back of the till."
TWICE = (19, 21)
"""Two records that are of one person: the second is joined to the first."""
YOUNG = (25, 26)
"""Who is under 18: the Board agreed to show the first to few, and has not decided on the other."""

THEFT, VIOLENCE, ABUSE = IncidentKind.SHOP_THEFT, IncidentKind.VIOLENCE, IncidentKind.ABUSE
GOODS = (
    ("Four joints of meat", 6200),
    ("Six bottles of spirits", 14400),
    ("Baby milk, eight tins", 10400),
    ("Razor blades", 8900),
    ("Two coats", 17000),
    ("Headphones", 12999),
    ("Washing liquid", 4800),
    ("Cheese and coffee", 5350),
)
WORDS = (
    "Walked past the till with a full bag. Said: I do this every day.",
    "Hid the goods under a coat and ran when the alarm rang.",
    "Two staff asked them to stop. They laughed and left.",
    "Came in at closing time, filled a rucksack, left by the side door.",
)
SUBJECTS = 28
"""People in the gallery of the first scheme."""


def accepted() -> list[Told]:
    """Return the reports that made the demo's gallery."""
    told = []
    for number in range(SUBJECTS):
        goods, pence = GOODS[number % len(GOODS)]
        violent = number % 7 == 3
        told.append(
            Told(
                figure=100 + number,
                shop=number % 8,
                kind=VIOLENCE if violent else (ABUSE if number % 9 == 5 else THEFT),
                days_ago=2 + number * 2,
                goods="" if violent else goods,
                pence=None if violent else pence,
                words=WORDS[number % len(WORDS)],
                violence=violent,
                moments=2 if number % 5 == 0 else 1,
                frame=number % 2 == 0,
            )
        )
    return told


def waiting() -> list[Told]:
    """Return the reports on the desk: stills sent again in other forms, one camera twice."""
    return [
        Told(
            figure=100,
            shop=1,
            kind=THEFT,
            days_ago=1,
            violence=True,
            words="Sent to us on the telephone by the shop next door.",
            more={
                "goods_lines": (GoodsLine("Perfume", 3700, 2),),
                "recovered": Recovered.NONE,
                "forensic_code": "DSC-0417",
                "force": Force.TO_STEAL,
            },
            disguise=Disguise.WHATSAPP,
            like=0,
        ),
        Told(
            figure=104,
            shop=5,
            kind=THEFT,
            days_ago=1,
            goods="Two coats",
            pence=9900,
            words="The same picture, made brighter.",
            disguise=Disguise.BRIGHTER,
            like=4,
        ),
        Told(
            figure=301,
            shop=0,
            kind=THEFT,
            days_ago=0,
            goods="Steaks",
            pence=5600,
            words="Left without paying. Our camera at the till saw it.",
            more={"recovered": Recovered.SOME, "ending": Ending.LEFT, "vehicle": "XX76 DSC"},
        ),
        Told(
            figure=302,
            shop=3,
            kind=VIOLENCE,
            days_ago=0,
            violence=True,
            words="Pushed a member of staff and said: move or I will make you.",
            more={
                "weapon": True,
                "weapon_kind": WeaponKind.BOTTLE,
                "weapon_use": WeaponUse.SHOWN,
                "injured": True,
                "hurt": Hurt.STAFF,
                "ending": Ending.EJECTED,
            },
        ),
        Told(
            figure=106,
            shop=2,
            kind=THEFT,
            days_ago=0,
            goods="Books",
            pence=3100,
            words="A ring was drawn round the person.",
            disguise=Disguise.RING,
            like=6,
        ),
    ]


def elsewhere() -> list[Told]:
    """Return the other scheme's reports."""
    return [
        Told(
            figure=500 + number,
            shop=number % 2,
            kind=THEFT,
            days_ago=3 + number,
            goods=GOODS[number][0],
            pence=GOODS[number][1],
            words=WORDS[number % 4],
        )
        for number in range(4)
    ]


PRESETS = (("Joint of meat", 1450), ("Whisky", 3500), ("Baby milk", 1400), ("Coffee", 650))
"""What every shop of the demo lists as stolen most, with pence for one of them."""
