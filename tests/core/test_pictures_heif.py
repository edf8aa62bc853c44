import base64
import io
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from disc.core.pictures import (
    AnimatedPicture,
    DamagedPicture,
    Limits,
    TooManyPixels,
    heif,
    render,
    take_in,
)

# Two drawn pictures of 96 by 64 pixels, a third of them red at the left, the rest blue. The second
# says that its camera was turned, so that red belongs at the top. No encoder is installed.
LEVEL = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAABuwABAAAAAAAAAC0AAgAAAAAB6AABAAAAAAAAAHYAAAA4aWlu"
    "ZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA"
    "1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAi"
    "QAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAA"
    "AAAAAAABAAEEgQIDBAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAq21kYXQAAAApKAGvE4DlM8Cf/94KP/5I"
    "c8Pvi3yv/1gN0fvEO//KrbqrBf/y1ZZe4cAAAAAGRXhpZgAATU0AKgAAAAgAAwESAAMAAAABAAEAAAEyAAIAAAAU"
    "AAAAModpAAQAAAABAAAARgAAAAAyMDI2OjAxOjAyIDAzOjA0OjA1AAABkAMAAgAAABQAAABYAAAAADIwMjY6MDE6"
    "MDIgMDM6MDQ6MDUA"
)
TURNED = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAABxQABAAAAAAAAAC0AAgAAAAAB8gABAAAAAAAAAHYAAAA4aWlu"
    "ZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA"
    "4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAi"
    "QAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAMA"
    "AAAYaXBtYQAAAAAAAAABAAEFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAKttZGF0AAAAKSgBrxOA"
    "5TPAn//eCj/+SHPD74t8r/9YDdH7xDv/yq26qwX/8tWWXuHAAAAABkV4aWYAAE1NACoAAAAIAAMBEgADAAAAAQAG"
    "AAABMgACAAAAFAAAADKHaQAEAAAAAQAAAEYAAAAAMjAyNjowMTowMiAwMzowNDowNQAAAZADAAIAAAAUAAAAWAAA"
    "AAAyMDI2OjAxOjAyIDAzOjA0OjA1AA=="
)


def corners(data):
    view = Image.open(io.BytesIO(render(data, ())["view"].bytes))
    right, bottom = view.width - 5, view.height - 5
    return [
        "red" if view.getpixel(at)[0] > 150 else "blue" for at in ((5, 5), (right, 5), (5, bottom))
    ]


def test_an_iphone_photo_is_taken_in():
    taken = take_in(LEVEL)
    assert (taken.format, taken.width, taken.height) == ("HEIF", 96, 64)
    assert corners(LEVEL) == ["red", "blue", "red"]
    assert taken.thumb.mime == "image/jpeg"


def test_an_iphone_photo_is_turned_once():
    taken = take_in(TURNED)
    assert (taken.width, taken.height) == (64, 96)
    assert corners(TURNED) == ["red", "red", "blue"]


def test_the_time_of_an_iphone_photo_is_read():
    assert take_in(LEVEL).captured_at == datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001


@pytest.mark.parametrize("length", [40, 200, 500])
def test_an_iphone_photo_that_ends_early_is_refused(length):
    with pytest.raises(DamagedPicture):
        take_in(LEVEL[:length])


def test_an_iphone_photo_with_too_many_pixels_is_refused():
    with pytest.raises(TooManyPixels):
        take_in(LEVEL, Limits(max_pixels=6_000))


def test_a_moving_heif_is_refused():
    with pytest.raises(AnimatedPicture):
        take_in(LEVEL.replace(b"ftypheic", b"ftyphevc"))


# Found by a fuzzer: the library's code in C reads where it may not, and its process ends.
ENDS_ITS_DECODER = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAABuwABAAAAAAAAAC0AAgAAAAAB6AABAAAAAAAAAHYAAAA4aWluZgAAAAAA"
    "AgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAAB/////AAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3"
    "aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAr"
    "QgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAAB"
    "AA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAABpp"
    "cmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAq21kYXQAAAApKAGvE4DlM8Cf/94KP/5Ic8Pvi3yv/1gN0fvEO//KrbqrBf/y"
    "1ZZe4cAAAAAGRXhpZgAATU0AKgAAAAgAAwESAAMAAAABAAEAAAEyAAIAAAAUAAAAModpAAQAAAABAAAARgAAAAAyMDI2"
    "OjAxOjAyIDAzOjA0OjA1AAABkAMAAgAAABQAAABYAAAAADIwMjY6MDE6MDIgMDM6MDQ6MDUA"
)


def test_a_photo_that_ends_its_decoder_is_refused_and_ends_nothing_else():
    with pytest.raises(DamagedPicture):
        take_in(ENDS_ITS_DECODER)
    assert take_in(LEVEL).width == 96


def test_the_decoder_is_told_how_many_pixels_there_may_be():
    with pytest.raises(TooManyPixels):
        take_in(LEVEL, Limits(max_pixels=96 * 64 - 1))


def test_a_photo_is_decoded_beside_the_loop_of_a_server():
    """gevent waits for processes on its first thread alone; pictures are decoded on others."""
    script = (
        "from gevent import monkey\nmonkey.patch_all()\n"
        "import sys\n"
        "from disc.core.offload import offload\n"
        "from disc.core.pictures import take_in\n"
        "data = sys.stdin.buffer.read()\n"
        "print([offload(take_in, data).format for _ in range(3)])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], input=LEVEL, capture_output=True, check=True
    )
    assert run.stdout.strip() == b"['HEIF', 'HEIF', 'HEIF']"


@pytest.mark.parametrize(
    "does",
    [
        "while True: sys.stdout.buffer.write(b'x' * 65536)",
        "time.sleep(60)",
        "sys.stdin.buffer.read(); time.sleep(60)",
        "sys.stdin.buffer.read(); sys.stdout.buffer.write(b'x' * 60000)",
    ],
)
def test_a_decoder_that_writes_without_end_or_hangs_is_ended(does, tmp_path, monkeypatch):
    program = tmp_path / "decoder.py"
    program.write_text(f"import sys, time\n{does}\n")
    monkeypatch.setattr(heif, "PROGRAM", str(program))
    monkeypatch.setattr(heif, "PATIENCE", 1)
    monkeypatch.setattr(heif, "HEAD", 1024)
    began, ends = time.monotonic(), len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(DamagedPicture):
        heif.open_heif(LEVEL * 500, 96 * 64)
    assert time.monotonic() - began < 50
    assert len(list(Path("/proc/self/fd").iterdir())) == ends
