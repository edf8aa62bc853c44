"""The short benchmark works and says what it promised; how fast it is, no test asks."""

import json
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import milliseconds, percentile
from config import ROOT

PROMISED = {
    "cold_start_s",
    "gallery_p50_ms",
    "gallery_p99_ms",
    "report_p95_ms",
    "alert_200_p50_ms",
    "alert_200_p99_ms",
    "rss_mb",
    "worker_rss_mb",
}
COMPARED = {
    "plain_flask_p50_ms",
    "plain_flask_p99_ms",
    "plain_report_p95_ms",
    "bare_alert_200_p50_ms",
    "bare_alert_200_p99_ms",
    "sealed_thumbs_per_s",
    "plain_thumbs_per_s",
}


def test_help_says_how_long_a_run_takes() -> None:
    done = _run("--help")
    assert re.search(r"about \d+ seconds", " ".join(done.split()))


def test_a_tiny_run_gives_every_figure_and_says_on_what_machine(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    _run("--tiny", "--json", str(file))
    figures = json.loads(file.read_text())
    assert set(figures) >= PROMISED | COMPARED
    assert all(figures[name] > 0 for name in PROMISED | COMPARED)
    assert set(figures["machine"]) >= {"cores", "cpu", "load_average", "python"}


def test_a_percentile_is_one_of_the_samples() -> None:
    samples = [float(each) for each in range(100, 0, -1)]
    assert percentile(samples, 0.5) == 50
    assert percentile(samples, 0.99) == 99
    assert percentile([7.0], 0.01) == 7
    assert milliseconds("page", [0.001, 0.002], 50, 99) == {"page_p50_ms": 1, "page_p99_ms": 2}


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.smoke", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
