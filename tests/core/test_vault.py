"""Sealing: what was changed, cut, reordered or moved does not open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disc.core.vault import (
    DoesNotOpen,
    MasterKey,
    UnusableKey,
    export_master_key,
    import_master_key,
    load_master_key,
    new_key,
    open_sealed,
    open_stream,
    save_master_key,
    seal,
    seal_stream,
    sealing,
    token,
)

HEADER = len(sealing.MAGIC) + sealing.PREFIX_BYTES


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(sealing, "CHUNK", 64)
    return 64 + sealing.TAG_BYTES


@given(st.binary(max_size=500), st.text(max_size=40))
def test_what_was_sealed_opens_with_the_same_key_and_context(plain, context) -> None:
    key = new_key()
    assert open_sealed(key, seal(key, plain, context), context) == plain


def test_a_sealed_value_does_not_open_in_another_context() -> None:
    key = new_key()
    with pytest.raises(DoesNotOpen):
        open_sealed(key, seal(key, b"words", "row 1"), "row 2")


@pytest.mark.parametrize("at", [0, 12, -1])
def test_one_changed_bit_is_refused(at) -> None:
    key = new_key()
    changed = bytearray(seal(key, b"words", "row"))
    changed[at] ^= 1
    with pytest.raises(DoesNotOpen):
        open_sealed(key, bytes(changed), "row")


@pytest.mark.parametrize("short", [b"", b"123", b"x" * 12])
def test_a_value_cut_short_is_refused(short) -> None:
    with pytest.raises(DoesNotOpen):
        open_sealed(new_key(), short, "row")


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_a_file_of_any_size_opens(small_chunks, size) -> None:
    key, plain = new_key(), bytes(range(256)) * 4
    assert open_stream(key, seal_stream(key, plain[:size], "f"), "f") == plain[:size]


def test_a_file_that_lost_its_end_is_refused(small_chunks) -> None:
    key = new_key()
    sealed = seal_stream(key, b"a" * 200, "f")
    for end in (len(sealed) - 1, HEADER + 2 * small_chunks, HEADER + small_chunks, HEADER, 3, 0):
        with pytest.raises(DoesNotOpen):
            open_stream(key, sealed[:end], "f")


def test_a_file_with_something_added_is_refused(small_chunks) -> None:
    key = new_key()
    sealed = seal_stream(key, b"a" * 128, "f")
    for more in (b"x", sealed[HEADER : HEADER + small_chunks], bytes(small_chunks)):
        with pytest.raises(DoesNotOpen):
            open_stream(key, sealed + more, "f")


def test_a_file_with_its_chunks_reordered_is_refused(small_chunks) -> None:
    key = new_key()
    sealed = seal_stream(key, b"a" * 64 + b"b" * 64 + b"c", "f")
    first, second = HEADER + small_chunks, HEADER + 2 * small_chunks
    swapped = sealed[:HEADER] + sealed[first:second] + sealed[HEADER:first] + sealed[second:]
    with pytest.raises(DoesNotOpen):
        open_stream(key, swapped, "f")


def test_a_chunk_of_another_file_is_refused_even_under_the_same_key(small_chunks) -> None:
    key = new_key()
    one, other = (seal_stream(key, letter * 200, "f") for letter in (b"a", b"b"))
    mixed = one[: HEADER + small_chunks] + other[HEADER + small_chunks :]
    with pytest.raises(DoesNotOpen):
        open_stream(key, mixed, "f")


def test_a_file_of_another_row_is_refused(small_chunks) -> None:
    key = new_key()
    with pytest.raises(DoesNotOpen):
        open_stream(key, seal_stream(key, b"picture", "still 1"), "still 2")


def test_a_token_tells_kinds_keys_and_values_apart() -> None:
    key = new_key()
    made = {
        token(key, "phone", "1"),
        token(key, "name", "1"),
        token(key, "phone", "2"),
        token(new_key(), "phone", "1"),
    }
    assert len(made) == 4
    assert token(key, "phone", "1") in made


def test_a_key_file_is_made_private_and_read_back(tmp_path) -> None:
    file = tmp_path / "keys" / "master.key"
    made = load_master_key(None, file, make=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert load_master_key(None, file, make=False).unwrap(made.wrap(b"k", "c"), "c") == b"k"


def test_a_missing_key_is_not_made_where_none_may_be(tmp_path) -> None:
    with pytest.raises(UnusableKey, match="no master key"):
        load_master_key(None, tmp_path / "master.key", make=False)


def test_a_key_that_others_may_read_is_refused(tmp_path) -> None:
    file = tmp_path / "master.key"
    load_master_key(None, file, make=True)
    file.chmod(0o640)
    with pytest.raises(UnusableKey, match="0600"):
        load_master_key(None, file, make=False)


@pytest.mark.parametrize("content", [b"", b"not base64!", b"c2hvcnQ=", b"\xff\xfe\xfd"])
def test_a_key_file_that_holds_no_key_is_refused(tmp_path, content) -> None:
    file = tmp_path / "master.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(UnusableKey):
        load_master_key(None, file, make=False)


def test_a_successor_wraps_anew_and_derives_the_same(tmp_path) -> None:
    old = MasterKey(new_key())
    new = old.successor()
    assert new.derive("tokens") == old.derive("tokens") != old.derive("other")
    with pytest.raises(DoesNotOpen):
        new.unwrap(old.wrap(b"k", "c"), "c")
    save_master_key(new, tmp_path / "k")
    again = load_master_key(None, tmp_path / "k", make=False)
    assert again.unwrap(new.wrap(b"k", "c"), "c") == b"k"
    assert again.successor().derive("tokens") == old.derive("tokens")


def test_an_exported_key_comes_back_with_its_passphrase_only(monkeypatch) -> None:
    monkeypatch.setattr("disc.core.vault.exporting.MEMORY_KIB", 64)
    key = MasterKey(new_key()).successor()
    exported = export_master_key(key, "six words that do not belong together")
    assert key.secret() not in exported
    assert (
        import_master_key(exported, "six words that do not belong together").secret()
        == key.secret()
    )
    for wrong in ("another passphrase", ""):
        with pytest.raises(DoesNotOpen):
            import_master_key(exported, wrong)
    with pytest.raises(DoesNotOpen):
        import_master_key(b"{}", "six words that do not belong together")
