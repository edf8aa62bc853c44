"""A browser in which sealed reports wait is told to forget everything but those."""

import pytest

from tests.world import World


@pytest.mark.parametrize(("waiting", "wiped"), [("2", '"cache"'), ("0", '"cache", "storage"')])
def test_signing_out_leaves_what_waits_and_lets_the_draft_go(
    world: World, waiting: str, wiped: str
) -> None:
    member = world.browser("member")
    member.client.set_cookie("waiting", waiting)
    answer = member.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == wiped
    forget = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("forget=yes")]
    assert len(forget) == (waiting != "0")
    assert not any("HttpOnly" in one for one in forget)  # a script reads it
