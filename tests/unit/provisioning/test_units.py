"""The units are what systemd understands, and leave as little open as is measured here."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UNITS = [
    unit for kind in ("service", "timer", "socket", "path") for unit in sorted((ROOT / "systemd").glob(f"*.{kind}"))
]
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
# Root, since the files or tables they write are root's; with just these capabilities, which none of the others has.
AS_ROOT = {
    "station-network": "",
    "station-firewall": "CAP_NET_ADMIN",
    "station-hotspot": "CAP_NET_ADMIN",
    "station-hostkeys": "",
    "station-apply": "",
    "station-guard": "",
    "station-seal": "",
}
WRITES_PROGRAMS = {"station-apply", "station-guard"}  # for everybody to read; they speak to nobody but systemd
EXPOSURE = 15  # tenths: a station with its devices open reaches 1.4

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze here (apt: systemd)"
)


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_exposure_stays_low(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-600:]


@needs_systemd
def test_systemd_has_no_complaint(tmp_path: Path) -> None:
    # The programs are not installed here; a true one stands at their place, the rest is verified as it is.
    for unit in UNITS:
        text = re.sub(
            r"/opt/capture-station/\w+/bin/\S+|/usr/sbin/nft|/usr/bin/ssh-keygen",
            "/bin/true",
            unit.read_text(encoding="utf-8"),
        )
        (tmp_path / unit.name).write_text(text.replace("file:/opt/capture-station/current/README.md", "file:/dev/null"))
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (ours, done.returncode) == ([], 0), done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_no_unit_runs_as_root_unless_it_must_and_none_writes_a_core(unit: Path) -> None:
    if unit.stem in AS_ROOT:
        assert lines(unit, "User") == ["root"]
        assert lines(unit, "CapabilityBoundingSet") == [AS_ROOT[unit.stem]]
    elif lines(unit, "DynamicUser") != ["yes"]:
        assert lines(unit, "User") == ["station"]
    assert lines(unit, "LimitCORE") == ["0"]
    assert lines(unit, "UMask") == (["0022"] if unit.stem in WRITES_PROGRAMS else ["0077"])
    if unit.stem in WRITES_PROGRAMS:
        assert (lines(unit, "PrivateNetwork"), lines(unit, "RestrictAddressFamilies")) == (["yes"], ["AF_UNIX"])


@pytest.mark.parametrize("name", ["station", "station-delivery"])
def test_what_must_live_is_watched_and_always_started_again(name: str) -> None:
    unit = ROOT / "systemd" / f"{name}.service"
    assert lines(unit, "Type") == ["notify"]
    assert lines(unit, "Restart") == ["always"]
    assert lines(unit, "StartLimitIntervalSec") == ["0"]
    assert 10 <= int(lines(unit, "WatchdogSec")[0]) <= 60


@pytest.mark.parametrize("unit", sorted((ROOT / "systemd").glob("*.path")), ids=lambda unit: unit.name)
def test_what_is_asked_for_by_a_file_is_heard_again_however_often_it_failed(unit: Path) -> None:
    """systemd gives a path unit up, until the next start of the machine, once its service met a limit of starts."""
    [name] = lines(unit, "Unit")
    service = ROOT / "systemd" / name
    assert lines(service, "StartLimitIntervalSec") == ["0"]
    assert lines(service, "Restart") == ["on-failure"]
    assert int(lines(service, "RestartSec")[0]) >= 10


def test_lamps_go_dark_however_the_station_ends() -> None:
    first, *_ = lines(ROOT / "systemd/station.service", "ExecStopPost")
    assert first == "-/opt/capture-station/current/bin/python -m firmware.lamps"


def test_an_empty_battery_switches_the_machine_off_and_nothing_starts_again() -> None:
    unit = ROOT / "systemd/station.service"
    assert "systemctl poweroff" in lines(unit, "ExecStopPost")[1]
    assert lines(unit, "RestartPreventExitStatus") == ["76"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_reads_as_an_ini_file_without_a_key_twice_where_one_is_meant(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(unit, encoding="utf-8")
    assert parser.has_section("Unit")
    repeatable = {
        "DeviceAllow",
        "ExecStopPost",
        "SystemCallFilter",
        "Environment",
        "ReadWritePaths",
        "ExecStartPre",
        "ExecStartPost",
        "LoadCredential",
    }
    repeatable |= {"ConditionPathExists"}
    keys = re.findall(r"^([A-Za-z]+)=", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert [key for key in set(keys) if keys.count(key) > 1 and key not in repeatable] == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_who_opens_the_ledger_is_handed_what_its_keys_are_bound_by(unit: Path) -> None:
    opens = lines(unit, "User") == ["station"] and lines(unit, "StateDirectory") == ["station"]
    assert lines(unit, "LoadCredentialEncrypted") == (["station-seal"] if opens else [])
    if unit.stem == "station-firstboot":  # systemd 252 hands credentials to no ExecStartPost=
        assert lines(unit, "ExecStartPost") == []
        assert "station-seal.service" in lines(unit, "After")[0].split()


def test_commands_in_what_people_read_name_units_that_there_are() -> None:
    asked = re.compile(r"systemctl (?:stop|start|restart) ([a-z][a-z-]+)")
    told = [*ROOT.glob("appliance/**/*.toml"), *ROOT.glob("appliance/**/*.py"), *ROOT.glob("firmware/**/*.py")]
    told += [*ROOT.glob("*.md"), *ROOT.glob("*/*.md")]
    named = {name: path for path in told for name in asked.findall(path.read_text(encoding="utf-8"))}
    assert "station" in named
    units = {unit.stem for unit in UNITS}
    assert {name: path for name, path in named.items() if name not in units} == {}
