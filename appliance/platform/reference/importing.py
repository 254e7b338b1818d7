"""Archives that stations wrote to a stick: taken in by the same rules as what comes over the network, with the same receipts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from appliance.platform.archive import ArchiveError, read_captures, read_header
from appliance.platform.digests import sha256_hex

from . import captures
from .composition import Platform
from .problems import Refusal
from .stations import is_revoked, station_public_key


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an archive: receipts (JWS) of what was taken in, refusals by capture, and why it stopped, if it did."""

    station_id: str
    receipts: tuple[str, ...]
    refused: dict[str, str]
    stopped: str | None

    def write(self, path: Path) -> None:
        """The receipts, as the station takes them (`station queue receipts FILE`)."""
        path.write_text(json.dumps({"station_id": self.station_id, "receipts": self.receipts}, indent=1))


def import_archive(platform: Platform, path: Path) -> Imported:
    """Take in every capture of an archive; one already here changes nothing.

    Raises `ArchiveError` when nothing of it can be used, `OSError`.
    """
    with path.open("rb") as file:
        header, bound = read_header(file, lambda station_id: station_public_key(platform, station_id))
        if is_revoked(platform, header.station_id):
            raise ArchiveError(f"station {header.station_id} was revoked: nothing more is taken from it")
        receipts: list[str] = []
        refused: dict[str, str] = {}
        stopped = None
        try:
            for capture in read_captures(file, header, bound, platform.keys.sealing):
                try:
                    captures.put_record(platform, header.station_id, capture.capture_id, capture.record)
                    captures.put_photo(platform, header.station_id, capture.capture_id, capture.photo)
                    digest = sha256_hex(capture.original)
                    captures.keep_original(platform, capture.capture_id, [capture.original], digest)
                    receipts.append(captures.read_receipt(platform, header.station_id, capture.capture_id).jws)
                except Refusal as refusal:
                    refused[capture.capture_id] = f"{refusal.code}: {refusal.detail}"
        except ArchiveError as error:
            stopped = str(error)
    return Imported(header.station_id, tuple(receipts), refused, stopped)
