"""The one place that commits: a whole use case, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Response, make_response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from disc.core import outbox
from disc.core.database import ERASED, db, forget_deleted, in_write_transaction, write_mode

View = Callable[..., ResponseReturnValue]
REFUSED = 400
"""From this status on a view has refused, and what it changed is undone."""


@contextmanager
def writing() -> Iterator[Session]:
    """Commit what happens inside, then set off what it published; undo all of it on an error.

    Raises RuntimeError inside another write transaction, whose changes it would undo.
    """
    if in_write_transaction():
        raise RuntimeError("a write transaction is open: change rows inside it instead")
    db.session.rollback()  # a read begun earlier would not see what others committed since
    with write_mode():
        try:
            yield db.session()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            outbox.published(db.session)
            raise
    rows = outbox.published(db.session)
    if db.session.info.pop(ERASED, False):
        forget_deleted(db.engine)
    outbox.set_off(rows)


@contextmanager
def apart() -> Iterator[Session]:
    """Commit on a connection of its own, so that the row survives the request's rollback.

    For the security journal and the outbox alone. Never inside ``writing()``: on SQLite the
    two would wait for each other.
    """
    if in_write_transaction():
        raise RuntimeError("a write transaction is open: record inside it instead")
    with write_mode(), Session(db.engine) as session:
        yield session
        session.commit()


def writes(view: View) -> View:
    """Make a view one transaction, committed when it answers below 400."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        with write_mode_of_view() as finish:
            response = make_response(view(*args, **kwargs))
            finish(response.status_code < REFUSED)
        return response

    wrapped.__dict__["writes"] = True
    return wrapped


@contextmanager
def write_mode_of_view() -> Iterator[Callable[[bool], None]]:
    """Like ``writing()``, for a view that says by its status whether it succeeded."""
    succeeded = False

    def finish(outcome: bool) -> None:  # noqa: FBT001 - the outcome is all there is to say
        nonlocal succeeded
        succeeded = outcome

    try:
        with writing():
            yield finish
            _refuse_unless(succeeded)
    except _RefusedError:
        return


def _refuse_unless(succeeded: bool) -> None:  # noqa: FBT001 - the outcome is all there is to say
    if not succeeded:
        raise _RefusedError


class _RefusedError(Exception):
    """Carries a refusal through ``writing()`` so that it rolls back."""
