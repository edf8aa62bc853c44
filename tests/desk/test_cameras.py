"""Cameras of the premises: listed, shown with their pictures, named."""

import re
import uuid

import pytest

from disc.core.database import db
from disc.core.transaction import writing
from disc.desk.views import cameras
from disc.matching.models import Camera, CameraStill, Finding
from disc.stills.models import Still
from disc.stills.service import hide_still
from tests.desk.pairing import paired, sent
from tests.pictures import picture
from tests.world import World


def a_camera(world: World, *, pictures: int = 2, name: str = "") -> uuid.UUID:
    """Make a camera of the first premises with pictures that reports brought."""
    stills = [
        sent(world.here.actor("member"), world.here.premises_id, picture(40 + seed))
        for seed in range(pictures)
    ]
    with writing():
        camera = Camera(
            scheme_id=world.here.scheme_id,
            premises_id=world.here.premises_id,
            number=1,
            name=name,
        )
        db.session.add(camera)
        db.session.flush()
        db.session.add_all(
            CameraStill(still_id=one, scheme_id=camera.scheme_id, camera_id=camera.id)
            for one in stills
        )
        return camera.id


def name_of(camera_id: uuid.UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Camera, camera_id).name


def test_the_desk_leads_to_the_cameras_by_premises(world: World) -> None:
    camera = a_camera(world)
    manager = world.browser("administrator")
    assert 'href="/desk/cameras"' in manager.get("/desk").text
    page = manager.get("/desk/cameras").text
    assert re.search(r"<h2[^>]*>Corner Foods</h2>", page)
    assert f'href="/desk/cameras/{camera}">Camera 1</a>' in page
    assert "2 pictures. No name yet" in page
    assert page.count('class="still"') == 1


def test_no_cameras_yet_is_said_in_words(world: World) -> None:
    assert "No cameras yet." in world.browser("administrator").get("/desk/cameras").text


def test_a_camera_shows_its_pictures_and_the_reports_they_came_with(world: World) -> None:
    camera = a_camera(world)
    page = world.browser("administrator").get(f"/desk/cameras/{camera}").text
    assert page.count('class="still"') == 2
    assert len(re.findall(r'href="/desk/reports/[0-9a-f-]{36}"', page)) == 2


def test_a_hidden_picture_is_neither_shown_nor_counted(world: World) -> None:
    camera = a_camera(world)
    with writing() as opened:
        still = opened.query(Still).order_by(Still.id.desc()).first()
        assert still
        hide_still(world.here.actor("administrator"), still, hidden=True)
    manager = world.browser("administrator")
    assert manager.get(f"/desk/cameras/{camera}").text.count('class="still"') == 1
    page = manager.get("/desk/cameras").text
    assert "1 picture. No name yet" in page
    assert page.count('class="still"') == 1


def test_many_pictures_are_shown_page_by_page(world: World, monkeypatch: object) -> None:
    camera = a_camera(world, pictures=5)
    monkeypatch.setattr(cameras, "PICTURES", 2)  # type: ignore[attr-defined]
    manager = world.browser("administrator")
    address, seen = f"/desk/cameras/{camera}", []
    while address:
        page = manager.get(address).text
        seen.append(re.findall(r'data-still="([0-9a-f-]+)"', page))
        more = re.search(r'href="([^"]+\?after=[^"]+)">Show more', page)
        address = more[1] if more else ""
    assert [len(one) for one in seen] == [2, 2, 1]
    shown = [one for page in seen for one in page]
    assert shown == sorted(set(shown), reverse=True)
    assert manager.get(f"/desk/cameras/{camera}?after=nothing").text.count('class="still"') == 2


def test_hidden_pictures_leave_no_gap_on_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = a_camera(world, pictures=5)
    monkeypatch.setattr(cameras, "PICTURES", 2)
    with writing() as opened:
        for still in opened.query(Still).order_by(Still.id.desc()).limit(3):
            hide_still(world.here.actor("administrator"), still, hidden=True)
    page = world.browser("administrator").get(f"/desk/cameras/{camera}").text
    assert page.count('class="still"') == 2
    assert "Show more" not in page


def test_a_picture_is_taken_out_and_the_last_one_takes_the_camera_along(world: World) -> None:
    camera = a_camera(world)
    first, second = (still.id for still in db.session.query(Still).order_by(Still.id))
    manager = world.browser("administrator")
    address = f"/desk/cameras/{camera}"
    page = manager.get(address).text
    out = f"{address}/pictures/{second}/out"
    assert f'action="{out}"' in page
    assert re.search(r"Take out<span[^>]*> the picture of report R", page)
    answer = manager.post(out)
    assert (answer.status_code, answer.location) == (303, address)
    page = manager.get(address).text
    assert "The picture is out of the camera. The computer will not put it back." in page
    assert f'data-still="{second}"' not in page
    assert manager.post(out).status_code == 404
    assert manager.post(f"{address}/pictures/{first}/out").location == "/desk/cameras"
    assert "No cameras yet." in manager.get("/desk/cameras").text


def test_a_camera_is_named_and_the_name_taken_back(world: World) -> None:
    camera = a_camera(world)
    manager = world.browser("administrator")
    address = f"/desk/cameras/{camera}"
    manager.get(address)
    assert manager.post(f"{address}/name", {"name": "  Front  door "}).location == address
    assert name_of(camera) == "Front door"
    assert "<h1>Front door, Corner Foods</h1>" in manager.get(address).text
    assert "No name yet" not in manager.get("/desk/cameras").text
    manager.post(f"{address}/name", {"name": ""})
    assert name_of(camera) == ""
    assert "<h1>Camera 1, Corner Foods</h1>" in manager.get(address).text


def test_a_name_that_is_too_long_is_kept_on_the_page_and_not_saved(world: World) -> None:
    camera = a_camera(world, name="Tills")
    manager = world.browser("administrator")
    manager.get(f"/desk/cameras/{camera}")
    typed = "A camera with a very long name " * 3
    answer = manager.post(f"/desk/cameras/{camera}/name", {"name": typed, "then": "x"})
    assert answer.status_code == 422
    assert "Use at most 60 letters for the name." in answer.text
    assert typed.strip() in answer.text
    assert name_of(camera) == "Tills"


def test_after_naming_one_goes_on_only_to_a_pair_that_still_waits(world: World) -> None:
    camera = a_camera(world)
    first, second = list(db.session.query(Still).order_by(Still.id))
    pair = paired(first.id, second.id, Finding.SAME_STILL)
    manager = world.browser("administrator")
    address = f"/desk/cameras/{camera}"
    manager.get(address)
    named = {"name": "Tills", "then": str(pair)}
    assert manager.post(f"{address}/name", named).location == f"/desk/duplicates/{pair}"
    manager.post(f"/desk/duplicates/{pair}/judge", {"verdict": "different"})
    for then in (str(pair), str(uuid.uuid4()), "https://example.org/"):
        assert manager.post(f"{address}/name", {"name": "Tills", "then": then}).location == address


def test_who_does_not_run_the_scheme_sees_no_camera(world: World) -> None:
    camera = a_camera(world)
    for who in ("member", "board", "spoc", "dpo"):
        browser = world.browser(who)
        for address in ("/desk/cameras", f"/desk/cameras/{camera}"):
            assert browser.get(address).status_code == 404, (who, address)
    other = world.browser("administrator", world.there)
    assert other.get(f"/desk/cameras/{camera}").status_code == 404
    assert other.post(f"/desk/cameras/{camera}/name", {"name": "Mine"}).status_code == 404
    assert "No cameras yet." in other.get("/desk/cameras").text
    assert name_of(camera) == ""
