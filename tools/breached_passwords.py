"""Make the list of breached passwords that an installation refuses, from a file of the operator's.

    python tools/breached_passwords.py LIST --into instance/breached-passwords.bin

LIST has one password a line, or one SHA-1 in hexadecimal, with or without ``:count`` (the form
in which Have I Been Pwned gives its list out). ``--at-least 100`` leaves out what was seen less
often; the whole list of a billion would take 8 GB. The server reads the file when it starts.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from disc.members.passwords import DIGEST_BYTES, breached_digest
from disc.members.rules import SHORTEST_PASSWORD

SHA1 = re.compile(r"([0-9A-Fa-f]{40})(?::(\d+))?")


def digests(lines: Iterable[str], at_least: int) -> Iterator[bytes]:
    """Give the digest of each line that can matter; shorter passwords are refused anyway."""
    for line in lines:
        text = line.rstrip("\r\n")
        hashed = SHA1.fullmatch(text)
        if hashed and int(hashed[2] or at_least) >= at_least:
            yield bytes.fromhex(hashed[1])[:DIGEST_BYTES]
        elif not hashed and len(text) >= SHORTEST_PASSWORD:
            yield breached_digest(text)


def write(found: Iterable[bytes], file: Path) -> int:
    """Write the digests, sorted and each once, and return how many there are."""
    kept = sorted(set(found))
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(b"".join(kept))
    part.replace(file)
    return len(kept)


def main() -> None:
    """Make the list that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", type=Path)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--at-least", type=int, default=1, metavar="TIMES")
    chosen = parser.parse_args()
    with chosen.list.open(encoding="utf-8", errors="replace") as lines:
        count = write(digests(lines, chosen.at_least), chosen.into)
    print(f"{chosen.into} holds {count} passwords.")


if __name__ == "__main__":
    main()
