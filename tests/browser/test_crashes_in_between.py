"""Ten reports through three crashes; the long suite sends a hundred through ten."""

from pathlib import Path

import pytest

from tests.browser.crashing import nothing_is_lost

pytestmark = pytest.mark.browser


def test_ten_reports_through_three_crashes_are_all_there_once(demo: Path, tmp_path: Path) -> None:
    told = nothing_is_lost(demo, tmp_path, reports=10, crashes=3)
    assert told.startswith("10 reports, 3 crashes")
