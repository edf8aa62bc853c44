"""What is wrong with a page as it stands: its width, and what axe finds."""

import hashlib
from functools import lru_cache
from typing import Any

from playwright.sync_api import Page

from config import ROOT

AXE = ROOT / "static" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RUN = """async () => {
    if (!("axe" in globalThis)) return null;
    const ends = (one) => Number.isFinite(one.effect?.getComputedTiming().endTime);
    const moving = document.getAnimations().filter(ends).map((one) => one.finished);
    await Promise.race([Promise.allSettled(moving), new Promise((done) => setTimeout(done, 2000))]);
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

# All that axe's rules and our style sheets read, without the words themselves: of those it says
# whether there are any, and of a reference whether it leads anywhere. Of equal neighbours, such
# as rows of a list, two stand for all; ids that are not unique are named by their number.
SHAPE = """() => {
    const FREE = new Set(["alt", "title", "placeholder", "value", "content", "nonce", "src",
        "srcset", "href", "action", "datetime", "name", "d", "min", "max", "id"]);
    const LEADS = new Set(["for", "form", "list", "aria-labelledby", "aria-describedby",
        "aria-controls", "aria-owns", "aria-activedescendant", "aria-errormessage",
        "aria-details"]);
    const leads = (value) => value.split(/\\s+/).every((id) => document.getElementById(id));
    const attribute = ({ name, value }) => {
        if (LEADS.has(name)) return `${name}>${leads(value)}`;
        if (name === "href" && value.startsWith("#")) return `#>${leads(value.slice(1))}`;
        const free = FREE.has(name) || name.startsWith("data-") || name === "aria-label";
        return `${name}=${free ? value.trim() !== "" : value}`;
    };
    const words = (one) => [...one.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    const of = (one) => {
        const inside = [...one.children].map(of)
            .filter((each, at, all) => each !== all[at - 1] || each !== all[at - 2]);
        const own = [...one.attributes].map(attribute).sort();
        return `<${one.localName} ${own} ${words(one)} ${one.disabled} ${one.checked}>${inside}</>`;
    };
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    return `${ids.length - new Set(ids).size} ${of(document.documentElement)}`;
}"""


@lru_cache
def _axe() -> str:
    return AXE.read_text()


def _is_dressed(page: Page) -> None:
    """Wait for the style sheets and scripts of a page that a press has led to."""
    page.wait_for_load_state("domcontentloaded")


def too_wide(page: Page) -> str | None:
    """Say what sticks out of a page sideways, or None."""
    _is_dressed(page)
    found: str | None = page.evaluate(WIDEST)
    return found


def shape(page: Page) -> str:
    """Return what axe would judge: equal for two pages that differ in their words alone."""
    _is_dressed(page)
    found: str = page.evaluate(SHAPE)
    return hashlib.sha256(found.encode()).hexdigest()


def violations(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    _is_dressed(page)
    found: list[dict[str, Any]] | None = page.evaluate(RUN)
    if found is None:
        page.evaluate(_axe())
        found = page.evaluate(RUN)
    assert found is not None
    return [f"axe {one['id']}: {one['help']}: {one['where'][:3]}" for one in found]
