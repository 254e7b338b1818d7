"""`python -m appliance.platform.reference`: the platform alone, without the station's command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .composition import Platform, PlatformSettings
from .serving import serve
from .stations import allow_token


def main() -> None:
    """Serve until stopped; one line with the address on standard output when ready."""
    parser = argparse.ArgumentParser(prog="python -m appliance.platform.reference")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--enrol-token", action="append", default=[])
    parser.add_argument("--share-port", action="store_true")
    chosen = parser.parse_args()
    platform = Platform.at(PlatformSettings.at(chosen.data))
    for token in chosen.enrol_token:
        allow_token(platform, token)
    serve(platform, chosen.host, chosen.port, ready=_announce, share_port=chosen.share_port)


def _announce(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
