"""The benchmark of matching counts what it says it counts, on drawn stills."""

from pathlib import Path

import pytest

from benchmarks import edits
from benchmarks.frames import Shot, is_other_moment, read_manifest
from benchmarks.matching import Memory, Question, ask, bounds, questions, score
from disc.matching.likeness.evidence import Finding
from disc.matching.likeness.verdict import learned
from tests.shops import shop

COLUMNS = "file,camera,clip,time_s,role,fg_box"


@pytest.fixture
def shots(tmp_path: Path) -> list[Shot]:
    """Two cameras with two stored moments and a third each; somebody else at each moment."""
    lines = [COLUMNS]
    for camera in (1, 2):
        for moment, role in enumerate(("gallery", "gallery", "holdout")):
            name = f"{camera}-{moment}.png"
            shop(camera, camera * 3 + moment).save(tmp_path / name)
            box = "0.2;0.2;0.6;0.8" if moment else ""
            lines.append(f"{name},camera{camera},0,{moment * 5},{role},{box}")
    (tmp_path / "manifest.csv").write_text("\n".join(lines))
    return read_manifest(tmp_path, tmp_path / "manifest.csv", None)


def test_every_edit_is_asked_of_every_camera(shots: list[Shot]) -> None:
    asked = questions(shots, 1, 2, seed=1)
    copies = [one for one in asked if one.shot.role == "gallery"]
    assert {(one.shot.camera, one.edit, one.severity) for one in copies} == {
        (camera, name, severity)
        for camera in ("camera1", "camera2")
        for name in edits.EDITS
        for severity in edits.SEVERITIES
    }
    others = [one for one in asked if one.shot.role == "holdout"]
    assert len(others) == 2 * 3
    assert not {one.edit for one in others} & edits.CROPS
    assert asked == questions(shots, 1, 2, seed=1)


def test_an_edit_is_the_same_in_every_run_and_changes_the_picture(shots: list[Shot]) -> None:
    for name in edits.EDITS:
        pixels = Question(shots[1], name, 2, seed=1).pixels()
        again = Question(shots[1], name, 2, seed=1).pixels()
        assert (pixels == again).all()
        assert pixels.shape != shots[1].pixels.shape or (pixels != shots[1].pixels).any()


def test_pairs_are_counted_as_the_contract_says(shots: list[Shot]) -> None:
    assert is_other_moment(shots[0], shots[1])
    memory = Memory()
    for shot in shots:
        if shot.role == "gallery":
            memory.add(shot)
    asked = [
        Question(shots[0], "jpeg", 1, 1),
        Question(shots[0], "crop", 1, 1),
        Question(shots[2], "plain", 0, 1),
    ]
    answers = [ask(one, memory, learned()) for one in asked]
    figures = score(answers, shots, memory.shots)
    assert figures["pairs"] == {"positive": 2, "same_camera": 3, "unrelated": 6}
    assert figures["recall"]["same_or_probable"] == 1
    assert figures["by_edit"]["jpeg"][0][1] == 1
    assert figures["candidates_top10"] == 1
    assert figures["false"]["unrelated"] == {"same": 0, "probable": 0}
    assert figures["baselines"]["phash8<=10"]["recall"] > 0
    answers[0].found.clear()
    answers[2].found[1] = Finding.SAME_STILL
    worse = score(answers, shots, memory.shots)
    assert worse["recall"]["same_or_probable"] == 0.5
    assert worse["false"]["same_camera"]["same"] == pytest.approx(1 / 3, abs=0.001)


def test_bounds_of_nothing_say_nothing() -> None:
    assert bounds([], {Finding.SAME_STILL}) == {"wilson": [0.0, 1.0], "cameras": [0.0, 1.0]}
