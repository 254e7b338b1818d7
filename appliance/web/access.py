"""Who may talk to the station: tablets paired by a one-time code, and programs on the station itself.

A paired tablet holds a random token in an HttpOnly cookie; the ledger keeps only its sha256. Local programs (`station rehearse`)
read a token from a file that only the station's user can read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from appliance.ledger.files import write_durably
from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.web.problems import ProblemError

COOKIE = "station_tablet"
CONTROL_FILE = "control.token"
_NOTE = "pairings"
_KEPT = 20  # tablets; the oldest pairing goes when one more comes
_TRIES = 5  # wrong codes before the door slows down
_SLOWEST = 300.0  # seconds


def new_pairing_code() -> str:
    """Six random digits, for the console and the label."""
    return f"{secrets.randbelow(1_000_000):06d}"


def control_token(data_dir: Path) -> str:
    """The token of programs on this machine, made at the first call and kept in a file of mode 0600."""
    path = data_dir / CONTROL_FILE
    if not path.exists():
        write_durably(path, secrets.token_urlsafe(32).encode())
    return path.read_text().strip()


class Access:
    """Checks and grants. `monotonic` is the clock that slows guessing down."""

    def __init__(self, ledger: Ledger, pairing_code: str, monotonic: Callable[[], float]) -> None:
        self._ledger = ledger
        self._code = pairing_code
        self._monotonic = monotonic
        self._control = control_token(ledger.data_dir)
        self._lock = threading.Lock()
        self._wrong = 0
        self._closed_until = 0.0
        self._paired = _read(json.loads(ledger.note(_NOTE) or "[]"))

    def pair(self, code: str) -> str:
        """The token for a new tablet. Raises `ProblemError` 403 for a wrong code, 429 when guessing."""
        with self._lock:
            wait = self._closed_until - self._monotonic()
            if wait > 0:
                seconds = int(wait) + 1
                message = Message(zh=f"请 {seconds} 秒后再试", en=f"wait {seconds} seconds, then try again")
                raise ProblemError(429, "slowed-down", message, retry_after=seconds)
            if not hmac.compare_digest(code.strip().encode(), self._code.encode()):
                raise self._refused()
            self._wrong = 0
            token = secrets.token_urlsafe(32)
            number = max(self._paired.values(), default=0) + 1
            newest = [*self._paired.items(), (_digest(token), number)][-_KEPT:]
            self._paired = dict(newest)
            self._ledger.keep_note(_NOTE, json.dumps([{"digest": d, "number": n} for d, n in newest]))
            return token

    def allowed(self, connection: HTTPConnection) -> bool:
        """Whether a request or websocket comes from a paired tablet or a local program."""
        return self.local(connection) or self.tablet(connection) is not None

    def local(self, connection: HTTPConnection) -> bool:
        """Whether it comes from a program on this machine."""
        bearer = connection.headers.get("authorization", "")
        return bearer.startswith("Bearer ") and hmac.compare_digest(
            bearer.removeprefix("Bearer ").encode(), self._control.encode()
        )

    def tablet(self, connection: HTTPConnection) -> str | None:
        """Which paired tablet it comes from: the digest of its token; `None` for anybody else, a program included."""
        token = connection.cookies.get(COOKIE)
        if token is None or "authorization" in connection.headers:
            return None
        digest = _digest(token)
        return digest if digest in self._paired else None

    def number_of(self, tablet: str) -> str:
        """What people call the tablet: `1` for the first that was paired, and so on."""
        return str(self._paired.get(tablet, "?"))

    def _refused(self) -> ProblemError:
        self._wrong += 1
        left = max(0, _TRIES - self._wrong)
        if left == 0:
            self._closed_until = self._monotonic() + min(_SLOWEST, 2.0 ** (self._wrong - _TRIES + 1))
        return ProblemError(
            403,
            "wrong-pairing-code",
            Message(zh=f"配对码不对，还可以试 {left} 次", en=f"wrong pairing code, {left} tries left"),
            tries_left=left,
        )


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks came from this station (browsers say so; programs send no Origin)."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


def _read(kept: list[Any]) -> dict[str, int]:
    """Digests with their numbers; the first version kept bare digests in the order of pairing."""
    entries = [e if isinstance(e, dict) else {"digest": e, "number": n} for n, e in enumerate(kept, 1)]
    return {entry["digest"]: entry["number"] for entry in entries}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
