"""Pure rules of membership: passwords, sign-in lifetimes, the go-live checklist."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from disc.access.actor import LEADING, SHOP_FLOOR, Role
from disc.core import clock

SHORTEST_PASSWORD = 12
WEAKEST_SCORE = 3
"""zxcvbn's score, 0 to 4, below which a password is too easy to guess."""
INVITATION_DAYS = 7
LEAVERS_KEPT_DAYS = 90
"""After so many days the name and the address of somebody who left are erased."""
WAITING_KEPT_DAYS = 60
"""After so many days a newcomer whom nobody let in or refused is given up."""
SIGN_INS_KEPT_DAYS = 90
"""After so many days unused, the row of a sign-in or an invitation is deleted."""
CODE_SECONDS = 30
CODE_DRIFT = 1
"""So many half minutes may the clock of a phone be early or late (RFC 6238, 5.2 and 6)."""
RECOVERY_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Five bits each, and no two that look alike."""
RECOVERY_GROUPS = 6
RECOVERY_CODES = 10
CERTIFY_MONTHS = 12
"""How often the contact of premises says who still works there."""
NEW_CONTACT_DAYS = 30
"""How soon a new contact is asked about premises that nobody has certified yet."""
REMIND_DAYS = 14
"""How long a contact has before they are asked again, and the managers see it."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts that nobody uses, and how long whatever happens."""

    idle: timedelta
    longest: timedelta


ON_THE_FLOOR = Lifetime(timedelta(minutes=30), timedelta(hours=12))
"""A long shift; a phone that is put away ends its sign-in."""
LEADS = Lifetime(timedelta(minutes=20), timedelta(hours=10))
"""Whoever leads, manages or polices sees more of more people."""
ON_A_TABLET = Lifetime(timedelta(minutes=2), timedelta(hours=12))
"""Everybody in the shop can reach it."""
LIFETIMES = {role: ON_THE_FLOOR if role in SHOP_FLOOR else LEADS for role in Role}
"""How long a sign-in of each role lasts on a device of one's own (OWASP ASVS 5.0, 7.3)."""
PIN_DIGITS = 6
# fmt: off
COMMON_PINS = frozenset({
    "101010", "102030", "112358", "121314", "123321", "123654", "123789", "123987", "131420",
    "142536", "147258", "147369", "147852", "159357", "159753", "159951", "246810", "258456",
    "258852", "314159", "321654", "357159", "369258", "420420", "520131", "654123", "741852",
    "753159", "789123", "789456", "852456", "951753", "963852", "987456",
})
# fmt: on
"""PINs that people choose most often beside plain patterns: shapes on the keys, known numbers."""

WITH_AREA = SHOP_FLOOR | {Role.SPOC}
"""Who sees their own Areas alone, and so needs at least one."""
WITH_PREMISES = SHOP_FLOOR - {Role.INVESTIGATOR}
"""Who reports from where they work; an Investigator goes from place to place."""
WITH_GROUP = frozenset({Role.GROUP_MANAGER})

INVITATION, NOTICE = "invitation", "notice"
"""The kinds of messages that may be read by whoever caused them, where they cannot be sent."""
MOST_USES = 30
"""How many people one QR code may let in."""
LONGEST_CODE_DAYS = 14
BY_LIST = SHOP_FLOOR | {Role.SPOC}
"""The roles that a list of people may give; every other is given by hand."""
LONGEST_LIST = 500
LONGEST_ADDRESS = 254
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]"
    r"(?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)

GO_LIVE_STEPS: dict[str, tuple[str, str]] = {
    "controller": ("The controller is named", "Name and address of who decides what is held."),
    "ico": ("The controller is registered with the ICO", "The registration number."),
    "impact": ("The impact assessment is signed", "Its date, and who signed it (their post)."),
    "rules": ("Members' rules are agreed", "The version and date of the rules."),
    "privacy": ("The privacy notice is published", "Where people can read it."),
    "retention": ("How long records are kept is agreed", "The date the Board agreed the periods."),
    "board": ("A Board can approve and hear appeals", "How many people, and the date they met."),
}
"""What must be in place before a scheme holds a person's record (UK GDPR articles 5, 13, 35)."""


class Suspension(StrEnum):
    """Why somebody is shut out for a time; one of these words, and no story, is kept."""

    AWAY = "away for long"
    DEVICE_LOST = "device lost"
    RULES_BROKEN = "rules broken"
    ASKED_FOR = "asked for by their employer"
    CHECKING = "being checked"


def missing_steps(done: Iterable[str]) -> list[str]:
    """Return the steps of the checklist not yet done, in order."""
    finished = set(done)
    return [step for step in GO_LIVE_STEPS if step not in finished]


def password_problem(password: str, score: int, *, breached: bool = False) -> str | None:
    """Return a sentence on why a password will not do, or None."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters. Three or four words work well."
    if breached:
        return "Thieves have this password on their lists. Choose another one."
    if score < WEAKEST_SCORE:
        return "This password is easy to guess. Use three or four words that do not go together."
    return None


def step_of_code(now: datetime) -> int:
    """Return the number of the half minute in which a one-time code counts (RFC 6238, 4.2)."""
    return int(now.timestamp()) // CODE_SECONDS


def normal_recovery_code(typed: str) -> str:
    """Return a recovery code as it was made: letters that look like digits are read as such."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return letters.translate(str.maketrans("OIL", "011"))


def accepted_in_time(
    now: datetime, *, accepted: datetime | None, changed: datetime | None, months: int
) -> bool:
    """Say whether somebody's acceptance of the documents still counts.

    It does where nothing was published yet, and otherwise until a newer version is published
    (``changed``) or so many months have gone by.
    """
    if changed is None:
        return True
    if accepted is None or accepted < changed:
        return False
    return now.date() < clock.add_months(accepted.date(), months)


def words_digest(title: str, body: str) -> bytes:
    """Return the SHA-256 of a document's words: what an acceptance proves was shown."""
    return hashlib.sha256(f"{title}\n\n{body}".encode()).digest()


def paragraphs(body: str) -> list[tuple[str, list[str]]]:
    """Return a document's paragraphs as a heading, which may be empty, and lines.

    A paragraph's first line is its heading where more lines follow and it ends like no sentence.
    """
    found = []
    for block in filter(None, (block.strip() for block in body.split("\n\n"))):
        first, *rest = block.splitlines()
        headed = bool(rest) and first.rstrip()[-1:] not in {".", ":", "!", "?", ","}
        found.append((first, rest) if headed else ("", [first, *rest]))
    return found


def first_certification(made: date) -> date:
    """Return the day by which new premises are certified for the first time."""
    return clock.add_months(made, CERTIFY_MONTHS)


def certification_with_new_contact(
    today: date, *, due: date | None, certified: date | None
) -> date:
    """Return the day by which premises are certified once they have a new contact.

    Who was never certified is asked soon; who was keeps their day.
    """
    regular = due or first_certification(today)
    if certified is not None:
        return regular
    return min(regular, today + timedelta(days=NEW_CONTACT_DAYS))


def may_ask_again(today: date, *, due: date, asked: date | None) -> bool:
    """Say whether a contact is to be asked now: on the day, and every fortnight after it."""
    if today < due:
        return False
    return asked is None or asked < due or today - asked >= timedelta(days=REMIND_DAYS)


def lifetime_of(role: Role, *, on_tablet: bool, most: Lifetime) -> Lifetime:
    """Return how long a sign-in lasts; an installation may allow less (``most``), never more."""
    own = ON_A_TABLET if on_tablet else LIFETIMES[role]
    return Lifetime(min(own.idle, most.idle), min(own.longest, most.longest))


def sign_in_lasts(now: datetime, *, started: datetime, seen: datetime, lifetime: Lifetime) -> bool:
    """Say whether a sign-in still counts."""
    return now - seen < lifetime.idle and now - started < lifetime.longest


def seen_every(lifetime: Lifetime) -> timedelta:
    """Return how often the use of a sign-in is written down: seldom, beside what it is for."""
    return min(timedelta(minutes=1), lifetime.idle / 8)


def pin_problem(pin: str) -> str | None:
    """Return a sentence on why a PIN will not do, or None."""
    if not (pin.isascii() and pin.isdigit() and len(pin) == PIN_DIGITS):
        return f"A PIN has {PIN_DIGITS} digits and nothing else."
    if pin in COMMON_PINS or _is_a_pattern(pin):
        return "This PIN is easy to guess. Choose digits that do not make a pattern."
    return None


def _is_a_pattern(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeats = pin in (pin[:2] * 3, pin[:3] * 2)
    doubled = all(pin[i] == pin[i + 1] for i in (0, 2, 4))
    return steps <= {0} or steps <= {1} or steps <= {9} or repeats or doubled


def names_for_passers_by(names: Iterable[str]) -> list[str]:
    """Return names as a shared screen shows them: the first, and one letter of the last.

    Where two are then the same, each shows as many letters more as tell them apart.
    """
    whole = list(names)
    shown = [_shortened(name, 1) for name in whole]
    for letters in range(2, 1 + max(map(len, whole), default=0)):
        twice = {one for one in shown if shown.count(one) > 1}
        if not twice:
            break
        shown = [
            _shortened(name, letters) if short in twice else short
            for name, short in zip(whole, shown, strict=True)
        ]
    return shown


def _shortened(name: str, letters: int) -> str:
    given, *others = name.split() or ["Somebody"]
    return f"{given} {others[-1][:letters]}" if others else given


def is_address(text: str) -> bool:
    """Say whether a text is one e-mail address (HTML living standard, 4.10.5.1.5, and a dot)."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def state_after_joining(role: Role, *, chosen_by_operator: bool, others_on_board: bool) -> str:
    """Return what somebody is who came by a link of their own.

    Who watches over the others waits for the Board, where there is one to agree. Whom the
    operator of the server chose does not.
    """
    waits = role in LEADING and others_on_board and not chosen_by_operator
    return "waiting" if waits else "active"


def why_hidden(kind: str, state: str, *, leads: bool, is_demo: bool, own_act: bool) -> str | None:
    """Return a sentence on why an Administrator may not read a message, or None.

    Whoever reads a link can use it: an Administrator must not become a Board member by a link
    for a new password. ``leads`` says that the message is for somebody of a leading role.
    """
    if state != "kept":
        return "This scheme has a mail server. What a message says is for its reader alone."
    if is_demo:
        return None
    readable = kind == INVITATION or (kind == NOTICE and not leads)
    if readable and own_act:
        return None
    return (
        "This message is about the person's own account, or somebody else had it made. "
        "It stays closed, so that nobody can take over an account. "
        "Ask whoever runs the server to set up a mail server."
    )


def normal_email(email: str) -> str:
    """Return an address as we compare it."""
    return email.strip().casefold()
