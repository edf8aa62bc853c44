"""Files that are too large, no pictures, or named to do harm."""

import io
import struct
import zlib

from tests.browsers import Browser
from tests.incidents.test_reporting import count, fields, photo, send
from tests.pictures import picture
from tests.world import World

MEGABYTE = 1024 * 1024


def png_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims to have so many pixels."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + body
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(body))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0" * 100
    )


def refused(world: World, data: bytes, name: str = "still.jpg") -> tuple[int, str]:
    from disc.incidents.models import Incident

    page = send(world.browser("member"), fields(world, pictures=[(io.BytesIO(data), name)]))
    assert count(Incident) == 0
    assert "They said: you will not stop me." in page.text
    return page.status_code, page.text


def test_a_photo_of_more_than_40_megabytes_is_refused_and_the_words_are_kept(world: World) -> None:
    status, text = refused(world, picture(1) + b"\0" * 41 * MEGABYTE)
    assert status == 413
    assert "40 MB" in text


def test_a_picture_of_900_megapixels_is_refused_unopened(world: World) -> None:
    status, _ = refused(world, png_header(30_000, 30_000), "large.png")
    assert status == 422


def test_an_animated_picture_a_web_page_and_half_a_picture_are_refused(world: World) -> None:
    from PIL import Image

    frames = [Image.new("RGB", (80, 80), (shade, 0, 0)) for shade in (0, 120, 240)]
    moving = io.BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    for data in (moving.getvalue(), b"<html><script>alert(1)</script>", picture(1)[:4000]):
        assert refused(world, data)[0] == 422


def test_a_hostile_file_name_is_only_a_name(world: World) -> None:
    name = "../../../<script>alert(1)</script>.jpg"
    answer = send(world.browser("member"), fields(world, pictures=[photo(1, name)]))
    assert answer.status_code == 303


def test_script_in_the_words_is_shown_as_words(world: World) -> None:
    member = world.browser("member")
    words = "<script>alert(1)</script> {{ 7 * 7 }}"
    page = member.get(send(member, fields(world, words=words)).headers["Location"])
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in page.text


def test_ten_thousand_letters_are_taken_and_one_more_is_refused(world: World) -> None:
    member = world.browser("member")
    assert send(member, fields(world, words="a" * 10_000)).status_code == 303
    page = send(member, fields(world, words="a" * 10_001))
    assert page.status_code == 422
    assert "Use at most 10,000 characters." in page.text


def test_a_stranger_cannot_make_the_server_read_a_large_body(browser: Browser) -> None:
    browser.get("/sign-in")
    for path, status in (("/report", 401), ("/sign-in", 413)):
        answer = browser.post(
            path,
            {"email": "a", "file": (io.BytesIO(b"a" * 2 * MEGABYTE), "f.jpg")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == status, path


def test_seven_photos_are_too_many(world: World) -> None:
    page = send(world.browser("member"), fields(world, pictures=[photo(n) for n in range(7)]))
    assert page.status_code == 422
    assert "Add at most 6 photos" in page.text


def test_a_session_that_ended_while_typing_says_how_to_go_on(world: World) -> None:
    member = world.browser("member")
    member.get("/report")
    token = member.token
    member.post("/sign-out")
    member.token = token
    page = member.post("/report", fields(world), content_type="multipart/form-data")
    assert page.status_code == 401
    assert "Your sign-in has ended." in page.text
