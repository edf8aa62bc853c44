"""Every form, sent by every role that the policy table lets send it: no other lock holds them."""

import uuid

import pytest
from flask import Flask

from disc.access.actor import SHOP_FLOOR, Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import POLICY, may_ever
from disc.core.transaction import writing
from disc.members.models import Passkey, Premises, PushPhone, UserSession
from tests.whole_app.callers import WHO, ready, sign_in
from tests.whole_app.everything import everything
from tests.whole_app.test_who_may_call_what import MADE_UP, Door, doors
from tests.world import World

OPENED = {200, 204, 302, 303, 400, 409, 422}
"""An empty form is taken, refused with a sentence, or comes too late: but it is there."""
SAY_NOTHING = {
    "desk.decide_answers": "no decision is named",
    "desk.change_picture": "no button is named",
    "desk.decide_many": "no report is named",
    "desk.decide_person": "no decision is named",
    "desk.judge_pair": "no judgment is named",
    "desk.look_at": "nothing to look at is named",
    "desk.undo_joiner": "nobody decided about the person",
    "gallery.near": "no place is named",
    "members.decide_leader": "nobody waits to lead",
    "members.new_passkey": "no passkey was asked for",
    "members.prove_passkey": "no passkey was asked for",
    "stills.check": "no picture is named",
    "stills.mint": "no picture is named",
}
"""Forms that mean nothing when they are empty: they are refused whoever sends them."""
NOT_THEIRS = {
    **{
        ("alerts.cancel", role): "somebody else raised the alert"
        for role in (SHOP_FLOOR - {Role.MEMBER}) | {Role.SPOC}
    },
    **{
        (endpoint, role): "somebody else sent the report"
        for role in POLICY[Permission.ADD_TO_REPORT].roles - {Role.MEMBER}
        for endpoint in ("incidents.add", "incidents.change")
    },
    **{
        (endpoint, role): "somebody else sends the video"
        for role in POLICY[Permission.REPORT_INCIDENT].roles - {Role.MEMBER}
        for endpoint in ("evidence.finish", "evidence.give_up", "evidence.use")
    },
    ("desk.undo", Role.SUB_ADMINISTRATOR): "somebody else decided",
    ("dataprotection.decide", Role.BOARD): "the request is no appeal",
    ("desk.set_hidden", Role.DPO): "an empty form shows again, which others decide",
    ("desk.set_picture_hidden", Role.DPO): "an empty form shows again, which others decide",
    ("members.let_back_in", Role.GROUP_MANAGER): "somebody else may have suspended the person",
    ("intelligence.confirm", Role.ADMINISTRATOR): "they made the link themselves",
    **{
        (endpoint, Role.SPOC): "this scheme keeps its gallery from the police"
        for endpoint in (
            *("gallery.tell", "gallery.say_seen", "gallery.take_back_seen"),
            *("gallery.search", "gallery.near", "incidents.people"),
        )
    },
}
"""Forms about a thing of one's own scheme and Area that a role may not send, and why."""


def theirs(world: World, actor: Actor) -> dict[str, uuid.UUID]:
    """Make one of everything, with what only its own person may touch in this actor's hands."""
    ids = everything(world.here)
    with writing() as opened:
        opened.get_one(UserSession, ids["sign_in_id"]).member_id = actor.id
        opened.get_one(Passkey, ids["passkey_id"]).member_id = actor.id
        opened.get_one(PushPhone, ids["phone_id"]).member_id = actor.id
        opened.get_one(Premises, ids["premises_id"]).contact_id = actor.id
    if actor.role is Role.GROUP_MANAGER:
        return ids | {"member_id": world.here.actor("second_member").id}
    return ids


def _takes_all_away(door: Door) -> bool:
    """Put what takes the picture of all the others out of sight last; else their order stays."""
    return door.endpoint == "stills.withdraw"


@pytest.mark.parametrize("role", Role)
def test_a_role_sends_every_form_that_it_may(world: World, app: Flask, role: Role) -> None:
    actor = world.here.actor(WHO[role])
    sent, wrong = 0, []
    for door in sorted(doors(app, theirs(world, actor)), key=_takes_all_away):
        if door.method != "POST" or door.words & MADE_UP or not may_ever(actor, door.permission):
            continue
        seen = door.knock(ready(sign_in(app, actor))).status_code
        known = door.endpoint in SAY_NOTHING or (door.endpoint, role) in NOT_THEIRS
        wrong += [] if seen in ({401, 404} if known else OPENED) else [(door.endpoint, seen)]
        sent += 1
    assert wrong == [], wrong
    assert sent > 3
