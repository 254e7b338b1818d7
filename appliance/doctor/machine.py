"""Networks, keys, clock, disk: what can be examined while a station runs beside it."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from appliance import board
from appliance.doctor.finding import Finding, Outcome, found
from appliance.health.judging import HealthItem, HealthState, Readings, judged
from appliance.ledger.errors import LedgerError
from appliance.ledger.store import Ledger
from appliance.platform.identity import NotEnrolled, StationIdentity
from firmware.ports import Clock, DeviceUnavailable, PowerMonitor, PowerReading
from firmware.storage import read_disk, read_rtc
from models.errors import ModelsError
from models.install import verify

WRITES = 20
WRITTEN = os.urandom(64 * 1024)  # bytes a write: an encoded photo and its row
SLOW_MS, TOO_SLOW_MS = 60.0, 250.0  # median of a write with fsync; two of them make up a capture
KEYS, LEDGER = "keys", "ledger.db"
ASKED = "etc/overlayroot.local.conf"  # written by `provisioning/install --read-only`
HOTSPOT = "run/station-network/hotspot.json"  # written by station-network.service
SEALED, BROKEN = Path("/run/station-seal"), "broken: "  # written by station-seal.service
_OUTCOMES = {
    HealthState.OK: Outcome.OK,
    HealthState.WARN: Outcome.WARN,
    HealthState.BAD: Outcome.FAIL,
    HealthState.UNKNOWN: Outcome.SKIPPED,
}


def machine_findings(data_dir: Path, power: PowerMonitor, clock: Clock) -> Iterator[Finding]:
    """All of them, one after the other, as each is known."""
    yield networks()
    yield from keys(data_dir)
    yield from read_only_root()
    yield from hotspot()
    yield disk_speed(data_dir)
    yield from health(data_dir, power, clock)


def networks() -> Finding:
    """Every network's sha256 against its pin."""
    try:
        states = verify()
    except ModelsError as error:
        return found("networks", Outcome.FAIL, str(error))
    wrong = [f"{name} {state}" for name, state in states.items() if state != "ok"]
    return found("networks", Outcome.FAIL if wrong else Outcome.OK, ", ".join(wrong) or f"{len(states)} intact")


def keys(data_dir: Path) -> Iterator[Finding]:
    """Whether the ledger opens with its keys, nobody else may read them, and the platform knows this station."""
    if not (data_dir / LEDGER).exists():
        yield found("keys", Outcome.SKIPPED, "no ledger yet: the first start makes it")
        return
    try:
        ledger = Ledger(data_dir)
    except (LedgerError, OSError) as error:
        yield found("keys", Outcome.FAIL, str(error))
        yield from broken_seal()
        return
    ledger.close()
    yield found("keys", Outcome.OK, "the ledger opens")
    open_files = [file for file in _files(data_dir / KEYS) if _is_secret(file) and file.stat().st_mode & 0o077]
    named = ", ".join(file.name for file in open_files)
    yield found("key_files", Outcome.FAIL if open_files else Outcome.OK, named or "0600")
    yield sealing((data_dir / KEYS / "ledger.key").read_bytes())
    try:
        identity = StationIdentity.load(data_dir / KEYS)
    except NotEnrolled:
        yield found("enrolment", Outcome.WARN, "not enrolled")
    else:
        yield found("enrolment", Outcome.OK, identity.station_id)
        yield platform_link(identity.base_url)


def platform_link(base_url: str) -> Finding:
    """Whether somebody between station and platform could read what is told of students, or put reviews into the answers."""
    parts = urlsplit(base_url)
    safe = parts.scheme == "https" or _is_this_machine(parts.hostname or "")
    return found("platform_link", Outcome.OK if safe else Outcome.WARN, base_url)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def broken_seal(told: Path = SEALED) -> Iterator[Finding]:
    """Where what the keys are bound by does not open on this machine: which of the reasons it is."""
    said = _said(told)
    if said.startswith(BROKEN):
        yield found("seal", Outcome.FAIL, said.removeprefix(BROKEN))


def sealing(key_file: bytes, told: Path = SEALED) -> Finding:
    """What the ledger's key is bound by, and what that is worth to who has the card alone."""
    by = board.bound_by(key_file)
    said = _said(told)
    if by is None:
        return found("sealing", Outcome.WARN, f"plain, not bound to this machine{': ' + said if said else ''}")
    if by != board.BY_CREDENTIAL:
        unused = said.removeprefix("board: ").partition(";")[0] if "cannot be used" in said else ""
        return found(
            "sealing", Outcome.WARN if unused else Outcome.OK, f"bound to the board's {by}{unused and f': {unused}'}"
        )
    if said == "tpm2":
        return found("sealing", Outcome.OK, "sealed to this machine's TPM (systemd-creds)")
    why = said.partition(": ")[2] or "no TPM, no board number here"
    return found("sealing", Outcome.WARN, f"sealed to this system's own key (systemd-creds): {why}")


def _said(told: Path) -> str:
    return told.read_text(encoding="utf-8").strip() if told.is_file() else ""


def read_only_root(root: Path = Path("/")) -> Iterator[Finding]:
    """Where a root that is only read was asked for: whether the system really started that way."""
    if not (root / ASKED).is_file():
        return
    lines = (root / "proc/mounts").read_text(encoding="utf-8").splitlines()
    really = any(line.split()[:2] == ["overlayroot", "/"] for line in lines)
    yield found("read_only_root", Outcome.OK if really else Outcome.WARN, "only read" if really else "written to")


def hotspot(root: Path = Path("/")) -> Iterator[Finding]:
    """Whether the tablets' network is on the air, and whether it is as secure as the site asked; nothing where none is wanted."""
    file = root / HOTSPOT
    said = json.loads(file.read_text(encoding="utf-8") or "null") if file.is_file() else None
    if said is None:
        return
    interface = root / "sys/class/net" / said["interface"]
    if not interface.exists():
        yield found("hotspot", Outcome.WARN, f"{said['interface']}: no such radio")
        return
    state = (interface / "operstate").read_text(encoding="ascii").strip()
    as_made = f"{said['interface']} ({said['driver'] or '?'}): {said['made']}, {state}"
    yield found("hotspot", Outcome.OK if state == "up" else Outcome.FAIL, as_made)
    if said["asked"] not in ("auto", said["made"]):
        yield found("hotspot_security", Outcome.WARN, f"{said['asked']} → {said['made']} ({said['driver']})")


def disk_speed(data_dir: Path) -> Finding:
    """Median and worst of writing a photo's worth of bytes with fsync."""
    beside = data_dir / f".doctor.{os.getpid()}"
    taken = []
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            for _ in range(WRITES):
                begun = time.perf_counter()
                os.write(descriptor, WRITTEN)
                os.fsync(descriptor)
                taken.append(1000 * (time.perf_counter() - begun))
        finally:
            os.close(descriptor)
            beside.unlink(missing_ok=True)
    except OSError as error:
        return found("disk_speed", Outcome.FAIL, f"cannot write: {error}")
    median = statistics.median(taken)
    outcome = Outcome.FAIL if median > TOO_SLOW_MS else Outcome.WARN if median > SLOW_MS else Outcome.OK
    return found(
        "disk_speed", outcome, f"{median:.1f} ms median, {max(taken):.1f} ms worst of {WRITES} (limit {SLOW_MS:g})"
    )


def health(data_dir: Path, power: PowerMonitor, clock: Clock) -> Iterator[Finding]:
    """The health list as findings."""
    try:
        reading = power.read()
    except DeviceUnavailable as error:
        reading = PowerReading(fault=str(error))
    readings = Readings(power=reading, clock=clock.read(), rtc=read_rtc(), disk=read_disk(data_dir))
    for item in judged(readings):
        yield Finding(item.name, _OUTCOMES[item.state], item.title, _value(item), item.advice)


def _value(item: HealthItem) -> str:
    if item.value is None:
        return "the machine does not tell"
    if isinstance(item.value, bool):
        return "well" if item.value else "not well"
    limit = "" if item.limit is None else f" (limit {item.limit:g})"
    return f"{item.value:g} {item.unit}{limit}"


def _is_secret(file: Path) -> bool:
    """Certificates may be read by everybody; keys may not."""
    return file.suffix == ".key" or file.name in ("station.pem", "station.next.pem")


def _files(folder: Path) -> Iterable[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else ()
