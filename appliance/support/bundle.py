"""The support bundle: a tar.gz of a few scrubbed texts, bounded in size."""

from __future__ import annotations

import io
import json
import os
import platform
import shutil
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from appliance.release.documents import read_document
from appliance.release.places import Places, running_release
from appliance.safe_mode.starts import Starts
from appliance.support.journal import UNITS, service_log, told
from appliance.support.scrub import HIDDEN, scrubbed

LARGEST_PART = 2_000_000  # bytes of one text
LOG_LINES = 4000
_OPEN_SETTINGS = frozenset(
    ("port", "https", "profile", "threads", "driver", "device", "width", "height", "fps", "nightly", "metered")
)
_PROC = ("loadavg", "meminfo", "mounts", "swaps", "uptime", "pressure/cpu", "pressure/io", "pressure/memory")


def write_support(data_dir: Path, folder: Path, doctor: Callable[[], dict[str, Any]] | None = None) -> Path:
    """Write `station-support-TIME.tar.gz` into `folder` (mode 0600) and return its path. `doctor` gives the examination.

    A part that cannot be had says why in its place. Raises `OSError`.
    """
    target = folder / f"station-support-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz"
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, text in _parts(data_dir, doctor):
                body = text.encode("utf-8", "replace")[-LARGEST_PART:]
                entry = tarfile.TarInfo(f"station-support/{name}")
                entry.size, entry.mode = len(body), 0o600
                archive.addfile(entry, io.BytesIO(body))
    except OSError:
        target.unlink(missing_ok=True)  # half of one helps nobody, and a full stick has no room for it
        raise
    return target


def _parts(data_dir: Path, doctor: Callable[[], dict[str, Any]] | None) -> Iterator[tuple[str, str]]:
    yield "versions.json", _json(_versions())
    yield "settings.json", _json(open_settings(os.environ.get("STATION_SETTINGS")))
    start = Starts(data_dir).read()
    yield "starts.json", _clean({"failed": start.failed, "reasons": list(start.reasons)})
    yield "update.json", _clean(_update(), names=False)
    yield "disk.json", _json(_disk(data_dir))
    yield "machine.txt", scrubbed("".join(_machine()), names=True)
    yield "units.txt", _asked(["systemctl", "list-units", "--all", "--no-pager", "--plain", UNITS])
    yield "failed.txt", _asked(["systemctl", "--failed", "--no-pager", "--plain"])
    yield "boot.txt", _asked(["systemd-analyze", "blame", "--no-pager"])[:20_000]
    yield "journal.txt", "\n".join(service_log(LOG_LINES))
    yield "throttled.txt", _asked(["vcgencmd", "get_throttled"])
    if doctor is not None:
        yield "doctor.json", _clean(_examined(doctor), names=False)


def _asked(command: list[str]) -> str:
    return scrubbed(told(command), names=True)


def _examined(doctor: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return doctor()
    except Exception as error:  # a broken device must not keep the rest back
        return {"outcome": "fail", "error": f"{type(error).__name__}: {error}"}


def _versions() -> dict[str, Any]:
    return {
        "release": running_release(),
        "python": sys.version,
        "machine": platform.machine(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "kernel": platform.release(),
        "packages": dict(sorted((found.name, found.version) for found in distributions())),
    }


def open_settings(path: str | None) -> dict[str, Any]:
    """The settings file with every value hidden but those that are nobody's; keys stay, so that a misspelt one is seen."""
    if path is None:
        return {}
    try:
        return _hidden(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        return {"unreadable": f"{type(error).__name__}: {error}"}


def _hidden(table: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            shown[key] = _hidden(value)
        else:
            plain = isinstance(value, bool) or key in _OPEN_SETTINGS
            shown[key] = value if plain else f"{HIDDEN} ({type(value).__name__})"
    return shown


def _update() -> dict[str, Any]:
    places = Places()
    return {
        "current": places.named(places.current),
        "confirmed": places.named(places.confirmed),
        "releases": places.complete(),
        "told": read_document(places.progress),
        "trial": read_document(places.trial),
        "found": read_document(places.spool / "found.json"),
    }


def _disk(data_dir: Path) -> dict[str, Any]:
    usage = shutil.disk_usage(data_dir)
    folders = {}
    for path in sorted(path for path in data_dir.iterdir() if path.is_dir()):
        files = [entry for entry in path.rglob("*") if entry.is_file()]
        folders[path.name] = {"files": len(files), "bytes": sum(entry.stat().st_size for entry in files)}
    ledger = data_dir / "ledger.db"
    size = ledger.stat().st_size if ledger.is_file() else None
    return {"total": usage.total, "free": usage.free, "ledger_bytes": size, "folders": folders}


def _machine() -> Iterator[str]:
    for name in _PROC:
        path = Path("/proc") / name
        try:
            yield f"--- {name}\n{path.read_text(encoding='utf-8', errors='replace')}\n"
        except OSError as error:
            yield f"--- {name}: {error.strerror}\n"
    for zone in sorted(Path("/sys/class/thermal").glob("thermal_zone*/temp")):
        try:
            yield f"--- {zone.parent.name}: {zone.read_text(encoding='utf-8').strip()} m°C\n"
        except OSError as error:
            yield f"--- {zone.parent.name}: {error.strerror}\n"


def _clean(body: object, *, names: bool = True) -> str:
    """`body` as JSON, every text in it scrubbed; `names` as in `scrubbed` (our own messages in Chinese stay without)."""
    return _json(_scrubbed_within(body, names=names))


def _scrubbed_within(body: object, *, names: bool) -> object:
    if isinstance(body, dict):
        return {key: _scrubbed_within(value, names=names) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_scrubbed_within(value, names=names) for value in body]
    return scrubbed(body, names=names) if isinstance(body, str) else body


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1, default=str)
