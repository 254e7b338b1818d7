"""Opens what a wiped station left: its keys, sealed to this platform, so that nothing already captured is lost."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path

from appliance.platform.identity import write_private
from appliance.platform.sealing import SealBroken, unseal

from .composition import Platform

ESCROW, REVOKED, LIFTED = "escrow.jwe", "revoked.jws", "revoked.jws.lifted"


def recover(platform: Platform, data_dir: Path) -> str:
    """Put the keys of a wiped station back into (a copy of) its data folder; its id. It can be exported then, and stays revoked.

    Raises `SealBroken` when they are not sealed to this platform, `OSError`.
    """
    folder = data_dir / "keys"
    try:
        document = json.loads(unseal((folder / ESCROW).read_text(), platform.keys.sealing))
        keys = {name: base64.b64decode(text, validate=True) for name, text in document["keys"].items()}
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise SealBroken(
            f"{folder / ESCROW} holds no keys of a station that this platform can open: {error}"
        ) from error
    for name in ("ledger.key", "station.pem"):
        write_private(folder / name, keys[name])
    (folder / REVOKED).replace(folder / LIFTED)
    return str(document["station_id"])
