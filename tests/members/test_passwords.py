"""Which new passwords are taken, and which lists of breached ones are asked."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT
from disc.core.errors import BadSetting
from disc.members import passwords
from disc.members.errors import WeakPassword
from disc.members.passwords import BREACHED_FILE, Breached, hash_password, read_breached

GOOD = "copper kettle beside nine herons"


def why_not(password: str, *words: str) -> str:
    try:
        hash_password(password, words)
    except WeakPassword as weak:
        return weak.sentence
    return ""


def test_four_odd_words_will_do(app: Flask) -> None:
    assert why_not(GOOD) == ""


def test_eleven_characters_are_too_few_whatever_they_are(app: Flask) -> None:
    assert "at least 12" in why_not("7Gk#q9!zLp2")
    assert why_not("7Gk#q9!zLp2w") == ""


@pytest.mark.parametrize(
    "password", ["passwordpassword", "qwertyuiopasdf", "aaaaaaaaaaaaaaaa", "123456789012345"]
)
def test_what_is_easy_to_guess_is_refused(app: Flask, password: str) -> None:
    assert why_not(password)


def test_a_persons_own_words_are_easy_to_guess(app: Flask) -> None:
    own = "tamsin.quillfeather@example.org"
    assert why_not(own) == ""
    assert "easy to guess" in why_not(own, own)


@pytest.mark.parametrize("password", ["sonyericsson", "chickenwing101", "SonyEricsson"])
def test_what_breaches_held_most_often_is_named_so(app: Flask, password: str) -> None:
    assert "lists" in why_not(password)


def test_the_list_that_comes_with_it_holds_thirty_thousand(app: Flask) -> None:
    assert len(passwords._common()) == 30_000


def made(folder: Path, *lines: str, at_least: int = 1) -> Path:
    source, file = folder / "list.txt", folder / BREACHED_FILE
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(
        [
            *(sys.executable, "tools/breached_passwords.py", source, "--into", file),
            *("--at-least", str(at_least)),
        ],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    return file


def test_the_operators_own_list_is_refused_as_well(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = read_breached(made(tmp_path, GOOD, "another sentence of odd words", "short"))
    assert len(held) == 2
    monkeypatch.setitem(app.extensions, "breached passwords", held)
    assert "lists" in why_not(GOOD)
    assert why_not("seven purple walnuts on ice") == ""


def test_a_list_of_hashes_with_counts_is_read_too(tmp_path: Path) -> None:
    import hashlib

    often, seldom = (
        hashlib.sha1(each.encode(), usedforsecurity=False).hexdigest().upper()
        for each in (GOOD, "seldom seen in any breach")
    )
    held = read_breached(made(tmp_path, f"{often}:4000", f"{seldom}:3", at_least=10))
    assert GOOD in held
    assert "seldom seen in any breach" not in held


def test_every_password_of_a_long_list_is_found_and_no_other() -> None:
    words = [f"breached password number {number}" for number in range(2000)]
    held = Breached(b"".join(sorted({passwords.breached_digest(word) for word in words})))
    assert len(held) == 2000
    assert all(word in held for word in words)
    assert not any(f"{word}!" in held for word in words)


def test_a_server_starts_with_the_list_in_its_folder_and_not_with_a_broken_one(
    tmp_path: Path, app: Flask
) -> None:
    settings = replace(app.extensions["settings"], instance=tmp_path)
    other = Flask("other")
    made(tmp_path, GOOD)
    passwords.install_passwords(other, settings)
    assert GOOD in other.extensions["breached passwords"]
    (tmp_path / BREACHED_FILE).write_bytes(b"broken")
    with pytest.raises(BadSetting, match="no list of breached passwords"):
        passwords.install_passwords(other, settings)
