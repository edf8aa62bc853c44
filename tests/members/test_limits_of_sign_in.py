"""Limits of sign-in, switched on: strangers wait, and the owner's own phone does not."""

from pathlib import Path

from tests.limited import run_limited

BEGUN = """
import sys
from pathlib import Path
from config import Settings
from disc.app import create_app
from disc.core.migrate import upgrade
from tests.browsers import Browser
from tests.world import PASSWORD, make_place
from argon2 import PasswordHasher

app = create_app(Settings(instance=Path(sys.argv[1])))
quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
app.extensions.update({"passwords": quick, "nobody's password": quick.hash("nobody")})
with app.app_context():
    upgrade()
    place = make_place("Quay", live=True)
EMAIL = place.emails["member"]

def out(browser):
    browser.get("/me")
    browser.post("/sign-out")
"""
PASSWORDS = """
def tried(browser, password, address, email=EMAIL):
    browser.get("/sign-in")
    sent = {"email": email, "password": password}
    return browser.post("/sign-in", sent, environ_base={"REMOTE_ADDR": address}).status_code

phone = Browser(app)
print(tried(phone, PASSWORD, "192.0.2.1"))
out(phone)
near = Browser(app)
print([tried(near, "wrong", "192.0.2.1") for _ in range(9)])
print(tried(Browser(app), PASSWORD, "192.0.2.1"))
print("own phone", tried(phone, PASSWORD, "192.0.2.1"))
out(phone)
anywhere = [tried(Browser(app), "wrong", f"198.51.{n // 200}.{n % 200 + 1}") for n in range(300)]
print(sorted(set(anywhere)), anywhere[-1])
print("a new phone", tried(Browser(app), PASSWORD, "203.0.113.9"))
print("own phone", tried(phone, PASSWORD, "203.0.113.9"))
out(phone)
other = place.emails["second_member"]
others = [tried(phone, "wrong", "203.0.113.80", other) for _ in range(9)]
print("own phone, another account", others[-1])
print("a thief with the phone", [tried(phone, "wrong", "203.0.113.81") for _ in range(9)])
print("the thief elsewhere", tried(phone, "wrong", "203.0.113.82"))
forged = Browser(app)
forged.client.set_cookie("device", phone.client.get_cookie("device").value[:-3] + "abc")
print("a forged cookie", tried(forged, PASSWORD, "203.0.113.10"))
cookie = phone.client.get_cookie("device")
print(cookie.http_only, cookie.same_site, EMAIL in cookie.value, cookie.max_age)
"""
NEIGHBOURS = """
from tests.members.apps import code_of, set_up

OTHER = place.emails["second_member"]

def with_app(email):
    browser = Browser(app)
    browser.sign_in(email, PASSWORD)
    secret, _recovery = set_up(browser)
    out(browser)
    return browser, secret

def wait(browser, email):
    browser.get("/sign-in")
    browser.get(browser.post("/sign-in", {"email": email, "password": PASSWORD}).location)

def wrong(browser):
    return browser.post("/sign-in/code", {"otp": "000000"}).status_code

phone, secret = with_app(EMAIL)
with_app(OTHER)
wait(phone, EMAIL)
near = Browser(app)
for _ in range(2):
    wait(near, OTHER)
    [wrong(near) for _ in range(5)]
print("codes", [wrong(near) for _ in range(11)][-1])
print("begun", [near.post_json("/sign-in/passkey/options", {}).status_code for _ in range(61)][-1])
print("passkeys", [near.post_json("/sign-in/passkey", {}).status_code for _ in range(31)][-1])
print("links", [near.get("/reset/none").status_code for _ in range(21)][-1])
print("own phone", phone.post("/sign-in/code", {"otp": code_of(secret)}).status_code)
out(phone)
phone.get("/sign-in")
print("own phone", phone.post_json("/sign-in/passkey/options", {}).status_code)
print("own phone", phone.post_json("/sign-in/passkey", {}).status_code)
print("own phone", phone.get("/reset/none").status_code)
print("and no more", [phone.get("/reset/none").status_code for _ in range(20)][-1])
"""


def test_strangers_lock_nobody_out_of_their_own_phone(tmp_path: Path) -> None:
    told = run_limited(tmp_path, BEGUN + PASSWORDS)
    assert [line for line in told if not line.startswith("{")] == [
        "302",
        str([401] * 7 + [429] * 2),
        "429",
        "own phone 302",
        "[401, 429] 429",
        "a new phone 429",
        "own phone 302",
        "own phone, another account 429",
        f"a thief with the phone {[401] * 6 + [429] * 3}",
        "the thief elsewhere 429",
        "a forged cookie 429",
        "True Lax False 34560000",
    ]


def test_strangers_behind_the_same_address_keep_nobody_from_their_second_proof(
    tmp_path: Path,
) -> None:
    told = run_limited(tmp_path, BEGUN + NEIGHBOURS)
    assert [line for line in told if not line.startswith("{")] == [
        "codes 429",
        "begun 429",
        "passkeys 429",
        "links 429",
        "own phone 302",
        "own phone 200",
        "own phone 401",
        "own phone 404",
        "and no more 429",
    ]
