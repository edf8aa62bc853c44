"""Who must first accept the rules opens no socket, and loses the one they had."""

import re

from tests.alerts.wire import PATIENCE, Ear, Person, Server

QUIET = 0.6
NEVER = "2999-01-01T00:00:00+00:00"
"""A moment after which there is nothing to replay."""
SHOWN = re.compile(r'name="shown" value="([^"]+)"')


def accept(person: Person) -> None:
    _, _, page = person.ask("GET", "/rules")
    [shown] = SHOWN.findall(page)
    assert person.post("/rules", shown=shown, accepted=shown)[0] == 303


def test_a_new_version_closes_sockets_at_once_until_it_is_accepted(server: Server) -> None:
    manager, reader = server.person("administrator"), server.person("second_member")
    elsewhere = server.person("member", "there")
    assert reader.handshake() == 101
    with Ear(reader, NEVER) as ear, Ear(elsewhere, NEVER) as other:
        manager.ask("GET", "/desk/rules/rules/new")
        words = {"title": "Rules", "body": "Never share a picture.", "after": "0", "publish": "y"}
        assert manager.post("/desk/rules/rules/new", **words)[0] == 303
        assert ear.hear(PATIENCE) == ("closed", None)
        assert other.hear(QUIET) == ("silence", None)
    assert reader.handshake() == 401
    assert manager.handshake() == 401
    status, _, said = reader.ask("GET", "/alerts/live", Accept="application/json")
    assert (status, "gate-first" in said) == (403, True)
    sender = server.person("member")
    assert sender.ask("GET", "/alerts/new")[0] == 302
    accept(reader)
    accept(sender)
    with Ear(reader, NEVER) as ear:
        alert_id = sender.raise_alert()
        event, news = ear.hear(PATIENCE)
        assert (event, news["id"]) == ("alert", alert_id)
