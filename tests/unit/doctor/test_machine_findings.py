"""What the doctor finds about the machine itself: platform address, seal, hotspot, a root that is only read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from appliance import board
from appliance.doctor import machine
from appliance.doctor.finding import Outcome
from appliance.doctor.machine import broken_seal, hotspot, platform_link, read_only_root, sealing


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("https://platform.example", Outcome.OK),
        ("http://127.0.0.1:8090", Outcome.OK),
        ("http://localhost:8090", Outcome.OK),
        ("http://127.example", Outcome.WARN),
        ("http://10.0.0.7:8090", Outcome.WARN),
    ],
)
def test_it_warns_of_a_platform_that_anybody_on_the_way_can_play(address: str, outcome: Outcome) -> None:
    assert platform_link(address).outcome is outcome


@pytest.mark.parametrize(
    ("by", "said", "outcome", "told"),
    [
        (None, "", Outcome.WARN, "plain"),
        (None, "nothing: this system has no systemd-creds", Outcome.WARN, "no systemd-creds"),
        ("device-tree", "board: no TPM", Outcome.OK, "device-tree"),
        ("credential", "tpm2", Outcome.OK, "TPM"),
        ("credential", "host", Outcome.WARN, "own key (systemd-creds): no TPM"),
        ("credential", "host: tpm2 cannot be used here (no library)", Outcome.WARN, "no library"),
        (
            "device-tree",
            "board: tpm2 cannot be used here (locked); its number",
            Outcome.WARN,
            "tree: tpm2 cannot be used here (locked)",
        ),
    ],
)
def test_it_says_what_a_stolen_card_would_give(
    tmp_path: Path, by: str | None, said: str, outcome: Outcome, told: str
) -> None:
    content = os.urandom(32)
    secret = tmp_path / "secret"
    secret.write_bytes(b"10000000abcdef01")
    if by is not None:
        content = board.bind(content, "ledger.key", [board.FileSecret(by, secret)]) or b""
    (tmp_path / "seal").write_text(said)
    found = sealing(content, tmp_path / "seal")
    assert found.outcome is outcome
    assert told in found.value


def test_a_seal_that_does_not_open_is_told_with_its_reason_and_the_way_out(tmp_path: Path) -> None:
    assert list(broken_seal(tmp_path / "none")) == []
    (tmp_path / "seal").write_text("tpm2\n")
    assert list(broken_seal(tmp_path / "seal")) == []
    (tmp_path / "seal").write_text("broken: this machine shows no TPM\n")
    (finding,) = broken_seal(tmp_path / "seal")
    assert (finding.outcome, finding.value) == (Outcome.FAIL, "this machine shows no TPM")
    assert finding.advice is not None
    assert "station restore" in finding.advice.zh
    assert "station restore" in finding.advice.en


@pytest.mark.parametrize(
    ("asked", "made", "state", "findings"),
    [
        ("", "", None, []),
        ("auto", "wpa2", "up", [("hotspot", Outcome.OK)]),
        ("wpa3", "wpa3", "down", [("hotspot", Outcome.FAIL)]),
        ("wpa3", "wpa3", None, [("hotspot", Outcome.WARN)]),
        ("wpa3", "wpa2", "up", [("hotspot", Outcome.OK), ("hotspot_security", Outcome.WARN)]),
    ],
    ids=["none wanted", "on the air", "silent", "no radio", "less than asked"],
)
def test_a_hotspot_that_is_not_what_the_site_asked_is_told(
    tmp_path: Path, asked: str, made: str, state: str | None, findings: list[tuple[str, Outcome]]
) -> None:
    told = tmp_path / machine.HOTSPOT
    told.parent.mkdir(parents=True)
    rows = {"interface": "wlan0", "driver": "brcmfmac", "asked": asked, "made": made}
    told.write_text(json.dumps(rows) if asked else "")
    if state is not None:
        (tmp_path / "sys/class/net/wlan0").mkdir(parents=True)
        (tmp_path / "sys/class/net/wlan0/operstate").write_text(f"{state}\n")
    found = list(hotspot(tmp_path))
    assert [(finding.name, finding.outcome) for finding in found] == findings
    assert all("interface" in finding.advice.en for finding in found if finding.advice)


@pytest.mark.parametrize(
    ("asked", "mounts", "outcomes"),
    [
        (False, "/dev/mmcblk0p2 / ext4 rw 0 0\n", []),
        (True, "/dev/mmcblk0p2 / ext4 rw 0 0\n", [Outcome.WARN]),
        (True, "overlayroot / overlay rw 0 0\n", [Outcome.OK]),
    ],
    ids=["not asked for", "not in force", "in force"],
)
def test_a_read_only_root_that_did_not_come_is_told(
    tmp_path: Path, *, asked: bool, mounts: str, outcomes: list[Outcome]
) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/mounts").write_text(mounts)
    if asked:
        (tmp_path / "etc").mkdir()
        (tmp_path / "etc/overlayroot.local.conf").touch()
    assert [finding.outcome for finding in read_only_root(tmp_path)] == outcomes
