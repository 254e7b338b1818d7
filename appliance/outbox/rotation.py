"""`station keys rotate`: a new station key, announced to the platform before it is used, so that no cut leaves a key nobody takes.

1. The next key is written beside the present one. 2. The journal names it, signed by the present one. 3. The platform is told,
signed by the present one, with proof of the next; it takes both now. 4. `station.pem` becomes the next. 5. The journal says so,
signed by the new key. 6. The first request with it ends the old one's time.

Cut off before 4 the station goes on with the old key, after it with the new one; both are taken. The command
goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import col, select

from appliance.ledger import next_key
from appliance.ledger.files import write_durably
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.succession import ANNOUNCED, CHANGED, announcement, raw
from appliance.ledger.tables import JournalRow
from appliance.platform.at_rest import open_file, seal_file
from appliance.platform.client import PlatformClient, key_change
from appliance.platform.documents import DocumentForged
from appliance.platform.errors import PlatformError, PlatformRefused
from appliance.platform.identity import StationIdentity

_BESIDE = ".next"
_KEY_USED = "key-used"


@dataclass(frozen=True, slots=True)
class Rotated:
    """Public keys in hex, and whether the platform has seen a request of the new one; else the next delivery shows it."""

    previous: str
    present: str
    seen: bool


def rotate(
    data_dir: Path, moment: Moment, *, dial: Callable[[StationIdentity], PlatformClient] = PlatformClient
) -> Rotated:
    """Change the station's key, or go on with a change that was cut off. Station and delivery must be stopped.

    Raises `NotEnrolled`, `PlatformError` (nothing has changed; try again), `LedgerError` (`LedgerInUse`), `OSError`.
    """
    identity = StationIdentity.load(data_dir / "keys")
    with closing(Ledger(data_dir)) as ledger, ledger.alone():
        following = next_key.prepare(data_dir)
        if _public(following) != _public(ledger.keys.signing):
            _announce(ledger, identity, following, moment, dial)
            _seal_rosters_beside(data_dir, ledger.keys.signing, following)
            next_key.take_over(data_dir)
            ledger.take_new_key()
        _put_rosters(data_dir)
        told = _announced_last(ledger)
        if not _is_told(ledger, CHANGED, told["next"]):
            ledger.record(moment, CHANGED, body={name: told[name] for name in ("previous", "next")})
        next_key.forget(data_dir)
    return Rotated(told["previous"], told["next"], _seen(StationIdentity.load(data_dir / "keys"), dial))


def _announce(
    ledger: Ledger,
    identity: StationIdentity,
    following: Ed25519PrivateKey,
    moment: Moment,
    dial: Callable[[StationIdentity], PlatformClient],
) -> None:
    if not _is_told(ledger, ANNOUNCED, _public(following)):
        ledger.record(moment, ANNOUNCED, body=announcement(ledger.keys.signing, following))
    try:
        with dial(identity) as client:
            client.announce_key(key_change(identity.station_id, identity.key, following))
    except PlatformRefused as refused:
        if refused.code == _KEY_USED:  # never to be taken: the next try makes another
            next_key.forget(ledger.data_dir)
        raise


def _seal_rosters_beside(data_dir: Path, present: Ed25519PrivateKey, following: Ed25519PrivateKey) -> None:
    """Rosters are sealed with the station's key; those for the next one lie beside until it has taken over."""
    for stale in (data_dir / "rosters").glob(f"*{_BESIDE}"):
        stale.unlink()
    for path in (data_dir / "rosters").glob("*.jws"):
        try:
            content = open_file(present, path.name, path.read_bytes())
        except DocumentForged:
            continue  # damaged before: fetched anew
        write_durably(path.with_name(path.name + _BESIDE), seal_file(following, path.name, content))


def _put_rosters(data_dir: Path) -> None:
    for path in (data_dir / "rosters").glob(f"*{_BESIDE}"):
        write_durably(path.with_name(path.name.removesuffix(_BESIDE)), path.read_bytes())
        path.unlink()


def _seen(identity: StationIdentity, dial: Callable[[StationIdentity], PlatformClient]) -> bool:
    try:
        with dial(identity) as client:
            client.events()
    except PlatformError:
        return False
    return True


def _announced_last(ledger: Ledger) -> dict[str, str]:
    with ledger.reading() as session:
        newest = select(JournalRow.body).where(JournalRow.event == ANNOUNCED).order_by(col(JournalRow.seq).desc())
        found: dict[str, str] = json.loads(session.exec(newest.limit(1)).one())
    return found


def _is_told(ledger: Ledger, event: str, following: str) -> bool:
    """Whether the newest entry of this kind names this key."""
    with ledger.reading() as session:
        newest = select(JournalRow.body).where(JournalRow.event == event).order_by(col(JournalRow.seq).desc())
        body = session.exec(newest.limit(1)).first()
    return body is not None and json.loads(body).get("next") == following


def _public(key: Ed25519PrivateKey) -> str:
    return raw(key.public_key()).hex()
