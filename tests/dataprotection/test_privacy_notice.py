"""The privacy notice says what the scheme's settings say."""

import re

import pytest

from disc.core.database import db
from disc.core.transaction import writing
from disc.members.models import Scheme
from tests.browsers import Browser
from tests.world import World


def settle(world: World, **settings: object) -> None:
    with writing():
        scheme = db.session.get(Scheme, world.here.scheme_id)
        for name, value in settings.items():
            setattr(scheme, name, value)


def text_of(browser: Browser, world: World) -> str:
    page = browser.get(f"/privacy/{world.here.slug}")
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_notice_is_made_from_the_settings(world: World, browser: Browser) -> None:
    settle(
        world,
        controller="Quay Traders Limited, 1 Quay Street",
        contact="privacy@example.org",
        ico_number="ZA123456",
        id_sought_hide_months=2,
        id_sought_erase_months=5,
        known_hide_months=7,
        known_erase_months=11,
        report_erase_months=17,
    )
    notice = text_of(browser, world)
    for words in (
        "Quay Traders Limited, 1 Quay Street",
        "privacy@example.org",
        "ZA123456",
        "A person without a name 2 months 5 months",
        "A person with a name At most 7 months 11 months",
        "Not shown to members 17 months",
        "A ban Until it ends 12 months after it ends",
        "We do not use face recognition.",
        "compares whole pictures, not faces",
        "legitimate interests",
        "Schedule 1",
        "You can object.",
        "Information Commissioner",
    ):
        assert words in notice


@pytest.mark.parametrize("allowed", [True, False])
def test_the_notice_says_whether_the_police_see_the_gallery(
    world: World, browser: Browser, *, allowed: bool
) -> None:
    settle(world, police_may_see_gallery=allowed)
    assert ("They may also see the pictures" in text_of(browser, world)) is allowed


def test_a_scheme_without_contact_points_to_the_form(world: World, browser: Browser) -> None:
    assert "Write to us on this site" in text_of(browser, world)


def test_hostile_settings_are_shown_as_words(world: World, browser: Browser) -> None:
    settle(world, controller="<script>alert(1)</script>", contact="<img src=x>")
    page = browser.get(f"/privacy/{world.here.slug}").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;img src=x&gt;" in page


def test_the_notice_names_no_member_and_no_other_scheme(world: World, browser: Browser) -> None:
    notice = text_of(browser, world)
    assert "Pat " not in notice
    assert "Hill Watch" not in notice
