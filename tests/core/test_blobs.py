"""Sealed files: durable, private, and never outside their folder."""

import os
from collections.abc import Iterator

import pytest

from config import Settings
from disc.core.blobs import BlobStore, LocalBlobs, NoSuchBlob, S3Blobs


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path, monkeypatch) -> Iterator[BlobStore]:
    if request.param == "folder":
        yield LocalBlobs(tmp_path / "blobs")
        return
    import boto3
    from moto import mock_aws

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="sealed")
        yield S3Blobs("sealed", None)


def test_what_was_put_is_got_back_and_replaced_whole(store) -> None:
    store.put("a/b/thumb", b"one")
    assert store.exists("a/b/thumb")
    store.put("a/b/thumb", b"two")
    assert store.get("a/b/thumb") == b"two"
    assert list(store.names()) == ["a/b/thumb"]


def test_a_deleted_file_is_gone_and_may_be_deleted_again(store) -> None:
    store.put("a/b", b"x")
    store.delete("a/b")
    store.delete("a/b")
    assert not store.exists("a/b")
    assert list(store.names()) == []
    with pytest.raises(NoSuchBlob):
        store.get("a/b")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../keys/master",
        "a/../../b",
        "a//b",
        "A/b",
        "a/b\n",
        "a\x00",
        "a.b",
        "a/" * 5,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(store, name) -> None:
    for use in (store.get, store.exists, store.delete, lambda n: store.put(n, b"x")):
        with pytest.raises(NoSuchBlob):
            use(name)


def test_a_link_that_leads_outside_is_refused(tmp_path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x").write_bytes(b"secret")
    store = LocalBlobs(tmp_path / "blobs")
    (tmp_path / "blobs" / "out").symlink_to(tmp_path / "outside")
    with pytest.raises(NoSuchBlob):
        store.get("out/x")


def test_a_crash_while_writing_leaves_the_old_file_whole(tmp_path, monkeypatch) -> None:
    store = LocalBlobs(tmp_path)
    store.put("a", b"old")

    def fail(_handle) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError):
        store.put("a", b"new")
    assert store.get("a") == b"old"
    assert list(store.names()) == ["a"]


def test_the_folder_is_private(tmp_path) -> None:
    LocalBlobs(tmp_path / "blobs")
    assert (tmp_path / "blobs").stat().st_mode & 0o077 == 0


def test_the_store_without_s3_does_not_load_its_library() -> None:
    import subprocess
    import sys

    code = "import sys, disc.core.blobs; assert 'boto3' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert Settings().s3_bucket is None
