"""`python -m appliance.outbox DATA_DIR`: the delivery process alone; `station queue deliver` is the same with more comfort."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from appliance.ledger.store import Ledger
from appliance.outbox.process import LOG_FORMAT, deliver_until_stopped, installed_version


def main() -> None:
    """Deliver for the station whose data folder is named, until SIGTERM."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m appliance.outbox DATA_DIR")
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    ledger = Ledger(Path(sys.argv[1]))
    deliver_until_stopped(ledger, version=installed_version())
    ledger.close()


if __name__ == "__main__":
    main()
