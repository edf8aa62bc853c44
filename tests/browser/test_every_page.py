"""Each page of each role, found by its links: width, contrast and names, errors, other hosts.

The managers' own pages are in a file beside this one, so that two processes share the work.
"""

import pytest

from tests.browser.every_page import EVERYBODYS, FACES, look, look_at_pages, opened
from tests.browser.people import People

pytestmark = pytest.mark.browser

ROLES = {
    "member": {
        "/alerts/new",
        "/certify",
        "/certify/*",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/me/pin",
        "/my-reports",
        "/my-reports/*",
        "/pictures",
        "/premises/*/goods",
        "/report",
        "/report/people",
        "/report/welfare",
    },
    "board": {
        "/board",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/notices",
        "/notices/*",
    },
    "spoc": {
        "/alerts/new",
        "/evidence/reports/*",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/my-reports",
        "/pictures",
        "/police",
        "/police/*",
        "/report",
        "/report/people",
        "/report/welfare",
    },
    "investigator": {
        "/alerts/new",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/me/pin",
        "/my-reports",
        "/report",
        "/report/people",
        "/report/welfare",
    },
    "dpo": {
        "/audit",
        "/audit/export",
        "/audit/leak",
        "/audit/stopped",
        "/audit/sweeps",
        "/audit/viewer",
        "/desk/members",
        "/desk/members/people/*",
        "/desk/requests",
        "/desk/requests/*",
        "/desk/settings",
        "/hide",
        "/privacy/saltmarsh-quay",
        "/privacy/saltmarsh-quay/ask",
    },
}
"""All else that a role comes to; a link that is lost would else take its page out of the test."""
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
    begin = ["/", alert, *BY_HAND.get(role, ()), *(FACES & ROLES[role])]
    wrong, seen = look_at_pages(people, role, begin)
    assert wrong == []
    assert seen >= EVERYBODYS | ROLES[role]


@pytest.mark.usefixtures("alert")
def test_every_public_page_fits_and_is_accessible(people: People) -> None:
    stranger = people.stranger(reduced_motion="reduce")
    wrong = [each for path in PUBLIC for each in look(opened(stranger, path), path, people.shapes)]
    stranger.leave()
    assert [*wrong, *stranger.problems] == []
