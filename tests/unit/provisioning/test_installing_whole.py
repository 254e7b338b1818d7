"""An installation that was cut goes on at every step, is alone, and harms nobody who was there before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.provision.device_file import station_at
from provisioning.installer import __main__ as installer
from provisioning.installer import system, updates, whole
from provisioning.installer.alone import alone
from provisioning.installer.context import Context, StepFailed
from provisioning.installer.step import Step

ROOT = Path(__file__).resolve().parents[3]
DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian"\n'


def named(steps: tuple[Step, ...], name: str) -> Step:
    return next(step for step in steps if step.name == name)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(DEBIAN)
    return Context(ROOT, root=tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
@pytest.mark.parametrize(
    "step", [named(system.steps(), "folders"), named(updates.steps(), "spool")], ids=lambda s: s.name
)
def test_folders_that_were_made_and_not_yet_given_away_are_not_there(
    context: Context, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "USER", "daemon")
    monkeypatch.setattr(updates, "USER", "daemon")
    with monkeypatch.context() as cut:
        cut.setattr("shutil.chown", _cut)
        with pytest.raises(InterruptedError):
            step.do(context)
    assert not step.done(context)
    step.do(context)
    assert step.done(context)


def _cut(*_: object) -> None:
    raise InterruptedError


@pytest.mark.parametrize(("number", "refused"), [(1000, True), (1001, True), (998, False)])
def test_a_persons_login_is_not_taken_for_the_stations_user(context: Context, number: int, refused: bool) -> None:
    passwd = f"root:x:0:0::/root:/bin/sh\nstation:x:{number}:{number}::/home/station:/bin/bash\n"
    (context.root / "etc/passwd").write_text(passwd)
    machine = named(system.steps(), "machine")
    if not refused:
        machine.do(context)
        return
    with pytest.raises(StepFailed, match="deluser station"):
        machine.do(context)


def test_a_cards_first_start_goes_on_until_all_is_there_and_an_uninstallation_ends_it(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power may fail between the link to the programs and the units: what says that it was done comes after all of it."""
    calls: list[list[str]] = []
    monkeypatch.setattr(Context, "succeeds", lambda _self, command: calls.append(list(command)) or True)
    names = [step.name for step in installer.all_steps()]
    assert set(names[names.index("whole") + 1 :]) <= {"read-only"}
    unit = (ROOT / "appliance/provision/become.service").read_text(encoding="utf-8")
    assert f"ConditionPathExists=!/{whole.MARK}\n" in unit
    card = context.root / "etc/systemd/system" / whole.BECOMES
    card.parent.mkdir(parents=True)
    card.write_text(unit)
    [step] = whole.steps()
    assert not step.done(context)
    step.do(context)
    assert step.done(context)
    step.undo(context)
    assert not step.done(context)
    assert not card.exists()
    assert ["systemctl", "disable", whole.BECOMES] in calls


def test_one_installation_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(StepFailed, match="another installation runs"), alone(tmp_path):
        raise AssertionError
    with alone(tmp_path):
        pass


@pytest.mark.parametrize(
    "arguments", [["--uninstall", "--bundle", "provisioning"], ["--uninstall", "--part", "units"], ["--purge"]]
)
def test_what_contradicts_itself_is_refused_before_anything_is_done(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "provisioning.installer", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "goes with" in done.stderr


@pytest.mark.parametrize("given", ["missing.pub", "text.pub", "bytes.pub"])
def test_a_publishers_key_that_is_none_is_named_also_with_a_bundle(tmp_path: Path, given: str) -> None:
    (tmp_path / "text.pub").write_text("ssh-ed25519 AAAA somebody\n")
    (tmp_path / "bytes.pub").write_bytes(b"\xff\xfe")
    with pytest.raises(StepFailed, match=f"{given} is no publisher's key"):
        updates.named_keys((tmp_path / given,))


@pytest.mark.parametrize(
    ("machine", "station"),
    [
        ("raspberrypi", "raspberrypi"),
        ("RASPI_3", "raspi-3"),
        ("a", "station-a"),
        ("3d", "station-3d"),
        ("学校", "station"),
        ("-", "station"),
        ("host" * 15, "host" * 8),
    ],
)
def test_whatever_the_machine_is_called_its_network_comes_up(tmp_path: Path, machine: str, station: str) -> None:
    assert station_at(tmp_path / "none.toml", machine).name == station
