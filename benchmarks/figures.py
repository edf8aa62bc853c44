"""What a run found: percentiles, ratios and the machine they were measured on."""

import math
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


def percentile(samples: Iterable[float], share: float) -> float:
    """Return the smallest sample that at least ``share`` (0 to 1) of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def milliseconds(name: str, samples: list[float], *shares: int) -> Figures:
    """Name percentiles of samples in seconds: ``{"name_p50_ms": …}`` for the share 50."""
    return {
        f"{name}_p{share}_ms": round(percentile(samples, share / 100) * 1000, 2) for share in shares
    }


def machine() -> Figures:
    """Say on what a run was made, and how busy it was when the run began."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "load_average": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
