"""Each page of each role, found by its links: width, contrast and names, errors, other hosts.

The managers' own pages are in a file beside this one, so that two processes share the work.
"""

import pytest

from tests.browser.every_page import look, look_at_pages, opened
from tests.browser.people import People

pytestmark = pytest.mark.browser

ROLES = {
    "member": {
        "/report",
        "/my-reports/*",
        "/my-answers",
        "/gallery/*/know",
        "/alerts/new",
        "/alerts/*",
        "/me",
        "/me/security",
        "/me/devices",
        "/me/log",
        "/me/pin",
        "/me/rules",
        "/certify/*",
    },
    "board": {"/board", "/notices/*", "/gallery/*"},
    "spoc": {"/police", "/police/*", "/police/answers/*", "/gallery/*", "/report", "/me"},
    "investigator": {"/report", "/my-reports", "/gallery/*/know", "/alerts/new"},
    "dpo": {
        "/audit",
        "/audit/leak",
        "/audit/viewer",
        "/audit/stopped",
        "/audit/export",
        "/desk/requests/*",
        "/desk/settings",
        "/hide",
        "/desk/members",
        "/me",
    },
}
"""Pages that a role must come to; a link that is lost would else take its page out of the test."""
BY_HAND = {"member": ("/certify",)}
"""Pages that nothing leads to on most days of the year."""
PUBLIC = (
    "/sign-in",
    "/forgot",
    "/privacy/saltmarsh-quay",
    "/privacy/saltmarsh-quay/ask",
    "/offline",
    "/join/x",
)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_fits_and_is_accessible(people: People, alert: str, role: str) -> None:
    wrong, seen = look_at_pages(people, role, ["/", alert, *BY_HAND.get(role, ())])
    assert wrong == []
    assert seen >= ROLES[role]


@pytest.mark.usefixtures("alert")
def test_every_public_page_fits_and_is_accessible(people: People) -> None:
    stranger = people.stranger(reduced_motion="reduce")
    wrong = [each for path in PUBLIC for each in look(opened(stranger, path), path)]
    stranger.leave()
    assert [*wrong, *stranger.problems] == []
