"""Passkeys in a real browser, with Chromium's own authenticator: added, and one tap to sign in."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.looking import too_wide, violations
from tests.browser.people import (
    HOME,
    LAPTOP,
    PATIENCE_MS,
    PHONE,
    People,
    Person,
    leading_on,
    sign_in,
)

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

NOTHING_BY_ITSELF = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
"""Chromium's authenticator takes what a browser offers among addresses without being asked."""


@pytest.fixture
def phone(people: People) -> Iterator[Person]:
    """A phone with a fingerprint, at the name of the site: passkeys belong to names."""
    address = people.site.address.replace("127.0.0.1", "localhost")
    context = people.chromium.new_context(
        base_url=address, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    person = Person(context, address).watch()
    person.pages.append(context.new_page())
    yield person
    person.leave()


def with_fingerprint(page: Page) -> tuple[CDPSession, str]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return devtools, made["authenticatorId"]


def credentials(device: tuple[CDPSession, str]) -> list[object]:
    devtools, number = device
    held = devtools.send("WebAuthn.getCredentials", {"authenticatorId": number})
    found: list[object] = held["credentials"]
    return found


def sign_out(page: Page) -> None:
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def wrong_with(page: Page) -> list[str]:
    """Return what is wrong with a page, on a phone and on a laptop, by day and by night."""
    found = []
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += [each for each in (too_wide(page), *violations(page)) if each]
    page.set_viewport_size(PHONE)
    return found


def test_a_passkey_is_added_and_then_signs_in_with_one_tap(people: People, phone: Person) -> None:
    page = phone.page
    device = with_fingerprint(page)
    sign_in(page, *people.site.signins["second_member"])
    page.goto("/me/security")
    assert wrong_with(page) == []
    page.get_by_label("Name for this device").fill("Shop phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    assert wrong_with(page) == []
    assert len(credentials(device)) == 1
    with leading_on(page):
        page.get_by_role("link", name="I have kept my codes").click()
    page.goto("/me/security")
    expect(page.locator(".queue__title")).to_have_text("Shop phone")
    assert wrong_with(page) == []
    page.add_init_script(NOTHING_BY_ITSELF)
    sign_out(page)
    assert wrong_with(page) == []
    page.get_by_role("button", name="Sign in with a passkey").tap()
    page.wait_for_url(HOME)
    assert urlsplit(page.url).path == "/"
    page.goto("/me/devices")
    expect(page.get_by_text("with a passkey").first).to_be_visible()
    _prove_and_remove(page)
    assert phone.problems == []


def _prove_and_remove(page: Page) -> None:
    page.goto("/prove?next=/me/security/password")
    assert wrong_with(page) == []
    page.get_by_role("button", name="Use your passkey").tap()
    page.wait_for_url(re.compile(r":\d+/me/security/password$"))
    assert wrong_with(page) == []
    page.goto("/me/security")
    page.locator("summary", has_text="Remove").first.click()
    page.get_by_role("button", name="Remove this passkey").click()
    expect(page.get_by_text("Passkey removed.")).to_be_visible()


def test_a_passkey_is_offered_among_the_addresses(people: People, phone: Person) -> None:
    page = phone.page
    with_fingerprint(page)
    sign_in(page, *people.site.signins["administrator"])
    page.goto("/me/security")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(HOME)
    expect(page.get_by_label("E-mail address")).to_have_count(0)
    assert phone.problems == []


def test_somebody_who_says_no_reads_a_calm_sentence(phone: Person) -> None:
    page = phone.page
    devtools, number = with_fingerprint(page)
    verified = {"authenticatorId": number, "isUserVerified": False}
    devtools.send("WebAuthn.setUserVerified", verified)
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").tap()
    expect(page.locator("[data-passkey-says]")).to_have_text(
        "Nothing was done. Try again when you are ready."
    )
    assert wrong_with(page) == []


def test_an_app_is_set_up_from_the_key_on_the_page_and_its_code_signs_in(
    people: People, phone: Person
) -> None:
    import pyotp

    page = phone.page
    email, password = people.site.signins["spoc"]
    sign_in(page, email, password)
    page.goto("/me/security")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.locator(".qr svg")).to_be_visible()
    assert wrong_with(page) == []
    app = pyotp.TOTP(page.locator("main code").inner_text().replace(" ", ""))
    page.get_by_label("Code from your app").fill(app.now())
    page.get_by_role("button", name="Use this app").click()
    code = page.locator(".codes code").first.inner_text()
    with leading_on(page):
        page.get_by_role("link", name="I have kept my codes").click()
    sign_out(page)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert wrong_with(page) == []
    page.get_by_text("I do not have my phone").click()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Sign in with this code").click()
    page.wait_for_url(HOME)
    page.goto("/me/security")
    page.get_by_text("Change or remove the app").click()
    page.get_by_role("button", name="Remove the app").click()
    expect(page.get_by_text("Your app is removed.")).to_be_visible()
    assert phone.problems == []


def test_without_scripts_the_password_stays(people: People) -> None:
    plain = people.stranger(java_script_enabled=False)
    page = plain.open("/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password").fill("not a password of ours")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("The e-mail address or the password is wrong.").first).to_be_visible()
    plain.leave()
