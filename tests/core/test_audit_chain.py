"""The chain of who did what: a change, a gap or a swap shows; erasing by the clock does not."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import audit, auditing, clock
from disc.core.audit import AuditEvent, AuditSeen, Entry
from disc.core.database import db
from disc.core.migrate import engine_of_owner
from disc.core.transaction import writing
from disc.members.models import Scheme
from tests.world import World

CHAIN = uuid.UUID("01900000-0000-7000-8000-000000000001")
T = AuditEvent.__table__


@pytest.fixture
def chain(app: Flask) -> uuid.UUID:
    for number in range(6):
        with writing():
            audit.record(Entry(act=f"act {number}", scheme_id=CHAIN, target_id=CHAIN, detail="x"))
    return CHAIN


@contextmanager
def _as_owner() -> Iterator[sa.Connection]:
    """Change what the application's own account may not."""
    db.session.rollback()
    with engine_of_owner() as owner, owner.begin() as connection:
        yield connection


def _tamper(at: int, /, **values: object) -> None:
    with _as_owner() as owner:
        owner.execute(
            sa.update(T).where(T.c.scheme_id == CHAIN, T.c.position == at).values(**values)
        )


def test_an_untouched_chain_holds(chain) -> None:
    assert auditing.broken_links(chain) == []
    assert auditing.chains() == [chain]


@pytest.mark.parametrize(
    "values",
    [
        {"act": "another act"},
        {"detail": ""},
        {"actor_id": CHAIN},
        {"target_id": None},
        {"digest": b"x" * 32},
        {"link": b"x" * 32},
        {"erase_on": clock.today() - timedelta(days=1)},
        {"erased": True, "detail": ""},
        {"at": clock.now()},
    ],
    ids="+".join,
)
def test_a_changed_row_shows(chain, values) -> None:
    _tamper(3, **values)
    assert 3 in auditing.broken_links(chain)


def test_a_row_called_erased_before_its_day_shows(chain) -> None:
    _tamper(3, erased=True, erase_on=clock.today() - timedelta(days=1), detail="")
    assert 3 in auditing.broken_links(chain)


@pytest.mark.parametrize("position", [1, 3, 5])
def test_a_removed_row_shows(chain, position) -> None:
    with _as_owner() as owner:
        owner.execute(sa.delete(T).where(T.c.position == position))
    assert auditing.broken_links(chain)


def test_a_removed_row_shows_even_when_the_rest_moves_up(chain) -> None:
    with _as_owner() as owner:
        owner.execute(sa.delete(T).where(T.c.position == 3))
        for position in (4, 5, 6):
            owner.execute(
                sa.update(T).where(T.c.position == position).values(position=position - 1)
            )
    assert auditing.broken_links(chain)


def test_two_swapped_rows_show(chain) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        _tamper(old, position=new)
    assert set(auditing.broken_links(chain)) >= {2, 3}


def test_a_chain_given_to_another_scheme_shows(chain) -> None:
    other = uuid.UUID(int=7)
    with _as_owner() as owner:
        owner.execute(sa.update(T).values(scheme_id=other))
    assert 1 in auditing.broken_links(other)


def test_rows_cut_off_the_end_show_against_the_head_noted_before(chain) -> None:
    position, link = auditing.head(chain)
    with _as_owner() as owner:
        owner.execute(sa.delete(T).where(T.c.position == 6))
    assert auditing.broken_links(chain) == []
    assert auditing.link_at(chain, position) is None
    assert auditing.head(chain) == (5, auditing.link_at(chain, 5)) != (position, link)


def test_erasing_by_the_clock_takes_the_ids_and_keeps_the_chain(chain) -> None:
    later = clock.now() + timedelta(days=800)
    with time_machine.travel(later, tick=True):
        with writing():
            assert audit.erase_old(clock.today()) == 6
        assert auditing.broken_links(chain) == []
        rows = db.session.scalars(sa.select(AuditEvent)).all()
        assert {(row.actor_id, row.target_id, row.detail) for row in rows} == {(None, None, "")}
        with writing():
            audit.record(Entry(act="afterwards", scheme_id=CHAIN))
        assert auditing.broken_links(chain) == []


def test_nothing_is_erased_before_its_day(chain) -> None:
    with writing():
        assert audit.erase_old(clock.today()) == 0


def test_a_record_falls_with_what_it_records(world: World) -> None:
    before = auditing.head(world.here.scheme_id)
    with pytest.raises(ZeroDivisionError), writing():
        audit.record(Entry(act="undone", scheme_id=world.here.scheme_id))
        raise ZeroDivisionError
    assert auditing.head(world.here.scheme_id) == before


def test_the_journal_survives_the_request_that_is_undone(world: World) -> None:
    audit.journal(Entry(act="seen", scheme_id=world.here.scheme_id))
    with pytest.raises(ZeroDivisionError), writing():
        db.session.get_one(Scheme, world.here.scheme_id).name = "Undone"
        raise ZeroDivisionError
    acts = db.session.scalars(sa.select(AuditEvent.act)).all()
    assert "seen" in acts
    assert auditing.broken_links(world.here.scheme_id) == []


def test_the_journal_inside_a_write_transaction_is_refused(world: World) -> None:
    with writing() as session:
        db.session.get_one(Scheme, world.here.scheme_id).name = "Open"
        session.flush()
        with pytest.raises(RuntimeError, match="record inside it"):
            audit.journal(Entry(act="seen"))


def test_many_writers_extend_one_chain_without_a_gap(app: Flask) -> None:
    import threading

    def run() -> None:
        with app.app_context():
            for _ in range(5):
                audit.journal(Entry(act="seen", scheme_id=CHAIN), Entry(act="again"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    assert auditing.head(CHAIN)[0] == auditing.head(audit.INSTALLATION)[0] == 20
    assert auditing.broken_links(CHAIN) == auditing.broken_links(audit.INSTALLATION) == []


def test_many_things_on_one_page_are_one_event_whose_digest_covers_each(app: Flask) -> None:
    things = [uuid.uuid4() for _ in range(24)]
    page = [Entry(act="seen", scheme_id=CHAIN, target="still", target_id=one) for one in things]
    joined = audit.joined([*page, *page, Entry(act="other", scheme_id=CHAIN)])
    assert [(entry.act, len(entry.seen)) for entry in joined] == [("seen", 24), ("other", 0)]
    audit.journal(*joined)
    assert auditing.broken_links(CHAIN) == []
    for change, broken in (
        (sa.insert(AuditSeen).values(scheme_id=CHAIN, position=2, target_id=CHAIN), [2]),
        (sa.insert(AuditSeen).values(scheme_id=CHAIN, position=1, target_id=CHAIN), [1, 2]),
        (sa.delete(AuditSeen).where(AuditSeen.target_id == CHAIN), []),
        (sa.delete(AuditSeen).where(AuditSeen.target_id == things[0]), [1]),
    ):
        with writing() as session:
            session.execute(change)
        assert auditing.broken_links(CHAIN) == broken


def test_one_thing_on_a_page_is_the_events_target() -> None:
    one = Entry(act="seen", scheme_id=CHAIN, target_id=CHAIN)
    assert audit.joined([one, one]) == [one]


def test_what_a_page_showed_goes_with_the_event_on_its_day(app: Flask) -> None:
    audit.journal(Entry(act="seen", scheme_id=CHAIN, seen=(uuid.uuid4(), uuid.uuid4())))
    with time_machine.travel(clock.now() + timedelta(days=800), tick=True):
        with writing():
            audit.erase_old(clock.today())
        assert db.session.scalars(sa.select(AuditSeen)).all() == []
        assert auditing.broken_links(CHAIN) == []


def test_a_chain_is_checked_piece_by_piece(chain) -> None:
    _tamper(3, detail="changed")
    piece, ends = auditing.begin(chain), []
    while not piece.is_last:
        piece = auditing.check_piece(chain, piece, 2)
        ends.append((piece.position, piece.broken))
    assert ends == [(2, ()), (4, (3,)), (6, ()), (6, ())]
    assert piece.link == auditing.head(chain)[1]
