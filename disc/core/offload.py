"""Slow work kept off the event loop: pictures and passwords go to gevent's thread pool."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from disc.core.database import in_write_transaction

T = TypeVar("T")


def offload(work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run slow, pure work so that other requests and sockets go on meanwhile.

    The work may not touch the database or the application. Raises RuntimeError inside a write
    transaction, which on SQLite must not yield.
    """
    if in_write_transaction():
        raise RuntimeError("slow work inside a write transaction would freeze the server")
    if not _under_gevent():
        return work(*args, **kwargs)
    import gevent

    return gevent.get_hub().threadpool.apply(work, args, kwargs)  # type: ignore[no-any-return]


def _under_gevent() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("socket"))
