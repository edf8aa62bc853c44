import io

import pytest
from PIL import Image, ImageChops, ImageStat, JpegImagePlugin

from disc.core.pictures import pattern_of, render, take_in
from disc.core.pictures import watermark as mark
from disc.core.pictures.hidden import IN_THUMB, NO_CHANGE, PATTERN_BYTES, spread

CODE, AT = "K7Q2-9F4M", "21 Nov 2026 14:05"
KEY = bytes(32)
LABEL_HEIGHT = 30


def taken(width=960, height=720, level=128):
    out = io.BytesIO()
    Image.new("RGB", (width, height), (level, level, level)).save(out, "PNG")
    return render(out.getvalue(), ())


def watermark(rendition, code, at):
    return mark(rendition, code, at, pattern_of(KEY, code))


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def change(before, after):
    return ImageChops.difference(opened(before).convert("L"), opened(after).convert("L"))


@pytest.mark.parametrize("name", ["thumb", "view"])
def test_a_marked_picture_keeps_its_size_and_kind(name):
    rendition = taken()[name]
    marked = opened(watermark(rendition.bytes, CODE, AT))
    assert (marked.size, marked.format) == ((rendition.width, rendition.height), "JPEG")


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("name", ["thumb", "view"])
def test_every_part_of_the_picture_carries_the_mark_on_any_ground(name, level):
    rendition = taken(level=level)[name]
    difference = change(rendition.bytes, watermark(rendition.bytes, CODE, AT))
    wide, high = rendition.width // 2, rendition.height // 2
    for left in (0, wide):
        for top in (0, high):
            part = difference.crop((left, top, left + wide, top + high))
            assert part.getextrema()[1] >= 10


def test_the_repeated_mark_is_faint():
    rendition = taken()["view"]
    difference = change(rendition.bytes, watermark(rendition.bytes, CODE, AT))
    above = difference.crop((0, 0, rendition.width, rendition.height - 2 * LABEL_HEIGHT))
    assert above.getextrema()[1] <= 60
    assert ImageStat.Stat(above).mean[0] < 5


def test_the_corner_is_legible():
    rendition = taken()["thumb"]
    marked = opened(watermark(rendition.bytes, CODE, AT)).convert("L")
    corner = marked.crop((0, marked.height - 12, 120, marked.height))
    darkest, lightest = corner.getextrema()
    assert darkest < 60
    assert lightest > 190


def test_two_viewers_and_two_minutes_get_three_different_pictures():
    thumb = taken()["thumb"].bytes
    marks = {watermark(thumb, *who) for who in ((CODE, AT), ("OTHER", AT), (CODE, "later"))}
    assert len(marks) == 3


def test_one_viewer_in_one_minute_gets_one_picture():
    thumb = taken()["thumb"].bytes
    assert watermark(thumb, CODE, AT) == watermark(thumb, CODE, AT)


@pytest.mark.parametrize("size", [(48, 48), (48, 400), (1200, 60), (1, 1)])
def test_the_smallest_and_the_narrowest_pictures_can_be_marked(size):
    out = io.BytesIO()
    Image.new("RGB", size, "grey").save(out, "JPEG")
    assert opened(watermark(out.getvalue(), CODE, AT)).size == size


def test_a_narrow_picture_is_labelled_up_its_side():
    out = io.BytesIO()
    Image.new("RGB", (40, 240), "grey").save(out, "JPEG")
    marked = opened(watermark(out.getvalue(), CODE, AT)).convert("L")
    assert sum(marked.getpixel((1, row)) < 60 for row in range(240)) > 120


def test_the_mark_adds_no_words_to_the_file():
    marked = watermark(taken()["thumb"].bytes, CODE, AT)
    assert CODE.encode() not in marked
    assert not opened(marked).getexif()
    assert "comment" not in opened(marked).info


def test_a_marked_thumbnail_of_the_busiest_picture_is_small():
    noise = Image.effect_noise((1600, 1200), 60)
    out = io.BytesIO()
    Image.merge("RGB", (noise, noise, noise)).save(out, "JPEG")
    thumb = take_in(out.getvalue()).thumb
    assert len(watermark(thumb.bytes, CODE, AT)) <= 6 * 1024


def test_a_mark_costs_the_picture_no_second_rounding():
    thumb = taken()["thumb"].bytes
    before, after = opened(thumb), opened(watermark(thumb, CODE, AT))
    assert isinstance(before, JpegImagePlugin.JpegImageFile)
    assert before.quantization == after.quantization


def test_words_that_no_letter_shape_exists_for_do_not_stop_the_mark():
    assert watermark(taken()["thumb"].bytes, "李\u202e\x00", "")


@pytest.mark.parametrize("name", ["thumb", "view"])
def test_a_hidden_mark_changes_a_flat_picture_by_hardly_a_level(name):
    light = opened(taken()[name].bytes).convert("L")
    added = spread(pattern_of(KEY, CODE), light)
    least, most = added.getextrema()
    assert NO_CHANGE - least <= IN_THUMB[0]
    assert most - NO_CHANGE <= IN_THUMB[0]
    assert ImageStat.Stat(added).stddev[0] > 0.4


def test_a_hidden_mark_is_another_for_another_viewer_and_another_picture():
    found = {pattern_of(key, code) for key in (KEY, b"k" * 32) for code in (CODE, "OTHER")}
    assert len(found) == 4
    assert {len(one) for one in found} == {PATTERN_BYTES}
