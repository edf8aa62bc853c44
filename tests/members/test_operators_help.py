"""The operator helps the last person of the Board or the last Administrator back in."""

from click.testing import Result
from flask import Flask

from tests.browsers import Browser
from tests.world import PASSWORD, World

NEW = "copper kettle beside nine gulls"


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["disc", "member", "new-way-in", *arguments])


def test_a_new_way_in_ends_the_old_ones_and_needs_nobody_else(world: World, app: Flask) -> None:
    manager = world.browser("administrator")
    ran = run(app, world.here.emails["administrator"], "--site", "http://localhost")
    assert ran.exit_code == 0, ran.output
    assert manager.get("/me").status_code == 302
    again = Browser(app)
    assert again.sign_in(world.here.emails["administrator"], PASSWORD).status_code == 401
    link = ran.output.strip().removeprefix("http://localhost")
    again.get(link)
    assert again.post(link, {"password": NEW, "again": NEW}).status_code in {302, 303}
    assert again.get("/desk").status_code == 200


def test_an_unknown_address_is_said_so(world: World, app: Flask) -> None:
    ran = run(app, "nobody@example.org")
    assert ran.exit_code == 1
    assert "Nobody who may sign in has this address." in ran.output
