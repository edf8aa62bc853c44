"""Prints docs/openapi.json from what the code takes, so that it cannot say anything else."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from disc.api.openapi import document


def page() -> str:
    """Return the description as JSON."""
    return json.dumps(document(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
