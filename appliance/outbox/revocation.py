"""The platform takes a station's keys back: only its signed word does that, and what was captured stays openable for it alone."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterable

from joserfc.jwk import OKPKey
from pydantic import ValidationError

from appliance.ledger import wiping
from appliance.ledger.boot import boot_id
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.platform.contract import Revocation
from appliance.platform.documents import REVOCATION_TYPE, DocumentError, verify_document
from appliance.platform.identity import StationIdentity
from appliance.platform.sealing import seal

log = logging.getLogger(__name__)
ESCROW_TYPE = "station-escrow"


def proven(token: str, keys: Iterable[OKPKey], station_id: str, typ: str = REVOCATION_TYPE) -> Revocation | None:
    """The platform's word about this very station; `None` for anything else, whoever answers 401 or 403."""
    try:
        found = Revocation.model_validate_json(verify_document(token, keys, typ))
    except (DocumentError, ValidationError) as error:
        log.warning("a revocation that is not the platform's was not heeded: %s", error)
        return None
    return found if found.station_id == station_id else None


def heed(ledger: Ledger, identity: StationIdentity, token: str) -> bool:
    """Seal the keys to the platform, wipe them here; whether the word was the platform's. Raises `OSError`."""
    revocation = proven(token, identity.signing_keys, identity.station_id)
    if revocation is None:
        return False
    moment = Moment(at=revocation.revoked_at.isoformat(), clock_trusted=True, boot_id=boot_id())
    ledger.record(moment, "station.revoked", body={"station": identity.station_id})
    keys = {name: base64.b64encode(content).decode() for name, content in ledger.keys.carried().items()}
    body = json.dumps({"station_id": identity.station_id, "keys": keys})
    wiping.wipe(ledger.data_dir, seal(body, identity.sealing_key, typ=ESCROW_TYPE), token)
    log.error(
        "the platform revoked this station: its keys are wiped, what was captured can be opened by the platform only"
    )
    return True
