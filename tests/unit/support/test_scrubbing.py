"""Names, numbers, codes and secrets that were planted everywhere are nowhere in a support bundle."""

from __future__ import annotations

import errno
import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.safe_mode.starts import Starts
from appliance.support.bundle import open_settings, write_support
from appliance.support.scrub import scrubbed

PLANTED = {
    "name": "欧阳晓明",
    "masked": "李*明",
    "document": "44010619990312453X",
    "student": "201930420117",
    "phone": "13812345678",
    "spaced": "138 1234 5678",
    "mail": "xiaoming.li@example.edu.cn",
    "pairing": "482913",
    "token": "Zk3vQ9xW7bN2mP5sT8uY1aC4dF6gH0jK",
    "jws": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
    "passphrase": "correct-horse-battery",
}
LINES = [
    f'{{"event":"visit.confirmed","name":"{PLANTED["name"]}","phone":"{PLANTED["phone"]}"}}',
    f"student={PLANTED['student']} document {PLANTED['document']} pairing_code={PLANTED['pairing']}",
    f"Authorization: Bearer {PLANTED['token']} mail {PLANTED['mail']} tel {PLANTED['spaced']}",
    f"roster {PLANTED['jws']} of {PLANTED['masked']}; psk={PLANTED['passphrase']}",
    f"学生 {PLANTED['name']} 已确认",
]


def test_what_belongs_to_people_is_hidden_and_the_rest_can_be_read() -> None:
    text = scrubbed("\n".join(LINES), names=True)
    assert [name for name, planted in PLANTED.items() if planted in text] == []
    kept = (
        "2026-06-01T08:15:02+0800 station station[812]: camera.failed after 3 tries at 46.5 °C, version 0.1.0-19c97fba"
    )
    assert scrubbed(kept, names=True) == kept
    digest = "c7d54204ce0448474c7f3fa9af494787c0965cbdd6f20fc72867e43046bd43d5"
    assert digest in scrubbed(f"network {digest} loaded")


@pytest.fixture
def planted_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, settings, and programs that say what nobody may read."""
    data, programs = tmp_path / "data", tmp_path / "bin"
    for folder in (data, data / "vault", programs):
        folder.mkdir()
    (data / "vault/x.photo").write_bytes(b"1234")
    (data / "control.token").write_text(PLANTED["token"])
    Starts(data).begin()
    Starts(data).failed(LINES[4])
    said = tmp_path / "said"
    said.write_text("\n".join([*LINES, "camera.failed"]))
    for name in ("journalctl", "systemctl", "systemd-analyze", "vcgencmd"):
        program = programs / name
        program.write_text(f"#!/bin/sh\ncat {said}\n")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
    settings = tmp_path / "station.toml"
    settings.write_text(
        f'name = "{PLANTED["name"]}"\nport = 8443\nplatform = "https://{PLANTED["token"]}@platform"\n'
        f'[hotspot]\npassphrase = "{PLANTED["passphrase"]}"\nlist = ["{PLANTED["phone"]}"]\n'
    )
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("STATION_SETTINGS", str(settings))
    return data


def test_nothing_planted_is_in_the_bundle_and_what_helps_is(planted_station: Path, tmp_path: Path) -> None:
    examined = {"outcome": "fail", "findings": [{"name": "camera", "value": LINES[1]}]}
    path = write_support(planted_station, tmp_path, lambda: examined)
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        texts = {entry.name: archive.extractfile(entry).read().decode() for entry in archive}  # type: ignore[union-attr]
    for name, text in texts.items():
        assert [what for what, planted in PLANTED.items() if planted in text] == [], name
    assert "camera.failed" in texts["station-support/journal.txt"]
    assert json.loads(texts["station-support/settings.json"])["port"] == 8443
    assert json.loads(texts["station-support/disk.json"])["folders"]["vault"] == {"files": 1, "bytes": 4}
    assert json.loads(texts["station-support/starts.json"])["failed"] == 1
    assert "camera" in texts["station-support/doctor.json"]


def test_an_examination_that_breaks_keeps_nothing_back(planted_station: Path, tmp_path: Path) -> None:
    def broken() -> dict[str, object]:
        raise OSError("no such device")

    with tarfile.open(write_support(planted_station, tmp_path, broken)) as archive:
        doctor = archive.extractfile("station-support/doctor.json")
        assert doctor is not None
        assert "no such device" in doctor.read().decode()


def test_what_does_not_fit_is_not_left_there_by_half(
    planted_station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parts(*_: object) -> Iterator[tuple[str, str]]:
        yield "versions.json", "{}"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("appliance.support.bundle._parts", parts)
    with pytest.raises(OSError, match="No space"):
        write_support(planted_station, tmp_path)
    assert list(tmp_path.glob("*.tar.gz")) == []


def test_a_settings_file_that_is_broken_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = = 1")
    assert "TOMLDecodeError" in open_settings(str(tmp_path / "a.toml"))["unreadable"]
    assert open_settings(None) == {}
