"""On a running server: a picture that goes leaves the pages that are open, in every worker."""

import json
import uuid
from contextlib import ExitStack

from tests.alerts.test_sockets import QUIET, _in_every_worker, _never
from tests.alerts.wire import PATIENCE, Ear, Person, Server

Gallery = tuple[Server, list[tuple[uuid.UUID, uuid.UUID]]]


def test_a_withdrawn_picture_leaves_open_pages_in_every_worker(gallery: Gallery) -> None:
    server, pictures = gallery
    still_id = pictures[0][1]
    owner, reader = server.person("second_member"), server.person("member")
    with ExitStack() as stack:
        ears = _in_every_worker(server, reader, stack)
        links = _links(reader, pictures[0][0])
        assert owner.post(f"/pictures/{still_id}/withdraw")[0] == 303
        for ear in ears:
            assert ear.hear(PATIENCE) == ("picture_gone", {"id": str(still_id)})
        assert reader.ask("GET", links[0])[0] == 404


def test_another_scheme_hears_nothing_of_it_and_cannot_withdraw(gallery: Gallery) -> None:
    server, pictures = gallery
    still_id = pictures[1][1]
    there = server.person("member", "there")
    with Ear(server.person("member"), _never()) as near, Ear(there, _never()) as other:
        assert there.post(f"/pictures/{still_id}/withdraw")[0] == 404
        assert near.hear(QUIET) == ("silence", None)
        assert server.person("second_member").post(f"/pictures/{still_id}/withdraw")[0] == 303
        assert near.hear(PATIENCE)[0] == "picture_gone"
        assert other.hear(QUIET) == ("silence", None)


def test_a_hidden_picture_a_hidden_person_and_an_edit_go_the_same_way(gallery: Gallery) -> None:
    server, pictures = gallery
    manager = server.person("administrator")
    with Ear(server.person("member"), _never()) as ear:
        subject_id, still_id = pictures[2]
        hidden = f"/people/{subject_id}/pictures/{still_id}/hidden"
        assert manager.post(hidden, hidden="yes")[0] == 303
        assert ear.hear(PATIENCE) == ("picture_gone", {"id": str(still_id)})
        subject_id, still_id = pictures[3]
        assert manager.post(f"/people/{subject_id}/hidden", hidden="yes")[0] == 303
        assert ear.hear(PATIENCE) == ("picture_changed", {"id": str(still_id)})
        still_id = pictures[4][1]
        steps = json.dumps([["turn", 1]])
        saved = manager.post(f"/desk/stills/{still_id}/edit", steps=steps, version="0", do="save")
        assert saved[0] == 303
        assert ear.hear(PATIENCE) == ("picture_changed", {"id": str(still_id)})
        assert ear.hear(QUIET) == ("silence", None)


def test_when_others_see_a_gallery_open_pages_of_its_scheme_ask_about_their_pictures(
    gallery: Gallery,
) -> None:
    server, _ = gallery
    manager, there = server.person("administrator"), server.person("member", "there")
    said = {"name": "Banned", "description": "", "expiry_months": "6", "sorted_by": "newest"}
    with Ear(server.person("member"), _never()) as near, Ear(there, _never()) as other:
        assert manager.post("/desk/galleries", **said, seen_by="restricted")[0] == 303
        assert near.hear(PATIENCE) == ("check_pictures", {})
        assert other.hear(QUIET) == ("silence", None)


def _links(reader: Person, subject_id: uuid.UUID) -> list[str]:
    page = reader.ask("GET", f"/gallery/{subject_id}")[2]
    return [part.split('"', 1)[0] for part in page.split('src="')[1:] if part.startswith("/img/")]
