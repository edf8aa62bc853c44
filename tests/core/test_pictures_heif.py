import base64
import io
from datetime import datetime

import pytest
from PIL import Image

from disc.core.pictures import AnimatedPicture, DamagedPicture, Limits, TooManyPixels, take_in

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


def corners(taken):
    view = Image.open(io.BytesIO(taken.renditions["view"].bytes))
    right, bottom = view.width - 5, view.height - 5
    return [
        "red" if view.getpixel(at)[0] > 150 else "blue" for at in ((5, 5), (right, 5), (5, bottom))
    ]


def test_an_iphone_photo_is_taken_in():
    taken = take_in(LEVEL)
    assert (taken.format, taken.width, taken.height) == ("HEIF", 96, 64)
    assert corners(taken) == ["red", "blue", "red"]
    assert taken.renditions["view"].mime == "image/jpeg"


def test_an_iphone_photo_is_turned_once():
    taken = take_in(TURNED)
    assert (taken.width, taken.height) == (64, 96)
    assert corners(taken) == ["red", "red", "blue"]


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
