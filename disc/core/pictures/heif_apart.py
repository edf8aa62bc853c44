"""Decodes one HEIF picture in a process of its own, which is run by this file's path.

The decoder is written in C, and some broken files end the process that runs it: of 8,000 that a
fuzzer made, three did. Here that ends one upload, and not the server with everybody's.
"""

import io
import json
import resource
import signal
import sys

SECONDS = 20
"""How long one picture may take before its process ends itself."""
MEMORY = 2 * 1024**3
"""Bytes of addresses: several times what the most pixels that we take fill in any form."""
TOO_MANY = 3
"""The exit status by which this process says that there are more pixels than are wanted."""


def main() -> int:
    """Read a file from standard input; write what its header says, its EXIF and its pixels.

    First a line of JSON with the mode, the size and the bytes of EXIF, then these, then the
    pixels in rows from the top. The first argument is how many pixels there may be.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(SECONDS)
    from pi_heif.as_plugin import HeifImageFile

    most = int(sys.argv[1])
    opened = HeifImageFile(io.BytesIO(sys.stdin.buffer.read()))
    if opened.width * opened.height > most:
        return TOO_MANY
    opened.load()
    if opened.width * opened.height > most:  # decoding may change the size
        return TOO_MANY
    exif = bytes(opened.info.get("exif") or b"")
    told = {"mode": opened.mode, "size": opened.size, "exif": len(exif)}
    for part in (json.dumps(told).encode() + b"\n", exif, opened.tobytes()):
        sys.stdout.buffer.write(part)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
