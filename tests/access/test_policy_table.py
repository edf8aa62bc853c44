"""The page on roles says what the policy says."""

import subprocess
import sys
from pathlib import Path

from disc.access.permissions import Permission

ROOT = Path(__file__).resolve().parents[2]


def printed() -> str:
    return subprocess.run(
        [sys.executable, "tools/policy_table.py"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout


def test_the_page_on_roles_is_what_the_policy_prints() -> None:
    assert (ROOT / "docs/roles.md").read_text() == printed()


def test_every_permission_has_its_line_and_its_meaning() -> None:
    lines = printed().splitlines()
    for permission in Permission:
        [line] = [one for one in lines if one.startswith(f"| {permission} |")]
        assert line.split("|")[2].strip().endswith(".")
