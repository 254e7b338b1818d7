"""The day's plan and students, offline: verified against the platform's key, expiry, station and serial before use.

RosterError(DocumentError)
├── RosterExpired          its time is over: connect once to fetch a new one
├── RosterElsewhere        made for another station
├── RosterRolledBack       older than one already used here
└── RosterUnreadable       signed, but not in the agreed form
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from joserfc.jwk import OKPKey
from pydantic import ValidationError

from .contract import ElsewhereEntry, Plan, RosterDocument, RosterEntry, VerificationMethod
from .digests import answer_digest, code_digest, salt_bytes, same_digest
from .documents import ROSTER_TYPE, DocumentError, verify_document


class RosterError(DocumentError):
    """A roster cannot be used; the message says why and what to do."""


class RosterExpired(RosterError):
    """The roster's time is over."""


class RosterElsewhere(RosterError):
    """The roster was made for another station."""


class RosterRolledBack(RosterError):
    """The roster is older than one this station has already used."""


class RosterUnreadable(RosterError):
    """The signature holds, but the document is not in the agreed form."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A verified roster. Students are found by the digest of their code; nothing here can be searched without a code."""

    plan: Plan
    serial: int
    station_id: str
    issued_at: datetime
    expires_at: datetime
    _salt: bytes
    _entries: dict[str, RosterEntry]
    _elsewhere: dict[str, ElsewhereEntry]

    @classmethod
    def verify(
        cls,
        token: str,
        keys: Iterable[OKPKey],
        *,
        station_id: str,
        now: datetime | None,
        seen_serial: int = 0,
    ) -> Roster:
        """Check and open a signed roster.

        `now` is the time to judge expiry by, None where the station knows no time (captures then say `clock_trusted`
        false). `seen_serial` is the highest serial used for this plan so far; the same serial is welcome again.
        Raises `DocumentForged` or one of `RosterError`.
        """
        body = verify_document(token, keys, ROSTER_TYPE)
        try:
            document = RosterDocument.model_validate_json(body)
            salt = salt_bytes(document.salt)
        except (ValidationError, binascii.Error) as error:
            raise RosterUnreadable(f"the roster is not in the agreed form: {error}") from error
        if document.station_id != station_id:
            raise RosterElsewhere(f"the roster is for station {document.station_id}, this is {station_id}")
        if document.serial < seen_serial:
            raise RosterRolledBack(
                f"roster serial {document.serial} is older than {seen_serial}, already used; fetch the current one"
            )
        if now is not None and now >= document.expires_at:
            raise RosterExpired(
                f"the roster of {document.plan.title.en!r} ended at {document.expires_at.isoformat()}; "
                "connect the station once to fetch the current one"
            )
        return cls(
            plan=document.plan,
            serial=document.serial,
            station_id=document.station_id,
            issued_at=document.issued_at,
            expires_at=document.expires_at,
            _salt=salt,
            _entries={entry.code_digest: entry for entry in document.entries},
            _elsewhere={entry.code_digest: entry for entry in document.elsewhere},
        )

    @classmethod
    def empty(cls, plan: Plan, salt: bytes, station_id: str, *, issued_at: datetime, expires_at: datetime) -> Roster:
        """A roster without students, for a plan that no platform issued (stand-in hardware); `salt` keys its digests."""
        return cls(plan, 0, station_id, issued_at, expires_at, salt, {}, {})

    def digest(self, payload: str) -> str:
        """The digest this roster knows a capture code by."""
        return code_digest(self._salt, payload)

    def find(self, payload: str) -> RosterEntry | ElsewhereEntry | None:
        """Whose code this is: a student of this plan, a code of another plan, or nobody known."""
        digest = self.digest(payload)
        return self._entries.get(digest) or self._elsewhere.get(digest)

    def __len__(self) -> int:
        return len(self._entries)


def answer_is_right(entry: RosterEntry, payload: str, method: VerificationMethod, answer: str) -> bool:
    """Whether `answer` is what the roster expects; False where the roster holds no answer of that kind."""
    expected = entry.answers.get(method)
    return expected is not None and same_digest(expected, answer_digest(payload, method, answer))
