"""Each page of those who manage, who come to the most: found and looked at as the others' are."""

import pytest

from tests.browser.every_page import EVERYBODYS, FACES, look_at_pages
from tests.browser.people import People

pytestmark = pytest.mark.browser

ROLES = {
    "administrator": {
        "/alerts/new",
        "/audit",
        "/audit/export",
        "/audit/stopped",
        "/audit/subject/*",
        "/audit/sweeps",
        "/certify",
        "/desk",
        "/desk/answers",
        "/desk/api-keys",
        "/desk/api-keys/new",
        "/desk/cameras",
        "/desk/cameras/*",
        "/desk/duplicates/*",
        "/desk/galleries",
        "/desk/galleries/*",
        "/desk/go-live",
        "/desk/import",
        "/desk/mail",
        "/desk/mail/*",
        "/desk/members",
        "/desk/members/areas",
        "/desk/members/groups",
        "/desk/members/import",
        "/desk/members/invite",
        "/desk/members/people/*",
        "/desk/members/people/*/new-way-in",
        "/desk/members/people/*/role",
        "/desk/members/premises",
        "/desk/members/premises/*",
        "/desk/members/premises/*/qr",
        "/desk/members/premises/new",
        "/desk/queue",
        "/desk/reports/*",
        "/desk/requests",
        "/desk/requests/*",
        "/desk/rules",
        "/desk/rules/*",
        "/desk/rules/data-agreement/new",
        "/desk/rules/privacy/new",
        "/desk/rules/rules/new",
        "/desk/settings",
        "/desk/stills/*",
        "/desk/stills/*/edit",
        "/evidence/reports/*",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/links",
        "/links/*",
        "/my-reports",
        "/notices",
        "/notices/*",
        "/people",
        "/people/*",
        "/people/*/correct",
        "/people/*/links",
        "/people/*/links/new",
        "/people/*/notices/new",
        "/people/*/split",
        "/police",
        "/police/*",
        "/premises/*/goods",
        "/privacy/saltmarsh-quay",
        "/privacy/saltmarsh-quay/ask",
        "/report",
        "/report/people",
        "/report/welfare",
        "/tablets",
        "/tablets/new",
        "/vehicles",
        "/vehicles/*",
        "/vehicles/new",
    },
    "group_manager": {
        "/alerts/new",
        "/desk/members",
        "/desk/members/invite",
        "/desk/members/people/*",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/me/pin",
        "/my-reports",
        "/my-reports/*",
        "/report",
        "/report/people",
        "/report/welfare",
        "/tablets",
        "/tablets/new",
    },
    "sub_administrator": {
        "/alerts/new",
        "/certify",
        "/desk",
        "/desk/answers",
        "/desk/cameras",
        "/desk/cameras/*",
        "/desk/duplicates/*",
        "/desk/galleries",
        "/desk/galleries/*",
        "/desk/members",
        "/desk/members/areas",
        "/desk/members/groups",
        "/desk/members/import",
        "/desk/members/invite",
        "/desk/members/people/*",
        "/desk/members/people/*/new-way-in",
        "/desk/members/premises",
        "/desk/members/premises/*",
        "/desk/members/premises/*/qr",
        "/desk/members/premises/new",
        "/desk/queue",
        "/desk/reports/*",
        "/desk/requests",
        "/desk/requests/*",
        "/desk/stills/*",
        "/desk/stills/*/edit",
        "/evidence/reports/*",
        "/gallery",
        "/gallery/*",
        "/gallery/*/know",
        "/links",
        "/links/*",
        "/my-reports",
        "/notices",
        "/notices/*",
        "/people",
        "/people/*",
        "/people/*/correct",
        "/people/*/links",
        "/people/*/links/new",
        "/people/*/notices/new",
        "/people/*/split",
        "/police",
        "/police/*",
        "/premises/*/goods",
        "/privacy/saltmarsh-quay",
        "/privacy/saltmarsh-quay/ask",
        "/report",
        "/report/people",
        "/report/welfare",
        "/tablets",
        "/tablets/new",
        "/vehicles",
        "/vehicles/*",
        "/vehicles/new",
    },
}
"""All else that a role comes to; a link that is lost would else take its page out of the test."""


SHARING = {"administrator", "sub_administrator"}
"""Who reads what was shared with the police: of many reports, few were, and links lead to some."""


@pytest.fixture(scope="module")
def shared(people: People) -> str:
    """A report that was shared with the police, by its path."""
    spoc = people.person("spoc")
    path = spoc.open("/police").locator("a[href^='/police/']:not([href*='answers'])").first
    found = path.get_attribute("href")
    spoc.leave()
    assert found is not None
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_manager_fits_and_is_accessible(
    people: People, alert: str, shared: str, role: str
) -> None:
    begin = ["/", alert, *([shared] if role in SHARING else []), *(FACES & ROLES[role])]
    wrong, seen = look_at_pages(people, role, begin)
    assert wrong == []
    assert seen >= EVERYBODYS | ROLES[role]
