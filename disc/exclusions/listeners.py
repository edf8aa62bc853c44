"""What other features learn of notices: the badge of who is banned, and erasure with the person."""

import uuid
from datetime import date

from disc.access.actor import SHOP_FLOOR, Actor
from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.core.web import day, short_day
from disc.exclusions.queries import (
    Ban,
    bans_today,
    days_needed,
    every_notice_of,
    standing_notice,
)
from disc.exclusions.service import erase_notice
from disc.gallery.events import SubjectErased
from disc.gallery.ports import Badge, gives_badges, needs_days, rests_on_name
from disc.incidents.ports import Led, People, all_of, counts_what_followed


@gives_badges
def banned(actor: Actor, subject_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[Badge]]:
    """Say until when people are banned, for those whose notice was served and holds today.

    Staff may refuse entry only where the notice says so: a member reads of a ban from other
    premises in other words.
    """
    bans = bans_today(actor, subject_ids)
    here_alone = actor.role in SHOP_FLOOR
    return {one: [_badge(ban, ban.here if here_alone else ban.last)] for one, ban in bans.items()}


def _badge(ban: Ban, here: date | None) -> Badge:
    if here is None:
        words = f"Banned from other shops until {short_day(ban.last)}"
        return Badge(words, "warn", "ban", _for_all(ban.last))
    return Badge(f"Banned until {short_day(here)}", "danger", "ban", _for_all(ban.last))


def _for_all(last: date) -> str:
    """Say it so that nobody takes it for a ban from their own shop: who reads it is not known."""
    return f"Banned from some shops until {day(last)}. Ask from which."


@counts_what_followed(2)
def counted(actor: Actor, people: People, /) -> Led:
    """Count the people who are banned today, for whoever reported them."""
    return Led(len(bans_today(actor, all_of(people))), "banned")


@rests_on_name
def names_banned(subject_id: uuid.UUID) -> str:
    """Say that a notice which stands, or waits for the Board, was made about this name."""
    reference = standing_notice(subject_id)
    if reference is None:
        return ""
    return (
        f"Notice {reference} about this person stands. Lift the notice, or let the Board "
        "refuse it. Then take the name off."
    )


@needs_days
def kept_for_bans(subject_id: uuid.UUID) -> list[tuple[date, date]]:
    """Keep whom a served notice is about for as long as it."""
    return days_needed(subject_id)


@hears(SubjectErased)
def erase_with_subject(erased: SubjectErased) -> None:
    """Erase the notices about a Subject who was erased."""
    with writing():
        for notice in every_notice_of(erased.subject_id):
            erase_notice(notice)
