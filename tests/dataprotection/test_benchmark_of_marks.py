"""The benchmark of hidden marks counts what it says it counts, on a drawn still."""

from pathlib import Path

import pytest

from benchmarks import watermark
from benchmarks.frames import Shot
from benchmarks.watermark import DISTORTIONS, Tried, ask_about, count
from tests.shops import shop


@pytest.fixture
def shot(tmp_path: Path) -> Shot:
    shop(1, 3).save(tmp_path / "1.png")
    person = (0.2, 0.2, 0.6, 0.8)
    return Shot(tmp_path / "1.png", "camera1", "0", 0.0, "gallery", person)


def test_a_viewer_is_named_from_each_rendition_and_nobody_else_is(shot: Shot) -> None:
    done = ask_about(shot, 0, 1, ["JPEG 70"])
    assert [(one.rendition, one.marked) for one in done] == [
        ("thumb", True),
        ("thumb", False),
        ("view", True),
        ("view", False),
    ]
    figures = count(done)
    for rendition in ("thumb", "view"):
        told = figures["recovered"][rendition]["JPEG 70"]
        assert (told["copies"], told["of_200"], told["of_1000"]) == (1, 1.0, 1.0)
    assert figures["false"]["marked for nobody"] == [0, 2]
    assert figures["false"]["viewer not among those asked"] == [0, 2]


def test_a_wrong_name_is_counted_as_one() -> None:
    wrong = Tried(rendition="view", distortion="x", marked=False, score=None, best_other=9.0)
    lost = Tried(rendition="view", distortion="x", marked=True, score=3.0, best_other=3.5)
    figures = count([wrong, lost])
    assert figures["false"]["marked for nobody"] == [1, 1]
    assert figures["recovered"]["view"]["x"]["of_1000"] == 0.0


def test_every_distortion_changes_the_picture_and_is_the_same_in_every_run(shot: Shot) -> None:
    for name, distort in DISTORTIONS.items():
        one, again = (distort(shot.frame(), watermark.chance(1, name)) for _ in range(2))
        assert (one == again).all()
        assert one.shape != shot.pixels.shape or (one != shot.pixels).any()
