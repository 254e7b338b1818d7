"""What updates rest on is put there once, in the right hands, and taken back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bundle_fixtures import Publisher

from appliance.release.keys import key_line, trusted_keys
from appliance.release.places import Places
from provisioning.installer import device, updates
from provisioning.installer.context import Context, StepFailed

ROOT = Path(__file__).resolve().parents[3]


def step(name: str) -> object:
    return next(step for step in updates.steps() if step.name == name)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source with one publisher's key."""
    folder = tmp_path / "source"
    (folder / updates.SHIPPED).mkdir(parents=True)
    (folder / updates.SHIPPED / "ours.pub").write_text(key_line(Publisher(1).public, "ours"))
    return folder


def test_keys_of_the_source_are_taken_once_and_never_brought_back(source: Path, tmp_path: Path) -> None:
    context = Context(source, root=tmp_path / "root")
    keys = step("keys")
    assert not keys.done(context)  # type: ignore[attr-defined]
    keys.do(context)  # type: ignore[attr-defined]
    assert trusted_keys([Places(context.root).keys]) == Publisher(1).trusted
    # A release replaced the key since; installing an older source again must not bring the old one back.
    for path in Places(context.root).keys.iterdir():
        path.unlink()
    (Places(context.root).keys / "next.pub").write_text(key_line(Publisher(2).public, "next"))
    assert keys.done(context)  # type: ignore[attr-defined]


def test_a_key_named_on_the_command_line_is_added_or_refused(source: Path, tmp_path: Path) -> None:
    named = tmp_path / "named.pub"
    named.write_text(key_line(Publisher(3).public, "named"))
    context = Context(source, root=tmp_path / "root", keys=(named,))
    step("keys").do(context)  # type: ignore[attr-defined]
    assert Publisher(3).trusted.items() <= trusted_keys([Places(context.root).keys]).items()
    named.write_text("ssh-ed25519 AAAA somebody\n")
    with pytest.raises(StepFailed, match="no publisher's key"):
        step("keys").do(context)  # type: ignore[attr-defined]


def test_units_of_another_release_go_and_those_of_this_one_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(Context, "succeeds", lambda _self, command: calls.append(list(command)) or True)
    monkeypatch.setattr(Context, "run", lambda _self, command, advice: calls.append(list(command)) or "")
    context = Context(ROOT, root=tmp_path)
    place = tmp_path / "etc/systemd/system"
    place.mkdir(parents=True)
    for name in ("station-of-old.service", "station-hotspot.service", "stationery.service"):
        (place / name).write_text("[Unit]\n")
    units = next(step for step in device.steps() if step.name == "units")
    units.do(context)
    left = {path.name for path in place.iterdir()}
    assert {"station-hotspot.service", "stationery.service", *device.UNITS} == left
    assert ["systemctl", "disable", "--now", "station-of-old.service"] in calls
    assert units.done(context)
    started = {name for name in device.UNITS if name.endswith((".timer", ".path"))}
    assert started <= set(device.ENABLED)


def test_an_update_does_only_its_part_of_an_installation(tmp_path: Path) -> None:
    done = subprocess.run(
        ["python3", "-m", "provisioning.installer", "--plan", "--part", "units"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if "units" in line]
    assert not [line for line in lines if "apt packages" in line or "becomes the one that runs" in line]
