"""Each page of those who manage, who come to the most: found and looked at as the others' are."""

import pytest

from tests.browser.every_page import look_at_pages
from tests.browser.people import People

pytestmark = pytest.mark.browser

ROLES = {
    "administrator": {
        "/desk/reports/*",
        "/desk/duplicates/*",
        "/desk/answers",
        "/desk/cameras",
        "/desk/requests/*",
        "/desk/go-live",
        "/desk/rules/*",
        "/desk/mail/*",
        "/desk/members/people/*",
        "/desk/members/premises/*",
        "/tablets/new",
        "/people/*/notices/new",
        "/people/*/links",
        "/people/*/links/new",
        "/links",
        "/links/*",
        "/vehicles",
        "/vehicles/new",
        "/vehicles/*",
        "/notices/*",
        "/police/*",
    },
    "group_manager": {"/report", "/my-reports/*", "/desk/members", "/desk/members/people/*"},
    "sub_administrator": {
        "/desk/reports/*",
        "/desk/answers",
        "/desk/members",
        "/people/*",
        "/links/*",
    },
}
"""Pages that a role must come to; a link that is lost would else take its page out of the test."""


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_manager_fits_and_is_accessible(
    people: People, alert: str, role: str
) -> None:
    wrong, seen = look_at_pages(people, role, ["/", alert])
    assert wrong == []
    assert seen >= ROLES[role]
