"""Who is in the demo, and where they work; all of them invented."""

from dataclasses import dataclass

from disc.access.actor import Role


@dataclass(frozen=True, slots=True)
class Part:
    """One person. ``shop`` is where they work, an index of the scheme's premises."""

    who: str
    name: str
    role: Role
    shop: int | None = None
    has_pin: bool = False


HERE = (
    Part("member", "Sam Pebble", Role.MEMBER, shop=0, has_pin=True),
    Part("second_member", "Noor Tidewell", Role.MEMBER, shop=1, has_pin=True),
    Part("administrator", "Alex Harbourne", Role.ADMINISTRATOR),
    Part("board", "Robin Keelson", Role.BOARD),
    Part("spoc", "Kerry Lightship", Role.SPOC),
    Part("group_manager", "Ness Coldharbour", Role.GROUP_MANAGER, shop=0),
    Part("sub_administrator", "Jory Saltby", Role.SUB_ADMINISTRATOR),
    Part("dpo", "Imre Quillane", Role.DPO),
    Part("second_board", "Petal Anchorage", Role.BOARD),
    Part("author", "Linden Farthing", Role.AUTHOR, shop=2),
    Part("investigator", "Corrin Mudlark", Role.INVESTIGATOR),
)
"""The first five do the walk of the README; all have a sign-in."""
ELSEWHERE = (
    Part("other_scheme_member", "Ivo Larkrise", Role.MEMBER, shop=0),
    Part("administrator", "Una Stillwater", Role.ADMINISTRATOR),
)
"""The other scheme: its Administrator has no sign-in, since the demo has that word already."""
STAFF = (
    "Bryn Ashcombe",
    "Della Marsh",
    "Orrin Pike",
    "Tamsin Vole",
    "Wren Attlebury",
    "Gil Saffron",
)
"""People who were invited and have not joined."""
JOINER = Part("joiner", "Fern Copperwhistle", Role.MEMBER, shop=3)
"""Who joined, and waits for a manager."""
GROUP = ("Corner Foods and Lantern Chemist", ("member", "second_member", "group_manager"))
CONTACTS = {0: "member", 1: "second_member", 2: "author"}
"""Who says once a year who still works at which premises."""
FOR_OTHERS = (2, 4)
"""Premises that let Investigators and the police contact report on their behalf."""
