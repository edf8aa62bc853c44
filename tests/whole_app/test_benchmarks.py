"""The benchmarks work and say what they promised; how fast anything is, no test asks."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from benchmarks.figures import milliseconds, percentile
from benchmarks.pictures import resaved, small_picture
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
LOOKED_UP = {
    "stills",
    "ms",
    "p99_ms",
    "scan_ms",
    "faiss_ms",
    "numpy_ms",
    "upload_ms",
    "upload_p99_ms",
    "bytes",
    "raw_bytes",
}
TAKEN_IN = {
    "uploads_per_s",
    "accepted_per_s",
    "loop_stall_ms",
    "answer_p95_ms",
    "rss_mb",
    "worker_rss_mb",
    "fingerprints",
}


SUBMITTED = {
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "bare_p50_ms",
    "rss_mb",
    "loop_stall_ms",
}
AMONG_MANY = {
    "page_p50_ms",
    "page_p99_ms",
    "plain_flask_p50_ms",
    "filtered_page_p50_ms",
    "thumbs_per_s",
    "plain_thumbs_per_s",
    "static_thumbs_per_s",
    "search_p99_ms",
    "rss_mb",
}


@pytest.mark.parametrize(
    "name", ["smoke", "lookup", "intake", "report_submit", "gallery", "watermark"]
)
def test_help_says_how_long_a_run_takes(name: str) -> None:
    done = _run("--help", name=name)
    assert re.search(r"about \d+ (seconds|minutes)", " ".join(done.split()))


def test_a_tiny_run_gives_every_figure_and_says_on_what_machine(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    _run("--tiny", "--json", str(file))
    figures = json.loads(file.read_text())
    assert set(figures) >= PROMISED | COMPARED
    assert all(figures[name] > 0 for name in PROMISED | COMPARED)
    assert set(figures["machine"]) >= {"cores", "cpu", "load_average", "python"}


def test_a_lookup_is_measured_beside_a_read_and_faiss_which_finds_the_same(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    _run("--stills", "700,1500", "--json", str(file), name="lookup")
    figures = json.loads(file.read_text())
    assert [each["stills"] for each in figures] == [700, 1500]
    for each in figures:
        assert set(each) >= LOOKED_UP
        assert all(each[name] > 0 for name in LOOKED_UP)
        assert each["raw_bytes"] <= each["bytes"] <= 2 * each["raw_bytes"]


def test_an_intake_of_few_pictures_is_accepted_and_compared(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    _run("--small", "--uploads", "6", "--json", str(file), name="intake")
    figures = json.loads(file.read_text())
    assert set(figures) >= TAKEN_IN
    assert all(figures[name] > 0 for name in TAKEN_IN)
    assert (figures["fingerprints"], figures["left_in_queue"]) == (6, 0)


def test_a_tiny_run_of_reports_and_videos_gives_every_figure(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    tiny = ("--small", "--rate", "5", "--seconds", "0.6", "--videos", "2", "--video-mb", "5")
    _run(*tiny, "--folder", str(tmp_path), "--json", str(file), name="report_submit")
    figures = json.loads(file.read_text())
    assert all(figures[name] > 0 for name in SUBMITTED)
    assert (figures["reports"], figures["videos"], figures["video_mb"]) == (3, 2, 5)
    assert list(tmp_path.iterdir()) == [file]


def test_a_tiny_run_of_the_gallery_gives_every_figure(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    _run("--tiny", "--json", str(file), name="gallery")
    (figures,) = json.loads(file.read_text())
    assert all(figures[name] > 0 for name in AMONG_MANY)
    assert (figures["database"], figures["subjects"]) == ("sqlite", 30)
    assert figures["scheme_subjects"] == figures["subjects"]
    assert set(figures["machine"]) >= {"cores", "cpu", "load_average", "python"}


def test_a_picture_saved_again_is_another_file_with_other_pixels() -> None:
    first, again = small_picture(1), resaved(small_picture(1), 2)
    one, other = (Image.open(io.BytesIO(each)).convert("RGB") for each in (first, again))
    assert first == resaved(first, 0)
    assert 0 < max(most for _, most in ImageChops.difference(one, other).getextrema()) < 32


def test_a_percentile_is_one_of_the_samples() -> None:
    samples = [float(each) for each in range(100, 0, -1)]
    assert percentile(samples, 0.5) == 50
    assert percentile(samples, 0.99) == 99
    assert percentile([7.0], 0.01) == 7
    assert milliseconds("page", [0.001, 0.002], 50, 99) == {"page_p50_ms": 1, "page_p99_ms": 2}


def _run(*arguments: str, name: str = "smoke") -> str:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
