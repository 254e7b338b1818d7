"""What systemd has of this station's units: their log lines and how they stand."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from appliance.support.scrub import scrubbed

UNITS = "station*"
_PATIENCE_S = 20.0


def told(command: Sequence[str]) -> str:
    """What a command says, or that it could not be asked. It is told to nobody unscrubbed."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_PATIENCE_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]}: {error}\n"
    return done.stdout or done.stderr


def service_log(lines: int) -> list[str]:
    """The newest log lines of the station's units, scrubbed."""
    said = told(["journalctl", "-u", UNITS, "-n", str(lines), "--no-pager", "-o", "short-iso"])
    return scrubbed(said, names=True).splitlines()[-lines:]
