"""Archives that stations wrote to a stick: taken in by the same rules as what comes over the network, with the same receipts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.platform.archive import RECEIPTS_PATTERN, ArchiveError, read_captures, read_header
from appliance.platform.digests import sha256_hex

from . import captures
from .composition import Platform
from .problems import Refusal
from .stations import is_revoked
from .succession import every_key


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an archive: receipts (JWS) of what was taken in, refusals by capture, and why it stopped, if it did."""

    station_id: str
    receipts: tuple[str, ...]
    refused: dict[str, str]
    stopped: str | None


def import_archive(platform: Platform, path: Path) -> Imported:
    """Take in every capture of an archive; one already here changes nothing.

    Raises `ArchiveError` when nothing of it can be used, `OSError`.
    """
    if not path.is_file():
        raise ArchiveError("this is no file but a folder, a pipe or a device")
    with path.open("rb") as file:
        header, bound = read_header(file, lambda station_id: every_key(platform, station_id))
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


def write_receipts(imported: Sequence[Imported], folder: Path, path: Path | None = None) -> list[Path]:
    """The receipts, as stations take them (`station queue receipts FILE|FOLDER`): a file a station in `folder`, or one at `path`.

    ValueError when `path` is given and the archives are of several stations.
    """
    stations = sorted({one.station_id for one in imported})
    if path is not None and len(stations) > 1:
        raise ValueError(f"archives of {len(stations)} stations: leave --receipts away, each gets a file of its own")
    files = []
    for station_id in stations:
        receipts = [receipt for one in imported if one.station_id == station_id for receipt in one.receipts]
        file = path or folder / RECEIPTS_PATTERN.replace("*", station_id)
        with file.open("w", encoding="utf-8") as out:
            json.dump({"station_id": station_id, "receipts": receipts}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())  # sticks are pulled out
        files.append(file)
    return files
