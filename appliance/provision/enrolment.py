"""`python -m appliance.provision.enrolment`: the first talk with the platform, by the one-time token from the site file.

Run by station-enrol.service, which gives the token as a credential, starts this again after a minute while there is no
network, and removes the token after exit code 0. Exit code 1: try again later. 2: a person must look; trying is useless.
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

from appliance.ledger.errors import LedgerError
from appliance.ledger.keyring import Keyring
from appliance.outbox.process import KEYS
from appliance.platform import client
from appliance.platform.errors import PlatformError, PlatformRefused
from appliance.platform.identity import NotEnrolled, StationIdentity
from appliance.settings import default_data_dir

CREDENTIAL = "enrolment"
FILE = "etc/station/enrolment.toml"


def main() -> int:
    """Enrol, unless that was done already; the exit code."""
    file = Path(os.environ["CREDENTIALS_DIRECTORY"], CREDENTIAL)
    return enrol(default_data_dir(), file.read_text(encoding="utf-8"))


def enrol(data_dir: Path, text: str) -> int:
    """Enrol the station in `data_dir` as `text` (TOML: platform, token, name) says; the exit code."""
    try:
        given = tomllib.loads(text)
        platform, token, name = given["platform"], given["token"], given["name"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        print(f"enrolment: /{FILE} needs platform, token and name ({error!r})", file=sys.stderr)
        return 2
    folder = data_dir / KEYS
    if _enrolled_at(folder, platform):
        print(f"enrolment: this station is enrolled at {platform} already")
        return 0
    try:
        identity = client.enrol(platform, token, name=name, key=Keyring(data_dir).signing)
        identity.save(folder)
    except PlatformRefused as error:
        print(
            f"enrolment: {error}\nask the platform for a new token, then: station platform enrol URL TOKEN",
            file=sys.stderr,
        )
        return 2
    except (PlatformError, LedgerError, OSError) as error:
        print(f"enrolment: not yet ({error}); tried again in a minute", file=sys.stderr)
        return 1
    print(f"enrolment: {identity.base_url} knows this station as {identity.station_id}")
    return 0


def _enrolled_at(folder: Path, platform: str) -> bool:
    try:
        return StationIdentity.load(folder).base_url == platform.rstrip("/")
    except (NotEnrolled, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(main())
