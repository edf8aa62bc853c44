"""What a proxy says of the browser is believed; what anybody says of our own name is not."""

from pathlib import Path

from flask import request

from config import Settings
from disc.app import create_app

SAID = {
    "Host": "watch.example",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
}


def seen(folder: Path, proxies: int) -> tuple[str | None, str]:
    """Return the browser's address and our own, as the application takes them."""
    app = create_app(Settings(instance=folder, trusted_proxies=proxies, testing=True))
    told: list[tuple[str | None, str]] = []
    app.before_request_funcs.setdefault(None, []).insert(
        0, lambda: told.append((request.remote_addr, request.host_url))
    )
    app.test_client().get("/healthz", headers=SAID)
    return told[0]


def test_a_trusted_proxy_tells_the_browser_s_address_and_never_our_name(tmp_path: Path) -> None:
    assert seen(tmp_path, 1) == ("203.0.113.9", "https://watch.example/")


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    assert seen(tmp_path, 0) == ("127.0.0.1", "http://watch.example/")
