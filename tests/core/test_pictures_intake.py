import hashlib
import io
import random
import struct
import subprocess
import sys
import zlib
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from disc.core.errors import DiscError
from disc.core.pictures import (
    AnimatedPicture,
    DamagedPicture,
    Limits,
    NotAPicture,
    PictureTooLarge,
    PictureTooSmall,
    TooManyPixels,
    pixel_sha256,
    render,
    take_in,
)
from disc.core.pictures.kinds import jpeg_scans

RED, BLUE = (220, 40, 40), (40, 60, 200)
GPS_IFD = 0x8825
EXIF_IFD = 0x8769


def drawn(width=320, height=200):
    """Red on the left, blue on the right, so that a turn shows."""
    picture = Image.new("RGB", (width, height), BLUE)
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height), fill=RED)
    return picture


def busy(width=1600, height=1200):
    noise = Image.effect_noise((width, height), 60)
    return Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise))


def encoded(picture, kind="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def decoded(rendition):
    picture = Image.open(io.BytesIO(rendition.bytes))
    picture.load()
    return picture


def near(pixel, colour):
    return all(abs(one - other) < 24 for one, other in zip(pixel, colour, strict=True))


def exif(orientation=1, taken="2026:11:20 14:05:09"):
    held = Image.Exif()
    held[0x0112] = orientation
    held[0x010F] = "Secretphone"
    held.get_ifd(EXIF_IFD)[0x9003] = taken
    held.get_ifd(GPS_IFD)[1] = "N"
    held.get_ifd(GPS_IFD)[2] = (51.0, 30.0, 12.0)
    return held


def png_claiming(width, height):
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    parts = chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_known_by_its_content(kind):
    taken = take_in(encoded(drawn(), kind))
    assert (taken.format, taken.width, taken.height) == (kind, 320, 200)
    assert set(render(encoded(drawn(), kind), ())) == {"thumb", "view"}


def test_the_hashes_are_of_the_file_and_of_its_upright_pixels():
    data = encoded(drawn(), "PNG")
    taken = take_in(data)
    assert taken.sha256 == hashlib.sha256(data).hexdigest()
    assert pixel_sha256(data) == hashlib.sha256(drawn().tobytes()).hexdigest()


def test_a_tall_picture_is_hashed_as_one():
    picture = busy(64, 1111)
    assert pixel_sha256(encoded(picture, "PNG")) == hashlib.sha256(picture.tobytes()).hexdigest()


def test_two_files_with_one_picture_agree_on_its_pixels():
    loose = encoded(drawn(), "PNG", compress_level=1)
    tight = encoded(drawn(), "WEBP", lossless=True)
    assert take_in(loose).sha256 != take_in(tight).sha256
    assert pixel_sha256(loose) == pixel_sha256(tight)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_the_camera_was_held(orientation):
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    picture = drawn()
    lying = picture.transpose(stored[orientation]) if orientation > 1 else picture
    data = encoded(lying, "PNG", exif=exif(orientation))
    taken = take_in(data)
    assert (taken.width, taken.height) == picture.size
    assert pixel_sha256(data) == hashlib.sha256(picture.tobytes()).hexdigest()
    assert near(decoded(taken.thumb).getpixel((10, 10)), RED)


def test_nothing_but_pixels_leaves_in_a_rendition():
    data = encoded(
        busy(),
        exif=exif(),
        comment=b"secret comment",
        icc_profile=b"secret profile" * 20,
        xmp=b"<x>secret</x>",
    )
    data += b"<script>secret</script>PK\x03\x04"
    for rendition in (take_in(data).thumb, *render(data, ()).values()):
        picture = decoded(rendition)
        assert not picture.getexif()
        assert {"icc_profile", "comment", "exif", "xmp"}.isdisjoint(picture.info)
        assert b"secret" not in rendition.bytes.lower()
        assert rendition.bytes.endswith(b"\xff\xd9")


def test_text_in_a_png_does_not_reach_a_rendition():
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "secret author")
    data = encoded(drawn(), "PNG", pnginfo=note)
    made = take_in(data).thumb, *render(data, ()).values()
    assert all(b"secret" not in one.bytes for one in made)


def test_the_renditions_have_their_sizes_and_their_kind():
    made = render(encoded(busy(3000, 2000)), ())
    thumb, view = made["thumb"], made["view"]
    assert (view.width, view.height, view.mime) == (1280, 853, "image/jpeg")
    assert max(thumb.width, thumb.height) <= 240
    assert decoded(view).size == (view.width, view.height)
    assert decoded(view).mode == "RGB"


def test_the_busiest_thumbnail_is_still_small():
    assert len(take_in(encoded(busy())).thumb.bytes) <= 4_400


def test_a_plain_thumbnail_has_its_full_size():
    thumb = take_in(encoded(drawn(960, 720))).thumb
    assert (thumb.width, thumb.height) == (240, 180)


def test_a_small_photo_is_not_enlarged():
    made = render(encoded(drawn(100, 80)), ())
    assert {(one.width, one.height) for one in made.values()} == {(100, 80)}


def test_a_very_long_photo_still_has_a_thumbnail():
    thumb = take_in(encoded(drawn(8000, 60))).thumb
    assert (thumb.width, thumb.height) == (240, 2)


def test_the_camera_time_is_read_without_a_zone():
    assert take_in(encoded(drawn(), exif=exif())).captured_at == datetime(2026, 11, 20, 14, 5, 9)  # noqa: DTZ001


@pytest.mark.parametrize(
    "taken", ["", "0000:00:00 00:00:00", "2026:13:40 25:61:61", "yesterday", "2026:1:2 3:4:5"]
)
def test_a_camera_time_that_is_no_time_is_none(taken):
    assert take_in(encoded(drawn(), exif=exif(taken=taken))).captured_at is None


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_metadata_does_not_stop_a_good_photo():
    broken = b"Exif\x00\x00II*\x00\xff\xff\xff\x7f" + bytes(20)
    taken = take_in(encoded(drawn(), exif=broken))
    assert (taken.width, taken.captured_at) == (320, None)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "RGBA", "LA", "I;16"])
def test_every_kind_of_pixel_becomes_rgb(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.new("I;16", (80, 80), 30_000) if mode == "I;16" else drawn(80, 80).convert(mode)
    assert decoded(render(encoded(picture, kind), ())["view"]).mode == "RGB"


def test_sixteen_bits_keep_their_brightness():
    view = render(encoded(Image.new("I;16", (80, 80), 30_000), "PNG"), ())["view"]
    assert near(decoded(view).getpixel((40, 40)), (117, 117, 117))


def test_what_transparency_hides_stays_hidden():
    hidden = Image.new("RGBA", (80, 80), (*RED, 0))
    view = render(encoded(hidden, "PNG"), ())["view"]
    assert near(decoded(view).getpixel((40, 40)), (255, 255, 255))


def test_a_phones_photo_of_several_pictures_does_not_count_as_moving():
    data = encoded(drawn(), "MPO", save_all=True, append_images=[drawn(160, 100)])
    taken = take_in(data)
    assert (taken.format, taken.width) == ("JPEG", 320)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_is_refused_with_its_own_sentence(kind):
    other = drawn().transpose(Image.Transpose.ROTATE_180)
    data = encoded(drawn(), kind, save_all=True, append_images=[other], duration=100)
    with pytest.raises(AnimatedPicture, match="moving") as refusal:
        take_in(data)
    assert (refusal.value.status, refusal.value.code) == (422, "animated-picture")


def test_a_gif_is_refused_even_when_it_does_not_move():
    with pytest.raises(AnimatedPicture):
        take_in(encoded(drawn(), "GIF"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<!doctype html><p>photo.jpg</p>",
        b"%PDF-1.7 photo",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"MZ" + bytes(500),
        b"\x00\x00\x00\x20ftypisom" + bytes(200),
        b"\x00\x00\x00\x20ftypavif" + bytes(200),
    ],
)
def test_what_is_not_a_photo_is_refused(data):
    with pytest.raises(NotAPicture, match="cannot read"):
        take_in(data)


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "PPM", "TGA", "ICO", "PDF"])
def test_a_picture_in_a_format_that_is_never_opened_is_refused(kind):
    with pytest.raises(NotAPicture):
        take_in(encoded(drawn(64, 64), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_a_photo_that_ends_early_is_refused(kind, part):
    data = encoded(busy(400, 300), kind)
    with pytest.raises(DamagedPicture, match="damaged"):
        take_in(data[: int(len(data) * part)])


def test_a_file_above_the_limit_is_refused_unread():
    with pytest.raises(PictureTooLarge, match="40 MB") as refusal:
        take_in(bytes(40 * 1024 * 1024 + 1))
    assert refusal.value.status == 413


@pytest.mark.parametrize("size", [(30_000, 30_000), (9_500, 9_500), (7_000, 5_715)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size):
    with pytest.raises(TooManyPixels, match="40 million"):
        take_in(png_claiming(*size))


def test_a_picture_of_nine_hundred_million_pixels_takes_no_memory():
    script = (
        "import resource, sys\n"
        "from disc.core.pictures import TooManyPixels, take_in\n"
        "data = sys.stdin.buffer.read()\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "try:\n    take_in(data)\nexcept TooManyPixels:\n    print(peak() - before)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        input=png_claiming(30_000, 30_000),
        capture_output=True,
        check=True,
    )
    assert int(run.stdout) < 20_000  # KiB: one channel alone would be 900,000


def test_a_photo_with_endless_scans_is_refused():
    data = encoded(drawn(), progressive=True)
    scan, end = data.rfind(b"\xff\xc4"), data.rfind(b"\xff\xd9")
    with pytest.raises(DamagedPicture):
        take_in(data[:end] + data[scan:end] * 200 + b"\xff\xd9")


def test_an_ordinary_progressive_photo_is_taken_in():
    data = encoded(busy(400, 300), progressive=True)
    assert 1 < jpeg_scans(data, 64) <= 12
    assert jpeg_scans(encoded(busy(400, 300)), 64) == 1
    assert take_in(data).format == "JPEG"


def test_a_photo_too_small_to_show_anything_is_refused():
    with pytest.raises(PictureTooSmall, match="48 pixels"):
        take_in(encoded(drawn(47, 400)))


def test_a_scheme_of_other_limits_is_kept_to():
    limits = Limits(max_pixels=10_000, thumb_side=50, view_side=90)
    with pytest.raises(TooManyPixels):
        take_in(encoded(drawn()), limits)
    view = render(encoded(drawn(100, 60)), (), limits)["view"]
    assert (view.width, view.height) == (90, 54)


SAMPLES = [encoded(drawn(96, 64), kind) for kind in ("JPEG", "PNG", "WEBP")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_bytes_changed_at_will_are_taken_in_or_refused_and_never_a_fault(sample, seed, changes):
    chance = random.Random(seed)  # noqa: S311 - reproducible damage
    data = bytearray(sample)
    for _ in range(changes):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        take_in(bytes(data))
    except DiscError:  # anything else is a fault, and fails
        return
    assert set(render(bytes(data), ())) == {"thumb", "view"}  # what was taken in can be shown


def test_taking_in_a_photo_loads_no_heavy_library():
    script = (
        "import sys\n"
        "from disc.core.pictures import take_in, watermark\n"
        "taken = take_in(sys.stdin.buffer.read())\n"
        "watermark(taken.thumb.bytes, 'CODE', 'now', bytes(288))\n"
        "heavy = {'numpy', 'scipy', 'cv2', 'imagehash', 'pi_heif', 'faiss'} & set(sys.modules)\n"
        "print(sorted(heavy))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], input=encoded(drawn()), capture_output=True, check=True
    )
    assert run.stdout.strip() == b"[]"


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_photo_is_decoded_smaller_and_measured_whole(orientation):
    picture = drawn().resize((2600, 2000))
    data = encoded(picture, "JPEG", exif=exif(orientation))
    taken = take_in(data)
    lies = orientation == 6
    assert (taken.width, taken.height) == ((2000, 2600) if lies else (2600, 2000))
    view = render(data, ())["view"]
    assert max(view.width, view.height) == 1280
    with pytest.raises(DamagedPicture):
        take_in(data[: len(data) // 2])
