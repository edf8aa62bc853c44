"""The commands of a newcomer and of the continuous check."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")


def _pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return {project.lower(): version for project, version in found}


def test_make_says_what_it_can_do() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("run", "test", "check", "lock", "bench"):
        assert f"make {target}" in told


def test_make_starts_with_an_installed_environment_at_once(tmp_path: Path) -> None:
    """The second run installs nothing: its stamps are newer than what they stand for."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    for name in (*LOCKS, "Makefile"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for stamp in (".runs", ".tests"):
        (tmp_path / ".venv" / stamp).touch()
    planned = subprocess.run(
        ["make", "--dry-run", "run", "test"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "pip" not in planned
    assert "wsgi.py" in planned


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_with_hashes_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "http://" not in text
    assert "https://" not in text
    assert "--index-url" not in text.replace("--no-emit-index-url", "")
    blocks = re.split(
        r"\n(?=[A-Za-z0-9])",
        "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")),
    )
    for block in filter(str.strip, blocks):
        assert re.match(r"[A-Za-z0-9._-]+==", block.strip()), block
        assert "--hash=sha256:" in block, block


def test_what_is_asked_for_is_what_is_pinned() -> None:
    for asked, lock in (("requirements.in", LOCKS[0]), ("requirements-dev.in", LOCKS[1])):
        pins = _pins(lock)
        for line in (ROOT / asked).read_text().splitlines():
            if re.match(r"[a-z]", line):
                name, _, version = re.sub(r"\[.*?\]", "", line).partition("==")
                assert version, f"{line} is not exact"
                assert pins[name.lower()] == version


def test_tests_run_on_what_the_product_runs_on() -> None:
    runs, tests = (_pins(name) for name in LOCKS)
    assert runs.items() <= tests.items()


def test_no_lock_brings_the_dead_websocket_server() -> None:
    """engineio prefers gevent-websocket where it can be imported, and then breaks."""
    assert all("gevent-websocket" not in _pins(name) for name in LOCKS)


def test_the_continuous_check_is_executable_and_strict() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert "REQUIRE_ALL=1" in text
    subprocess.run(["bash", "-n", str(script)], check=True)


def _run_pytest(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(
        "import pytest\n"
        "def test_it_runs(): pass\n"
        "def test_it_cannot(): pytest.skip('no Chromium')\n"
    )
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tools.pytest_report"),
            *("-c", os.devnull, "-p", "no:cacheprovider", f"--rootdir={folder}", str(folder)),
        ],
        cwd=ROOT,
        env={**os.environ, "REQUIRE_ALL": "0", "TEST_NOTES": "A note.", **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_could_not_run_is_said_above_the_closing_line(tmp_path: Path) -> None:
    ran = _run_pytest(tmp_path)
    assert ran.returncode == 0
    *_, note, skipped, closing = ran.stdout.strip().splitlines()
    assert note == "A note."
    assert skipped == "Could not run: 1 tests. no Chromium"
    assert "1 passed, 1 skipped" in closing


def test_where_all_must_run_a_skip_is_a_failure(tmp_path: Path) -> None:
    ran = _run_pytest(tmp_path, REQUIRE_ALL="1")
    assert ran.returncode == 1
    assert "1 failed, 1 passed" in ran.stdout.strip().splitlines()[-1]


def _audit(tmp_path: Path, answer: str, errors: str = "") -> subprocess.CompletedProcess[str]:
    (tmp_path / "pip_audit.py").write_text(
        f"import sys\nsys.stdout.write({answer!r})\nsys.stderr.write({errors!r})\nsys.exit(1)\n"
    )
    return subprocess.run(
        [sys.executable, "tools/audit_dependencies.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


CLEAN = '{"name": "a", "version": "1", "vulns": []}'
BROKEN = '{"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}]}'
SKIPPED = '{"name": "c", "skip_reason": "Dependency not found"}'


@pytest.mark.parametrize(
    ("found", "code", "told"),
    [
        (CLEAN, 0, "Audited 1 of 1"),
        (f"{CLEAN}, {BROKEN}", 1, "b 2: PYSEC-1"),
        (f"{SKIPPED}, {BROKEN}", 1, "b 2: PYSEC-1"),
        (f"{CLEAN}, {SKIPPED}", 1, "Could not be audited: c"),
        (SKIPPED, 0, "Could not run"),
    ],
)
def test_an_audit_that_looked_nothing_up_is_not_called_clean(
    tmp_path: Path, found: str, code: int, told: str
) -> None:
    ran = _audit(tmp_path, f'{{"dependencies": [{found}]}}')
    assert ran.returncode == code
    assert told in ran.stdout


def test_an_audit_fails_for_any_fault_but_the_network(tmp_path: Path) -> None:
    assert _audit(tmp_path, "", "Max retries exceeded").returncode == 0
    assert _audit(tmp_path, "", "ValueError: a fault of its own").returncode == 1
