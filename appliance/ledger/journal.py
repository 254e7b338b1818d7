"""The journal: every step an entry, chained by sha256 and signed with the device key.

digest = sha256(previous digest || canonical JSON of the entry); signature = Ed25519(digest). Removing, changing or reordering
an entry breaks the chain from there on. Cutting off the newest entries is seen by the platform, which is told the last digest.

Every body names the `operator` ("station" for what the machine does by itself) and the `maker`: the digest of the document
that says which device, software and networks wrote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlmodel import Session, select

from appliance.ledger.errors import JournalBroken
from appliance.ledger.maker import Maker, digest_of
from appliance.ledger.succession import ANNOUNCED, Succession, first_of
from appliance.ledger.tables import JournalRow, MakerRow

GENESIS = "0" * 64
BY_ITSELF = "station"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, and whether the clock could be trusted then."""

    at: str  # ISO 8601, UTC
    clock_trusted: bool
    boot_id: str


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: one spelling for one value, as digests need."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def append(
    session: Session,
    key: Ed25519PrivateKey,
    maker: Maker,
    moment: Moment,
    event: str,
    *,
    visit_id: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> JournalRow:
    """Add an entry within the caller's transaction, so that the step and its entry stand or fall together.

    `body` may name the `operator` who asked for the step.
    """
    maker.keep(session)
    whole = {"operator": BY_ITSELF, **(body or {}), "maker": maker.digest}
    last = session.exec(select(JournalRow).order_by(JournalRow.seq.desc()).limit(1)).first()  # type: ignore[attr-defined]
    row = JournalRow(
        seq=1 if last is None else last.seq + 1,
        at=moment.at,
        clock_trusted=moment.clock_trusted,
        boot_id=moment.boot_id,
        visit_id=visit_id,
        event=event,
        body=canonical(whole).decode(),
        previous=GENESIS if last is None else last.digest,
        digest="",
        signature="",
    )
    row.digest = _digest(row)
    row.signature = key.sign(bytes.fromhex(row.digest)).hex()
    session.add(row)
    session.flush()
    return row


def verify(session: Session, key: Ed25519PublicKey) -> int:
    """How many entries there are, all sound and signed by this station, whose key is `key` now.

    Raises `JournalBroken`, naming the first that is not.
    """
    previous, count = GENESIS, 0
    announced = select(JournalRow.body).where(JournalRow.event == ANNOUNCED).order_by(JournalRow.seq)  # type: ignore[arg-type]
    try:
        signers = Succession(first_of(session.exec(announced.limit(1)).first(), key))
    except InvalidSignature as error:
        raise JournalBroken(1, "the journal announces a key that is none") from error
    makers = {row.digest: digest_of(row.body) for row in session.exec(select(MakerRow))}
    for row in session.exec(select(JournalRow).order_by(JournalRow.seq)):  # type: ignore[arg-type]
        count += 1
        if row.seq != count:
            msg = f"journal entry {count} is missing (the next one there is {row.seq})"
            raise JournalBroken(count, msg)
        if row.previous != previous or row.digest != _digest(row):
            msg = f"journal entry {row.seq} ({row.event}, {row.at}) was changed"
            raise JournalBroken(row.seq, msg)
        try:
            signers.take(row.event, row.body, bytes.fromhex(row.digest), bytes.fromhex(row.signature))
        except (InvalidSignature, ValueError) as error:
            msg = f"journal entry {row.seq} ({row.event}, {row.at}) is not signed by this station"
            raise JournalBroken(row.seq, msg) from error
        maker = json.loads(row.body).get("maker")  # entries of the first schema name none
        if maker is not None and makers.get(maker) != maker:
            msg = f"journal entry {row.seq} ({row.event}, {row.at}) names a device and software that were removed or changed"
            raise JournalBroken(row.seq, msg)
        previous = row.digest
    if not signers.ends_with(key):
        msg = f"after journal entry {count} comes another key than this station's: keys/station.pem is of another time or station"
        raise JournalBroken(count, msg)
    return count


def _digest(row: JournalRow) -> str:
    entry = [row.seq, row.at, row.clock_trusted, row.boot_id, row.visit_id, row.event, row.body]
    return hashlib.sha256(row.previous.encode() + canonical(entry)).hexdigest()
