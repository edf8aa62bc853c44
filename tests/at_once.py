"""People who act in the same moment."""

import threading
from collections.abc import Callable
from functools import partial

from flask import Flask

from disc.core.errors import DiscError
from disc.core.rows import every_scheme
from disc.core.transaction import writing


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Run each act in a thread and a transaction of its own; return the refusals' codes."""
    refused: list[str] = []

    def in_transaction(act: Callable[[], object]) -> None:
        try:
            with writing():
                act()
        except DiscError as refusal:
            refused.append(refusal.code)

    side_by_side(app, *(partial(in_transaction, act) for act in acts))
    return refused


def side_by_side(app: Flask, *acts: Callable[[], object]) -> None:
    """Run each act in a thread of its own, begun in the same moment."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context(), every_scheme():
            start.wait()
            act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
