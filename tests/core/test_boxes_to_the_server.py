"""Boxes in the vault: what opens, what does not, and bytes that may never change unnoticed."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from disc.core.tables import KEY_TABLES
from disc.core.vault import BOX_OVERHEAD, DoesNotOpen, new_box_pair, open_box
from tests.boxing import seal_part

PRIVATE, PHONE = bytes(range(32)), bytes(range(1, 33))
PUBLIC = X25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
CONTEXT = "scheme|key|report|0"
KNOWN = "47ef8f0cededfee3c8bd6b17505a6627ca1f3df4e3001d7e32b71f6396b6615f"
"""SHA-256 of what the keys above seal; a phone may hold boxes of this layout for a week."""


def test_the_same_keys_seal_the_bytes_that_phones_hold_since_the_first_version() -> None:
    sealed = seal_part(PUBLIC, b"He said nothing.", CONTEXT, PHONE)
    assert hashlib.sha256(sealed).hexdigest() == KNOWN
    assert open_box(PRIVATE, sealed, CONTEXT) == b"He said nothing."
    assert len(sealed) == len(b"He said nothing.") + BOX_OVERHEAD


def test_a_new_pair_opens_what_is_sealed_to_its_public_half() -> None:
    private, public = new_box_pair()
    assert open_box(private, seal_part(public, b"", CONTEXT), CONTEXT) == b""
    with pytest.raises(DoesNotOpen):
        open_box(new_box_pair()[0], seal_part(public, b"x", CONTEXT), CONTEXT)


@pytest.mark.parametrize(
    "other",
    ["another|key|report|0", "scheme|other|report|0", "scheme|key|other|0", "scheme|key|report|1"],
)
def test_a_part_opens_in_its_own_place_alone(other: str) -> None:
    with pytest.raises(DoesNotOpen):
        open_box(PRIVATE, seal_part(PUBLIC, b"x", CONTEXT), other)


def test_a_part_that_was_changed_anywhere_or_cut_does_not_open() -> None:
    sealed = seal_part(PUBLIC, b"x" * 20, CONTEXT)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(DoesNotOpen):
            open_box(PRIVATE, bytes(changed), CONTEXT)
    for length in range(len(sealed)):
        with pytest.raises(DoesNotOpen):
            open_box(PRIVATE, sealed[:length], CONTEXT)


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_point_of_small_order_is_refused(point: bytes) -> None:
    with pytest.raises(DoesNotOpen):
        open_box(PRIVATE, b"\x01" + point + bytes(40), CONTEXT)


def test_a_backup_keeps_these_keys_with_the_other_keys() -> None:
    assert "box_key" in KEY_TABLES
