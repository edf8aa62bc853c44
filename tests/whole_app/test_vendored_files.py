import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from markupsafe import Markup

from disc.core.components import MACROS, UnknownComponentError, govuk

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
SOURCES = ROOT / "tools" / "vendor"


def _listed() -> dict[str, str]:
    return json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def _present() -> set[str]:
    files = (path for path in VENDOR.rglob("*") if path.is_file())
    return {path.relative_to(VENDOR).as_posix() for path in files} - {"manifest.json"}


def _hash(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def test_every_vendored_file_is_listed_and_no_other() -> None:
    assert _present() == set(_listed())


def test_every_vendored_file_has_the_hash_that_is_listed() -> None:
    assert {name: _hash(VENDOR / name) for name in _present()} == _listed()


def test_every_vendored_folder_holds_its_licence() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert folders
    assert not [f.name for f in folders if not list(f.glob("LICENSE*"))]


def test_every_vendored_folder_is_named_for_the_pinned_version() -> None:
    pins = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    pinned = {f"{name}-{version}" for name, version in pins.items() if name != "sass"}
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == pinned


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_the_styles_ask_for_no_font_and_no_picture() -> None:
    styles = [*VENDOR.glob("govuk-frontend-*/*.css"), *(ROOT / "static" / "css").glob("*.css")]
    assert styles
    for path in styles:
        assert not re.search(r"url\(|@import|GDS Transport", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("name", sorted(MACROS))
def test_every_component_that_a_page_may_use_has_its_styles(name: str) -> None:
    css = next(VENDOR.glob("govuk-frontend-*/govuk-subset.min.css")).read_text(encoding="utf-8")
    assert f".govuk-{name}" in css


def test_a_component_is_rendered_as_markup() -> None:
    made = govuk("input", {"name": "town", "label": {"text": "Town & county"}})
    assert isinstance(made, Markup)
    assert 'name="town"' in made
    assert "Town &amp; county" in made


@pytest.mark.parametrize("params", [{"text": "<b>x</b>"}, {"html": "<b>x</b>"}])
def test_hostile_text_in_a_component_stays_text(params: dict[str, object]) -> None:
    assert "<b>" not in govuk("button", params)


def test_markup_in_a_component_stays_markup() -> None:
    assert "<b>x</b>" in govuk("button", {"html": Markup("<b>x</b>")})


def test_a_component_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(UnknownComponentError, match="accordion"):
        govuk("accordion", {})
