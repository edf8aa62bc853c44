"""The process that serves people loads nothing that works on pixels by numbers."""

import subprocess
import sys
from pathlib import Path

from config import ROOT
from tests.whole_app.servers import environment

HEAVY = (
    *("numpy", "scipy", "cv2", "imagehash", "faiss"),
    *(f"disc.matching.likeness.{name}" for name in ("fingerprint", "pictures", "search", "shelf")),
)
STARTED = f"""
import sys
from disc.app import create_app
app = create_app()
app.test_client().get("/sign-in")
import disc.matching.comparing, disc.matching.rebuilding, disc.matching.shelves
print([name for name in {HEAVY} if name in sys.modules])
"""


def test_a_server_process_never_imports_what_compares_pixels(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=ROOT,
        env={**environment(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
