"""A station changes its key: the next is announced by the present one, takes over with its first request; the past is kept."""

from __future__ import annotations

import json

from joserfc.jwk import OKPKey
from pydantic import ValidationError
from sqlmodel import Session, col, select

from appliance.platform.contract import KeyAnnounced, KeyChange, KeyChangeProof
from appliance.platform.documents import KEY_CHANGE_TYPE, DocumentError, public_key, verify_document

from .composition import Platform
from .problems import Refusal
from .tables import StationKeyRow, StationRow

NEXT, PAST = "next", "past"


def announce(platform: Platform, station_id: str, change: KeyChange) -> KeyAnnounced:
    """Take both keys from now on. The same announcement again gets the same answer; another one replaces it.

    Raises `Refusal`: `body-unreadable` for a key or proof that does not hold, `key-used` for one that is or was somebody's.
    """
    key = _proven(station_id, change)
    thumbprint = key.thumbprint()
    with platform.database.write(f"station-key/{thumbprint}", f"station/{station_id}") as session:
        station = session.get_one(StationRow, station_id)
        if _proof(change, key).previous != station.thumbprint:
            raise Refusal("body-unreadable", f"proof: the present key is {station.thumbprint}")
        announced = _next(session, station_id)
        if announced is None or announced.thumbprint != thumbprint:
            _refuse_used(session, thumbprint)
            if announced is not None:
                session.delete(announced)
            jwk = json.dumps(key.as_dict(private=False))
            announced = StationKeyRow(
                thumbprint=thumbprint, station_id=station_id, public_jwk=jwk, state=NEXT, since=platform.stamp()
            )
            session.add(announced)
        said = {"station_id": station_id, "present": station.thumbprint}
        return KeyAnnounced.model_validate({**said, "next": thumbprint, "announced_at": announced.since})


def next_key(platform: Platform, station_id: str) -> OKPKey | None:
    """The key that was announced and has not signed yet."""
    with platform.database.read() as session:
        row = _next(session, station_id)
    return None if row is None else public_key(json.loads(row.public_jwk))


def take_over(platform: Platform, station_id: str, key: OKPKey) -> None:
    """The announced `key` has signed: it is the station's from now on, the one before is past. Doing it twice changes nothing."""
    with platform.database.write(f"station/{station_id}") as session:
        station, row = session.get_one(StationRow, station_id), session.get(StationKeyRow, key.thumbprint())
        if row is None or row.state != NEXT:
            return
        session.delete(row)
        session.flush()
        make_present(session, station, key, platform.stamp())


def make_present(session: Session, station: StationRow, key: OKPKey, at: str) -> None:
    """Within the caller's transaction: `key` is the one `station` signs with, and its present one is past."""
    session.merge(
        StationKeyRow(
            thumbprint=station.thumbprint,
            station_id=station.station_id,
            public_jwk=station.public_jwk,
            state=PAST,
            since=at,
        )
    )
    station.thumbprint, station.public_jwk = key.thumbprint(), json.dumps(key.as_dict(private=False))
    session.add(station)


def every_key(platform: Platform, station_id: str) -> tuple[OKPKey, ...]:
    """The keys that what a station signed, some day, may be verified with: the present one first; empty when it is not enrolled."""
    with platform.database.read() as session:
        station = session.get(StationRow, station_id)
        past = select(StationKeyRow).where(StationKeyRow.station_id == station_id, StationKeyRow.state == PAST)
        rows = [] if station is None else [station, *session.exec(past.order_by(col(StationKeyRow.since).desc()))]
    return tuple(public_key(json.loads(row.public_jwk)) for row in rows)


def _proven(station_id: str, change: KeyChange) -> OKPKey:
    """The announced key, whose proof names this station and this key."""
    try:
        key = public_key(change.public_key.model_dump())
    except ValueError as error:
        raise Refusal("body-unreadable", f"public_key: {error}") from error
    proof = _proof(change, key)
    if (proof.station_id, proof.next) != (station_id, key.thumbprint()):
        raise Refusal("body-unreadable", "proof: it is of another station or another key")
    return key


def _proof(change: KeyChange, key: OKPKey) -> KeyChangeProof:
    try:
        return KeyChangeProof.model_validate_json(verify_document(change.proof, [key], KEY_CHANGE_TYPE))
    except (DocumentError, ValidationError) as error:
        raise Refusal("body-unreadable", f"proof: not signed by the key that is announced ({error})") from error


def _next(session: Session, station_id: str) -> StationKeyRow | None:
    wanted = select(StationKeyRow).where(StationKeyRow.station_id == station_id, StationKeyRow.state == NEXT)
    return session.exec(wanted).first()


def _refuse_used(session: Session, thumbprint: str) -> None:
    used = session.exec(select(StationRow).where(StationRow.thumbprint == thumbprint)).first()
    if used is not None or session.get(StationKeyRow, thumbprint) is not None:
        raise Refusal("key-used", "the announced key is or was a station's: make a new one")
