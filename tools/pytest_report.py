"""A pytest plugin: says what could not run, fails it where all must run, picks database tests."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

DATABASE_FIXTURE = "settings"
"""Every test that touches the database has it, directly or through another fixture."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare our one option."""
    parser.addoption(
        "--only-database", action="store_true", help="Run only tests that touch the database."
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what another database cannot change."""
    if not config.getoption("--only-database"):
        return
    kept = [item for item in items if DATABASE_FIXTURE in getattr(item, "fixturenames", ())]
    left = [item for item in items if item not in set(kept)]
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Turn a skip into a failure where nothing may be skipped."""
    report = yield
    if os.environ.get("REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, and nothing may be: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write what could not run just above the closing line."""
    skipped = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    notes = [note for note in os.environ.get("TEST_NOTES", "").split("\n") if note]
    notes += [f"Could not run: {count} tests. {why}" for why, count in skipped.items()]
    for note in notes:
        terminalreporter.write_line(note)
