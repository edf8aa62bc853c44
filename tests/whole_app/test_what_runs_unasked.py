"""What runs without a person: each job, each hourly sweep, each command, and why that is safe."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, get_type_hints

import click
import pytest
from flask import Flask
from sqlalchemy.exc import NoResultFound

from disc.core import jobs, live
from disc.core.database import new_id
from disc.core.jobs import queue_for
from disc.core.outbox import Event, _listeners
from tests.whole_app.everything import everything
from tests.whole_app.rows import all_rows
from tests.world import World

LISTENERS = {
    "members.listeners.close_sockets": "ends what a person who was permitted has ended",
    "members.listeners.open_sockets_again": "closes sockets; they open anew under today's rights",
    "members.listeners.hold_who_must_accept": "closes sockets; they open anew under today's rights",
    "members.listeners.send_message": "sends what was written in a permitted act, to its address",
    "members.listeners.answer_reset": "answers anybody alike, and writes to the member alone",
    "members.listeners.send_to_phones": "sends neutral words to those whom a permitted act tells",
    "stills.listeners.tell_gone": "tells ids; each socket is asked whether it may see pictures",
    "stills.listeners.tell_changed": "tells ids; each socket is asked whether it may see pictures",
    "stills.listeners.tell_many_changed": "tells a scheme; each open page asks what it may see",
    "stills.listeners.delete_files": "removes files that no key opens any more",
    "stills.listeners.delete_files_of_before": "removes files that an edit put others in place of",
    "matching.listeners.compare_with_earlier": "compares pictures of one scheme; a person decides",
    "matching.listeners.compare_shown_again": "compares pictures of one scheme; a person decides",
    "matching.listeners.forget_withdrawn": "removes what was known of a withdrawn picture",
    "matching.listeners.forget": "removes what was known of an erased picture",
    "gallery.listeners.tell_erased": "tells an id; each process forgets whose it was",
    "incidents.listeners.forget_who_was_known": "forgets hints about a person who was erased",
    "incidents.listeners.push_moved": "tells the phones of whoever sent the report, and no words",
    "incidents.listeners.tell_moved": "tells an id; only the reporter's sockets hear it",
    "printing.listeners.forget_erased": "calls back paper with a person who was erased",
    "printing.listeners.call_back_gone": "calls back paper with a picture that was taken out",
    "printing.listeners.call_back_changed": "calls back paper with a picture that was changed",
    "printing.listeners.call_back_many": "calls back paper of a gallery that was changed",
    "printing.listeners.call_back_wrong_words": "calls back paper that says what holds no more",
    "boxes.listeners.put_original_in_its_place": "opens photos of a report that a stamp let in",
    "boxes.listeners.put_originals_together": "opens photos of a report that a stamp let in",
    "boxes.listeners.delete_parts": "removes sealed parts of a box that is done with",
    "exclusions.listeners.erase_with_subject": "erases with a person whom a permitted act erased",
    "intelligence.listeners.suggest_company": "suggests a link; a person decides",
    "intelligence.listeners.erase_with_subject": "erases with a person whom a permitted act erased",
    "alerts.listeners.tell_raised": "tells ids; each socket is asked whether it may have them",
    "alerts.listeners.push_raised": "tells those whom the raiser was permitted to warn",
    "alerts.listeners.tell_answered": "tells ids; each socket is asked whether it may have them",
    "alerts.listeners.tell_closed": "tells ids; each socket is asked whether it may have them",
    "evidence.listeners.join_videos": "joins what a member sent to the report of the same member",
    "evidence.listeners.note_shared": "writes down what a manager did",
    "evidence.listeners.delete_pieces": "removes files that no key opens any more",
    "desk.listeners.carry_out": "does what a person decided, if they may still decide it",
    "desk.listeners.tell_changed": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_moved": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_amended": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_reported": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_pair": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_pairs_gone": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_answers": "tells ids; each socket is asked whether it moderates",
    "desk.listeners.tell_joiner": "tells ids; each socket is asked whether it moderates",
    "importing.listeners.import_lines": "takes in a file that an Administrator confirmed",
    "importing.listeners.remove_lines": "takes back an import as an Administrator asked",
    "api.listeners.tell_system": "writes down news for the system that sent the report",
    "api.listeners.send_news": "sends ids and a state, to the address that the scheme gave",
    "dataprotection.listeners.go_on_checking": "reads the chain of the scheme that asked",
    "dataprotection.listeners.look_at_leak": "looks at the picture that the scheme's DPO brought",
    "dataprotection.listeners.tell_of_too_many_pictures": "tells those who watch over the scheme",
}
"""Every listener of the outbox. Whoever published the event was permitted to do what it tells."""
HOURLY = {
    "disc.members.listeners.give_up_messages": "changes the state of messages by their age",
    "disc.members.listeners.ask_who_still_works_there": "writes to the contact on record",
    "disc.stills.listeners.hide_on_their_day": "hides by the day that each picture has",
    "disc.gallery.listeners.mark_looks": "makes digests of what a record says already",
    "disc.stills.listeners.sweep_orphans": "removes files that no row names",
    "disc.evidence.listeners.sweep_pieces": "removes files that no row names",
    "disc.boxes.listeners.give_up_waiting": "closes boxes by their age",
    "disc.boxes.listeners.sweep_parts": "removes files that no open box waits for",
    "disc.boxes.listeners.renew_keys": "makes and deletes keys by their age; shows none",
    "disc.dataprotection.listeners.sweep": "hides and erases by the day that each record has",
    "disc.desk.listeners.forget_old_decisions": "deletes by age what has no effect any more",
    "disc.api.listeners.forget_old_keys": "deletes keys and news by their age",
    "disc.dataprotection.listeners.check_audit": "reads each chain, and notes what it found",
}
"""Every hourly sweep. None takes anything from outside."""
FOLLOWERS = {
    "alert": "asks the policy for each socket",
    "alert_changed": "asks the policy for each socket",
    "alert_closed": "asks the policy for each socket",
    "gap": "asks the policy for each socket",
    "pictures_changed": "asks the policy for each socket; what is seen then, each page asks",
    "picture_changed": "asks the policy for each socket; what is seen then, each page asks",
    "report_moved": "goes to the sockets of the reporter alone",
    "picture_gone": "asks the policy for each socket",
    "queue_changed": "asks the policy for each socket",
    "subject_erased": "forgets names of somebody erased",
}
"""News that server processes tell each other."""
TASKS = {"deliver_row", "sweep", "on_the_hour"}
"""What the queue itself may run: rows of the outbox, and the clock."""
COMMANDS = {
    "audit head": "prints digests",
    "audit verify": "prints digests and numbers of links",
    "audit viewer": "writes down that the operator asked",
    "backup": "copies what stays sealed, keys apart",
    "keys export": "seals the key under a passphrase",
    "keys restore": "only where there is no key",
    "keys rotate": "wraps keys anew; nothing is shown",
    "matching rebuild": "makes fingerprints again; nothing is shown",
    "member new-way-in": "takes every way in from one person, and writes it down",
    "migrate": "changes tables, shows no row",
    "outbox": "prints ids and plain words",
    "prepare": "makes what is missing; changes no real scheme",
    "restore": "only into an empty installation",
    "scheme create": "makes a new scheme; its Administrator joins by a link",
    "worker": "runs the jobs above",
}
"""Every command. Whoever runs one has the server, its key and its database already."""


def test_every_listener_is_declared(app: Flask) -> None:
    assert app
    assert set(_listeners) == set(LISTENERS)


def test_every_hourly_sweep_is_declared(app: Flask) -> None:
    assert app
    assert {f"{work.__module__}.{work.__name__}" for work in jobs._hourly} == set(HOURLY)


def test_every_kind_of_news_between_processes_is_declared(app: Flask) -> None:
    assert app
    assert set(live._followers) == set(FOLLOWERS)


def test_every_task_of_the_queue_is_declared(app: Flask) -> None:
    registered = queue_for(app)._registry._registry
    assert {name.rsplit(".", 1)[-1] for name in registered} == TASKS


def test_every_command_is_declared(app: Flask) -> None:
    assert set(_commands(app.cli.commands["disc"])) == set(COMMANDS)


@pytest.mark.parametrize("name", LISTENERS)
def test_an_event_about_nothing_changes_nothing(world: World, name: str) -> None:
    everything(world.here)
    before = all_rows()
    with suppress(NoResultFound, ValueError):
        _listeners[name].hear(_about_nothing(_listeners[name].event))
    assert all_rows() == before


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, (*path, name))
    else:
        yield " ".join(path)


def _about_nothing(event: type[Event]) -> Event:
    """Make an event whose ids name no row."""
    made: dict[str, Any] = {}
    for field, kind in get_type_hints(event).items():
        made[field] = new_id() if kind is uuid.UUID else kind(0) if kind is int else "nothing"
    return event(**made)
