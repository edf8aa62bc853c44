"""Known vulnerabilities in what it runs on; a note where the advisories are out of reach."""

import json
import subprocess
import sys

COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--requirement=requirements.txt", "--require-hashes"),
    *("--disable-pip", "--progress-spinner=off", "--timeout=20", "--format=json"),
]
UNREACHABLE = (
    "ConnectionError",
    "Connection refused",
    "Failed to establish a new connection",
    "Max retries exceeded",
    "Name or service not known",
    "ProxyError",
    "Temporary failure in name resolution",
    "ConnectTimeout",
    "ReadTimeout",
    "Failed to connect",
)
"""What pip-audit says where the network, not a dependency, is at fault."""


def main() -> int:
    """Fail for a vulnerability, for a part left unaudited, and for any fault but the network's.

    pip-audit calls a dependency clean that it could not look up: an index without advisories
    would pass everything. So what was skipped is counted.
    """
    ran = subprocess.run(COMMAND, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    try:
        found = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        if any(word in ran.stderr for word in UNREACHABLE):
            return note()
        print(ran.stdout, ran.stderr)
        return ran.returncode or 1
    skipped = [each["name"] for each in found if "skip_reason" in each]
    broken = [each for each in found if each.get("vulns")]
    for each in broken:
        ids = ", ".join(vulnerability["id"] for vulnerability in each["vulns"])
        print(f"{each['name']} {each['version']}: {ids}")
    if not broken and len(skipped) == len(found):
        return note()
    if skipped:
        print(f"Could not be audited: {', '.join(skipped)}")
    print(f"Audited {len(found) - len(skipped)} of {len(found)}; vulnerable: {len(broken)}.")
    return int(bool(broken or skipped))


def note() -> int:
    """Say that nothing is known either way."""
    print("Could not run: pip-audit. The advisories cannot be reached from here.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
