"""The product's own server, but its pictures lie open in memory and nobody's mark is put on them.

Run as ``python -m benchmarks.unsealed`` with HOST and PORT set: what sealing and marking cost is
the difference to ``python wsgi.py``, since every check and every query is the same.
"""

if __name__ == "__main__":
    # Before anything else is imported, or sockets and locks would be the blocking ones.
    from gevent import monkey

    monkey.patch_all()

import os
import uuid
from typing import Any

from disc.core.serving import listen
from disc.stills import viewing
from disc.stills.models import Still
from disc.stills.service import open_rendition
from wsgi import load


def lay_open() -> None:
    """Open each picture once, and serve it from then on without a mark."""
    opened: dict[tuple[uuid.UUID, str], bytes] = {}

    def open_once(still: Still, rendition: str) -> bytes:
        place = still.id, rendition
        if place not in opened:
            opened[place] = open_rendition(still, rendition)
        return opened[place]

    def unmarked(_work: Any, plain: bytes, *_mark: object) -> bytes:
        return plain

    vars(viewing).update(open_rendition=open_once, offload=unmarked)


def main() -> None:
    """Serve until ended."""
    lay_open()
    listen(os.environ["HOST"], int(os.environ["PORT"]), load()).serve_forever()


if __name__ == "__main__":
    main()
