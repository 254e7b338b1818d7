"""Stations: enrolled once by a one-time token, known by their key, stopped by revocation."""

from __future__ import annotations

import json
import secrets
from typing import Any

from joserfc.jwk import OKPKey
from sqlmodel import Session, select

from appliance.platform.contract import Enrolment, EnrolmentRequest, Heartbeat, Revocation
from appliance.platform.digests import sha256_hex
from appliance.platform.documents import HOLD_TYPE, REVOCATION_TYPE, public_key, sign_document

from .composition import Platform
from .problems import Refusal
from .succession import make_present
from .tables import RevocationRow, StationKeyRow, StationRow, TokenRow


def allow_token(platform: Platform, token: str) -> None:
    """Let `token` enrol one station. Allowing the same token again changes nothing."""
    digest = sha256_hex(token.encode())
    with platform.database.write(f"token/{digest}") as session:
        if session.get(TokenRow, digest) is None:
            session.add(TokenRow(token_sha256=digest, created_at=platform.stamp()))


def new_token(platform: Platform) -> str:
    """Make and allow a one-time token."""
    token = secrets.token_urlsafe(24)
    allow_token(platform, token)
    return token


def enrol(platform: Platform, request: EnrolmentRequest, key: OKPKey) -> tuple[Enrolment, bool]:
    """Enrol the station that holds `key`; whether it is new. The same token with the same key gets the same answer again."""
    thumbprint, digest = key.thumbprint(), sha256_hex(request.token.encode())
    with platform.database.write(f"station-key/{thumbprint}", f"token/{digest}") as session:
        token = session.get(TokenRow, digest)
        if token is None:
            raise Refusal("bad-token", "the token is not known; ask the administrator for a new one")
        known = _station_of(session, thumbprint)
        if token.used_by is not None and (known is None or known.station_id != token.used_by):
            raise Refusal("bad-token", "the token was used by another station; ask the administrator for a new one")
        if known is None:
            station = StationRow(
                station_id=f"st-{secrets.token_hex(5)}",
                name=request.name,
                thumbprint=thumbprint,
                public_jwk=json.dumps(key.as_dict(private=False)),
                enrolled_at=platform.stamp(),
            )
        else:
            station = known
            _back_to(session, station, key, platform.stamp(), spent=token.used_by is not None)
        station.name = request.name
        station.revoked_at = None if token.used_by is None else station.revoked_at  # a fresh token lifts a revocation
        token.used_by = station.station_id
        session.add(station)
        session.add(token)
    signing, sealing = platform.keys.public()
    answer = Enrolment.model_validate(
        {
            "station_id": station.station_id,
            "signing_keys": [signing],
            "sealing_key": sealing,
            "enrolled_at": station.enrolled_at,
        }
    )
    return answer, known is None


def _back_to(session: Session, station: StationRow, key: OKPKey, at: str, *, spent: bool) -> None:
    """A station that was restored from a backup of before its keys were changed comes with a past one; a fresh token lets it."""
    if station.thumbprint == key.thumbprint():
        return
    if spent:
        raise Refusal("bad-token", "this key was replaced; ask the administrator for a new token")
    session.delete(session.get_one(StationKeyRow, key.thumbprint()))
    session.flush()
    make_present(session, station, key, at)


def _station_of(session: Session, thumbprint: str) -> StationRow | None:
    """Whose key it is, or was."""
    present = session.exec(select(StationRow).where(StationRow.thumbprint == thumbprint)).first()
    other = None if present is not None else session.get(StationKeyRow, thumbprint)
    return present if other is None else session.get(StationRow, other.station_id)


def station_public_key(platform: Platform, station_id: str) -> OKPKey | None:
    """The key a station signs with; None when it is not enrolled."""
    with platform.database.read() as session:
        station = session.get(StationRow, station_id)
    return None if station is None else public_key(json.loads(station.public_jwk))


def is_revoked(platform: Platform, station_id: str) -> bool:
    """Whether an enrolled station was stopped."""
    with platform.database.read() as session:
        station = session.get(StationRow, station_id)
    return station is not None and station.revoked_at is not None


def statement_for(platform: Platform, station_id: str) -> str | None:
    """The signed word by which a revoked station wipes its keys; None where it was only stopped."""
    with platform.database.read() as session:
        row = session.get(RevocationRow, station_id)
    return None if row is None else row.statement


def words_for(platform: Platform, station_id: str) -> dict[str, Any]:
    """What the platform signs for a revoked station, for the refusals it gets: to serve nobody, and where it was lost to wipe
    its keys. Empty where it is not revoked."""
    with platform.database.read() as session:
        station = session.get(StationRow, station_id)
        lost = session.get(RevocationRow, station_id)
    if station is None or station.revoked_at is None:
        return {}
    hold = sign_document(_word(station_id, station.revoked_at), platform.keys.signing, HOLD_TYPE)
    return {"hold": hold} | ({} if lost is None else {"statement": lost.statement})


def revoke(platform: Platform, station_id: str, *, wipe: bool = False) -> None:
    """Stop a station: from now on it gets 403; with `wipe` (lost, stolen) also the signed word to wipe its keys, for good.

    LookupError when it is not enrolled.
    """
    with platform.database.write(f"station/{station_id}") as session:
        station = session.get(StationRow, station_id)
        if station is None:
            raise LookupError(f"no station {station_id}")
        station.revoked_at = platform.stamp()
        session.add(station)
        if wipe:
            statement = sign_document(_word(station_id, station.revoked_at), platform.keys.signing, REVOCATION_TYPE)
            session.merge(RevocationRow(station_id=station_id, statement=statement))


def _word(station_id: str, revoked_at: str) -> bytes:
    return Revocation.model_validate({"station_id": station_id, "revoked_at": revoked_at}).model_dump_json().encode()


def take_heartbeat(platform: Platform, station_id: str, heartbeat: Heartbeat) -> None:
    """Remember how a station is doing."""
    with platform.database.write(f"station/{station_id}") as session:
        station = session.get_one(StationRow, station_id)
        station.last_seen_at = platform.stamp()
        station.heartbeat = heartbeat.model_dump_json()
        session.add(station)
