"""Station and platform: enrolment, events, heartbeat."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from .base import Answered, CompactJose, Identifier, Sent, ShortText


class Jwk(Answered):
    """A public key (RFC 8037 OKP): Ed25519 for signatures, X25519 for sealing."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519", "X25519"]
    x: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    kid: str | None = None


class StationJwk(Sent):
    """A station's public key: Ed25519, for its signatures."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class EnrolmentRequest(Sent):
    """A new station presents its one-time token and its public key; the request is signed with that key."""

    token: str = Field(min_length=8, max_length=200)
    name: ShortText
    public_key: StationJwk


class Enrolment(Answered):
    """The platform's answer: who the station is from now on, and the platform's public keys."""

    station_id: Identifier
    signing_keys: list[Jwk]
    sealing_key: Jwk
    enrolled_at: AwareDatetime


class KeyChange(Sent):
    """A station's next key, in a request signed with the present one.

    `proof` is a JWS (`typ` station-key-change+json) by the next key over a KeyChangeProof: whoever announces a key holds it.
    """

    public_key: StationJwk
    proof: CompactJose


class KeyChangeProof(Answered):
    """What the next key signs: whose it will be, and in place of which key; keys by their RFC 7638 thumbprints."""

    station_id: Identifier
    previous: ShortText
    next: ShortText


class KeyAnnounced(Answered):
    """The platform takes both keys now. The first request that the next one signs ends the present one's time."""

    station_id: Identifier
    present: ShortText
    next: ShortText
    announced_at: AwareDatetime


class Revocation(Answered):
    """A signed revocation (JWS, `typ` station-revocation+json): the station seals its keys to the platform and wipes them.

    It stands as `statement` in the problem `revoked`. The same document as `hold` (`typ` station-hold+json) only stops the
    station: no new visit begins until the platform answers it again; what it has it keeps, and asks now and then.
    """

    station_id: Identifier
    revoked_at: AwareDatetime


class StationEvent(Answered):
    """Something the platform tells the station; `id` makes repeats harmless, `cursor` acknowledges."""

    id: UUID
    cursor: str
    kind: Literal["roster-changed", "plan-changed", "receipt-issued", "review", "order"]
    at: AwareDatetime
    data: dict[str, Any]


class EventPage(Answered):
    """Events after the cursor asked with; empty when the wait ran out."""

    events: list[StationEvent]
    cursor: str


class Heartbeat(Sent):
    """How a station is doing. Counters only ever describe the station's own queue."""

    version: ShortText
    boot_id: Identifier
    uptime_s: float = Field(ge=0)
    clock_offset_s: float | None = None
    waiting: int = Field(ge=0)
    parked: int = Field(ge=0)
    receipted: int = Field(ge=0)
    bytes_waiting: int = Field(ge=0)
    disk_free_bytes: int | None = Field(default=None, ge=0)


class HeartbeatAnswer(Answered):
    """Acknowledged, with the platform's time."""

    at: AwareDatetime
