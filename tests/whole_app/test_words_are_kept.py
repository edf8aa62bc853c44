"""A form that came too late is not typed twice; a stranger's form is not sent for them."""

import importlib
import pkgutil
import re

from flask_wtf import FlaskForm
from wtforms import PasswordField

from disc.core.typed import SECRETS
from disc.members import forms
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import PASSWORD, World

OURS = {"Origin": "http://localhost"}
TOLD = {"sureness": "sure", "answer": "Invented Answer", "how": "From <b>school</b>"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def signed_out_while_typing(world: World) -> tuple[Browser, str]:
    subject, _ = in_gallery(world.here)
    member, path = world.browser("member"), f"/gallery/{subject}/know"
    member.get(path)
    token = member.token
    member.post("/sign-out")
    member.token = token
    return member, path


def test_words_survive_a_sign_in_in_between(world: World) -> None:
    member, path = signed_out_while_typing(world)
    page = member.post(path, TOLD, headers=OURS)
    assert page.status_code == 401
    assert "From &lt;b&gt;school&lt;/b&gt;" in page.text
    member.get("/sign-in")
    carried = {f"typed-{name}": value for name, value in TOLD.items()}
    signing = {"email": world.here.emails["member"], "next": path, **carried}
    wrong = member.post("/sign-in", {**signing, "password": "wrong"})
    assert wrong.status_code == 401
    assert 'value="Invented Answer"' in wrong.text
    right = member.post("/sign-in", {**signing, "password": PASSWORD})
    assert "Send what I typed" in right.text
    assert f'action="{path}"' in right.text
    fields = dict(HIDDEN.findall(right.text))
    assert fields["answer"] == "Invented Answer"
    assert "password" not in fields
    member.token = fields["csrf_token"]
    assert member.post(path, TOLD).status_code == 303


def test_an_old_page_offers_to_send_its_words_again(world: World) -> None:
    subject, _ = in_gallery(world.here)
    member = world.browser("member")
    member.token = "old"
    page = member.post(f"/gallery/{subject}/know", TOLD, headers=OURS)
    assert page.status_code == 400
    assert "Send again" in page.text
    fields = dict(HIDDEN.findall(page.text))
    member.token = fields.pop("csrf_token")
    assert fields["answer"] == "Invented Answer"
    assert member.post(f"/gallery/{subject}/know", TOLD).status_code == 303


def test_another_sites_form_is_not_offered_to_be_sent(world: World) -> None:
    member, path = signed_out_while_typing(world)
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        page = member.post(path, TOLD, headers=headers)
        assert page.status_code == 401
        assert "Invented Answer" not in page.text


def test_a_pin_is_never_shown_again(world: World) -> None:
    member = world.browser("member")
    member.get("/me/pin")
    member.token = "old"
    pins = {"pin": "840275", "again": "840275"}
    page = member.post("/me/pin", pins, headers=OURS)
    assert page.status_code == 400
    assert "840275" not in page.text


def test_no_field_that_is_typed_in_secret_is_carried_on() -> None:
    secret = {
        name
        for module in pkgutil.iter_modules(forms.__path__)
        for form in vars(importlib.import_module(f"{forms.__name__}.{module.name}")).values()
        if isinstance(form, type) and issubclass(form, FlaskForm)
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField
    }
    assert {"password", "old", "pin", "again"} <= secret
    assert secret | {"otp", "recovery_code", "csrf_token"} == SECRETS
