"""The tablets that were paired: what the ledger keeps of each. Never a token, only its sha256."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from starlette.requests import HTTPConnection

from appliance.ledger.store import Ledger

Screen = Literal["operator", "student"]
_NOTE = "pairings"
MOST = 20  # tablets; the oldest pairing goes when one more comes
SEATS = 4  # places a tablet may come from by turns: it may hold an IPv4 and some IPv6 addresses


@dataclass(frozen=True, slots=True)
class Tablet:
    """`id` stays, `digest` is of the token it holds now; `seats` are where it may come from, the newest last;
    `key` is the public half (JWK) of a key that never leaves its browser; `screen` is what it may be used as.
    """

    id: str
    number: int
    digest: str
    screen: Screen = "operator"
    seats: tuple[str, ...] = ()
    key: dict[str, str] | None = None


def digest_of(token: str) -> str:
    """What is kept of a token: it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def seat_of(connection: HTTPConnection) -> str:
    """Where a request comes from: its address and a digest of its browser's name."""
    agent = connection.headers.get("user-agent", "")
    host = connection.client.host if connection.client else ""
    return f"{host} {hashlib.sha256(agent.encode()).hexdigest()[:12]}"


class Tablets:
    """The list, in memory and in the ledger. Safe to use from several threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._by_digest = {tablet.digest: tablet for tablet in _read(json.loads(ledger.note(_NOTE) or "[]"))}

    def all(self) -> list[Tablet]:
        """In the order of pairing."""
        with self._lock:
            return list(self._by_digest.values())

    def holding(self, token: str) -> Tablet | None:
        """Whose token it is now."""
        with self._lock:
            return self._by_digest.get(digest_of(token))

    def numbered(self, number: int) -> Tablet | None:
        """By what people call it."""
        return next((tablet for tablet in self.all() if tablet.number == number), None)

    def of_id(self, tablet_id: str) -> Tablet | None:
        """By the id that stays."""
        return next((tablet for tablet in self.all() if tablet.id == tablet_id), None)

    def add(self, screen: Screen, seat: str, key: dict[str, str] | None) -> str:
        """One more; the token it shall hold."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            number = max((tablet.number for tablet in self._by_digest.values()), default=0) + 1
            tablet = Tablet(secrets.token_hex(16), number, digest_of(token), screen, (seat,), key)
            self._keep([*self._by_digest.values(), tablet][-MOST:])
        return token

    def seat(self, tablet: Tablet, seat: str) -> None:
        """It may come from there too."""
        self._change(tablet, lambda now: replace(now, seats=_with(now.seats, seat)))

    def renew(self, tablet: Tablet, seat: str) -> str:
        """It may come from there too, with the token returned; the one it held opens nothing any more."""
        token = secrets.token_urlsafe(32)
        self._change(tablet, lambda now: replace(now, seats=_with(now.seats, seat), digest=digest_of(token)))
        return token

    def remove(self, tablet: Tablet) -> None:
        """It is no longer paired."""
        with self._lock:
            self._keep([kept for kept in self._by_digest.values() if kept.id != tablet.id])

    def _change(self, tablet: Tablet, changed: Any) -> None:
        with self._lock:
            self._keep([changed(kept) if kept.id == tablet.id else kept for kept in self._by_digest.values()])

    def _keep(self, tablets: list[Tablet]) -> None:
        self._ledger.keep_note(_NOTE, json.dumps([asdict(tablet) for tablet in tablets]))
        self._by_digest = {tablet.digest: tablet for tablet in tablets}


def _with(seats: tuple[str, ...], seat: str) -> tuple[str, ...]:
    return (*(kept for kept in seats if kept != seat), seat)[-SEATS:]


def _read(kept: list[Any]) -> list[Tablet]:
    """Earlier versions kept bare digests in the order of pairing, then digests with their numbers."""
    found = []
    for place, entry in enumerate(kept, 1):
        body = entry if isinstance(entry, dict) else {"digest": entry, "number": place}
        body = {"id": body["digest"]} | body
        found.append(Tablet(**{**body, "seats": tuple(body.get("seats", ()))}))
    return found
