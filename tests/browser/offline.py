"""What a phone without signal does, and what is left in its store."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.serving import wait_until

STORED = """async () => {
    const found = {};
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve) => {
            const request = indexedDB.open(name);
            request.onupgradeneeded = () => request.transaction.abort(); // it is gone meanwhile
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => resolve(null);
        });
        for (const store of database?.objectStoreNames ?? []) {
            const items = await new Promise((resolve) => {
                const request = database.transaction(store).objectStore(store).getAll();
                request.onsuccess = () => resolve(request.result);
            });
            found[`${name}/${store}`] = await Promise.all(items.map(told));
        }
        database?.close();
    }
    return found;

    async function told(value) {
        if (value instanceof CryptoKey) {
            const out = await crypto.subtle.exportKey("raw", value).catch(() => null);
            return out ? "a key that can be read" : "a key";
        }
        if (value instanceof ArrayBuffer) value = new Uint8Array(value);
        if (value instanceof Uint8Array) return new TextDecoder("latin1").decode(value);
        if (Array.isArray(value)) return Promise.all(value.map(told));
        if (value && typeof value === "object") {
            const entries = Object.entries(value).map(async ([key, one]) => [key, await told(one)]);
            return Object.fromEntries(await Promise.all(entries));
        }
        return value;
    }
}"""
"""Everything in every IndexedDB of the site, bytes as letters."""


def stored(page: Page) -> dict[str, list[Any]]:
    """Return all that the browser's own store holds, by store."""
    found: dict[str, list[Any]] = page.evaluate(STORED)
    return found


def left(page: Page) -> str:
    """Return what is left in the store, as text: nothing is ''."""
    found = {name: items for name, items in stored(page).items() if items}
    return json.dumps(found) if found else ""


def lose_signal(page: Page) -> None:
    """Take a phone's signal away, and wait until the page knows."""
    page.context.set_offline(offline=True)
    page.wait_for_function("() => !navigator.onLine")


def find_signal(page: Page) -> None:
    """Give a phone its signal again, and wait until the page knows."""
    page.context.set_offline(offline=False)
    page.wait_for_function("() => navigator.onLine")


def begin_to_write(page: Page) -> None:
    """Touch the form, and wait until a draft is back in it and what is typed is kept."""
    page.get_by_label("What happened, in your words").focus()
    page.locator("form[data-keeps]").wait_for()


def draft_is_kept(page: Page) -> None:
    """Wait until what the form holds now is in its draft.

    One save may be under way; of two that end after this, the second began after it.
    """
    for _ in range(2):
        before = _saved_at(page)
        page.locator("form[data-keeps]").dispatch_event("change")
        wait_until(lambda: _saved_at(page) > before, every=0.02)  # noqa: B023 - at once


def _saved_at(page: Page) -> int:
    items = stored(page).get("draft/items", [])
    return max((one["at"] for one in items if isinstance(one, dict) and "at" in one), default=0)


def fill(page: Page, words: str, photos: list[Any] | None = None) -> None:
    """Fill the report form on a laptop's page."""
    page.get_by_label("Shop theft").check()
    if photos:
        page.get_by_label("Add photos").set_input_files(photos)
    page.get_by_label("What happened, in your words").fill(words)


def send(page: Page) -> Locator:
    """Press Send and return what says that the report is on the phone."""
    page.get_by_role("button", name="Send report").click()
    saved = page.locator(".saved-box [role=status]")
    expect(saved).to_be_visible()
    return saved
