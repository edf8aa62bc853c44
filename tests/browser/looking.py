"""What is wrong with a page as it stands: its width, and what axe finds."""

from functools import lru_cache
from typing import Any

from playwright.sync_api import Page

from config import ROOT

AXE = ROOT / "static" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RUN = """async () => {
    if (!("axe" in globalThis)) return null;
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map(({ id, help, nodes }) => (
        { id, help, where: nodes.map((node) => node.target.join(" ")) }
    ));
}"""
# A phone's innerWidth grows with what sticks out, so it is no measure.
WIDEST = """() => {
    const wide = document.documentElement.scrollWidth;
    const room = document.documentElement.clientWidth;
    if (wide <= room) return null;
    const sticking = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > room + 0.5)
        .slice(0, 4).map((one) => one.outerHTML.slice(0, 90));
    return `${wide} px in a window of ${room} px: ${sticking.join(" | ")}`;
}"""


@lru_cache
def _axe() -> str:
    return AXE.read_text()


def too_wide(page: Page) -> str | None:
    """Say what sticks out of a page sideways, or None."""
    found: str | None = page.evaluate(WIDEST)
    return found


def violations(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    found: list[dict[str, Any]] | None = page.evaluate(RUN)
    if found is None:
        page.evaluate(_axe())
        found = page.evaluate(RUN)
    assert found is not None
    return [f"axe {one['id']}: {one['help']}: {one['where'][:3]}" for one in found]
