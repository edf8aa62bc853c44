"""A hundred reports written without signal, and ten times browser or server are killed."""

from pathlib import Path

import pytest

from tests.browser.crashing import nothing_is_lost

pytestmark = pytest.mark.long


def test_a_hundred_reports_through_ten_crashes_are_all_there_once(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = nothing_is_lost(demo, tmp_path, reports=100, crashes=10)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - the figure that docs/performance.md gives
