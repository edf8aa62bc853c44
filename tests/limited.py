"""A run in a process of its own, where limits are on: they are one thing for a whole process."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_limited(folder: Path, script: str) -> list[str]:
    """Run a script that is given an instance's folder, and return the lines it printed."""
    file = folder / "limited.py"
    file.write_text(script)
    ran = subprocess.run(
        [sys.executable, str(file), str(folder / "instance")],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()
