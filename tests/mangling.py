"""Pictures as strangers break them: real files of each kind, changed, cut and lied about."""

import io
import random
import struct
import warnings
import zlib
from collections.abc import Callable
from functools import cache

from hypothesis import strategies as st
from PIL import Image

from disc.core.errors import DiscError
from disc.core.pictures import TakenIn, pixel_sha256, render, take_in
from tests.core.test_pictures_heif import LEVEL, TURNED

FEW_PIXELS = 1_000_000
"""Above so many a good picture's pixels are not hashed as well: that is for its file's time."""
PNG_START = b"\x89PNG\r\n\x1a\n"


def _drawn(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    dice = random.Random(7)  # noqa: S311 - drawings
    noise = Image.frombytes("RGB", (12, 8), dice.randbytes(12 * 8 * 3)).resize(size)
    return Image.new("I;16", size, 30_000) if mode == "I;16" else noise.convert(mode)


def _file(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _exif() -> Image.Exif:
    held = Image.Exif()
    held[0x0112] = 6
    held.get_ifd(0x8769)[0x9003] = "2026:11:20 14:05:09"
    held.get_ifd(0x8825)[2] = (51.0, 30.0, 12.0)
    return held


@cache
def samples() -> tuple[bytes, ...]:
    """Return small good files of each kind that is opened, and of kinds that are refused."""
    other = _drawn().transpose(Image.Transpose.ROTATE_180)
    moves = {"save_all": True, "append_images": [other], "duration": 90}
    return (
        _file(_drawn(), "JPEG", exif=_exif(), icc_profile=b"profile" * 9, comment=b"words"),
        _file(_drawn(), "JPEG", progressive=True),
        _file(_drawn("CMYK"), "JPEG"),
        _file(_drawn("L"), "JPEG", restart_marker_blocks=2),
        _file(_drawn(), "MPO", save_all=True, append_images=[other]),
        *(_file(_drawn(mode), "PNG") for mode in ("RGB", "RGBA", "LA", "P", "1", "I;16")),
        _file(_drawn(), "PNG", exif=_exif(), icc_profile=b"profile" * 9),
        _file(_drawn(), "PNG", **moves),
        _file(_drawn(), "WEBP", exif=_exif()),
        _file(_drawn("RGBA"), "WEBP", lossless=True),
        _file(_drawn(), "WEBP", **moves),
        _file(_drawn("P"), "GIF"),
        LEVEL,
        TURNED,
    )


def _flip(data: bytearray, dice: random.Random) -> bytearray:
    for _ in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def _overwrite(data: bytearray, dice: random.Random) -> bytearray:
    at = dice.randrange(len(data))
    data[at : at + dice.randint(1, 24)] = dice.randbytes(dice.randint(1, 24))
    return data


def _in_the_head(data: bytearray, dice: random.Random) -> bytearray:
    """Put extreme numbers where sizes and lengths stand."""
    extreme = dice.choice(
        (
            b"\0\0",
            b"\xff\xff",
            b"\x7f\xff\xff\xff",
            b"\xff" * 4,
            b"\0\0\x40\0",
            b"\x80\0\0\0",
            b"\0" * 8,
        )
    )
    at = dice.randrange(min(len(data), 400))
    data[at : at + len(extreme)] = extreme
    return data


def _cut(data: bytearray, dice: random.Random) -> bytearray:
    return data[: dice.randrange(len(data)) + 1]


def _cut_out(data: bytearray, dice: random.Random) -> bytearray:
    at = dice.randrange(len(data))
    del data[at : at + dice.randint(1, 200)]
    return data or bytearray(b"\0")


def _repeat(data: bytearray, dice: random.Random) -> bytearray:
    at = dice.randrange(len(data))
    some = data[at : at + dice.randint(1, 300)]
    return data[:at] + some * dice.randint(2, 60) + data[at:]


def _splice(data: bytearray, dice: random.Random) -> bytearray:
    other = dice.choice(samples())
    return data[: dice.randrange(len(data)) + 1] + other[dice.randrange(len(other)) :]


def _append(data: bytearray, dice: random.Random) -> bytearray:
    tail = dice.choice(
        (b"<script>1</script>", b"PK\x03\x04", b"\xff\xd8\xff\xda", dice.randbytes(99))
    )
    return data + tail


CHANGES: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    *(_flip, _overwrite, _in_the_head, _cut, _cut_out, _repeat, _splice, _append),
)


def _with_right_sums(data: bytes) -> bytes:
    """Give each part of a PNG the checksum that it claims, so that what is inside is decoded."""
    parts, at = [PNG_START], len(PNG_START)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        named = data[at + 4 : at + 8 + length]
        parts += [data[at : at + 4], named, struct.pack(">I", zlib.crc32(named))]
        at += 12 + length
    return b"".join(parts)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Draw a file: a good one, changed up to six times."""
    many = samples() * 2  # a phone's HEIF takes a process each time: one in eighteen is of them
    sample = draw(st.sampled_from(many[: -len((LEVEL, TURNED))]))
    dice = random.Random(draw(st.integers(0, 2**48)))  # noqa: S311 - damage that comes again
    data = bytearray(sample)
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=6)):
        data = change(data, dice)
    made = bytes(data)
    if made.startswith(PNG_START) and draw(st.booleans()):
        made = _with_right_sums(made)
    return made


def is_taken_in(data: bytes) -> bool:
    """Take a file in: say whether it was, and fail for all that is neither clean nor refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as a server does: a warning stops nothing
        warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
        try:
            taken = take_in(data)
        except DiscError:
            return False
        if taken.width * taken.height <= FEW_PIXELS:
            _hash(data)
        _is_clean(data, taken)
    return True


def _hash(data: bytes) -> None:
    try:
        assert len(pixel_sha256(data)) == 64
    except DiscError:
        return  # a small view may be decoded of a file whose last bytes are broken


def _is_clean(data: bytes, taken: TakenIn) -> None:
    """Fail unless what would be served is a picture and nothing else."""
    for one in (taken.thumb, *render(data, ()).values()):
        shown = Image.open(io.BytesIO(one.bytes), formats=("JPEG",))
        shown.load()
        assert (shown.mode, shown.size) == ("RGB", (one.width, one.height))
        assert {"icc_profile", "comment", "exif", "xmp"}.isdisjoint(shown.info)
        assert not shown.getexif()
        assert one.bytes.endswith(b"\xff\xd9")
        assert b"<script" not in one.bytes
