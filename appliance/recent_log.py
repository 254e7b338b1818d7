"""The newest log lines in memory, masked, for the technician's page: nobody needs a shell to see why a device failed."""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

KEPT = 400  # lines
_LONGEST = 300  # characters of one line's details
_SECRETS = ("code", "pin", "token", "secret", "payload", "answer", "password", "name", "phone", "address", "email")
_NUMBER = re.compile(r"(?<![0-9A-Fa-f-])(\d{4})\d{4,}[\dXx]?(?![0-9A-Fa-f-])")  # document, student and phone numbers


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: when (ISO 8601, UTC), how bad, what happened, and its details."""

    at: str
    level: str
    event: str
    more: str

    def as_dict(self) -> dict[str, str]:
        """As pages get it."""
        return asdict(self)


class RecentLines(logging.Handler):
    """Keeps the last `KEPT` lines of the logger it is added to."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line. structlog hands its event over as a dictionary."""
        body: dict[str, Any] = dict(record.msg) if isinstance(record.msg, dict) else {"event": record.getMessage()}
        event = masked(str(body.pop("event", "")))
        body = {key: value for key, value in body.items() if key not in {"level", "timestamp", "exc_info"}}
        if record.exc_info and record.exc_info[1] is not None:
            body["error"] = repr(record.exc_info[1])
        more = " ".join(f"{key}={_value(key, value)}" for key, value in body.items() if not key.startswith("_"))
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
        line = LogLine(at, record.levelname.lower(), event, more[:_LONGEST])
        with self._guard:
            self._lines.append(line)

    def newest(self) -> list[LogLine]:
        """The lines, newest first."""
        with self._guard:
            return list(reversed(self._lines))


def recent_lines() -> list[LogLine]:
    """What the root logger's handler has kept; nothing where logging was not set up."""
    found = next((handler for handler in logging.getLogger().handlers if isinstance(handler, RecentLines)), None)
    return [] if found is None else found.newest()


def masked(text: str) -> str:
    """`text` with long runs of digits cut to their first four."""
    return _NUMBER.sub(lambda match: f"{match[1]}****", text)


def _value(key: str, value: object) -> str:
    if any(key == secret or key.endswith(f"_{secret}") for secret in _SECRETS):
        return "***"
    return masked(str(value))
