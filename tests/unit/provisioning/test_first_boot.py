"""A device's own secrets and its label: made once, different everywhere, and readable by the machines that read labels."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from typer.testing import CliRunner

from appliance.archive.errors import NoFont
from appliance.cli import program
from appliance.provision import first_boot
from appliance.provision.first_boot import FirstBoot, FirstBootUnreadable
from appliance.provision.label import Label, console, label, modules
from appliance.provision.label_page import label_pdf
from appliance.provision.site_file import EXAMPLE, read_site

ROOT = Path(__file__).resolve().parents[3]
FIRST = FirstBoot("k7mw-92tq-abcd-efgh", "012345", "01234567")
FINGERPRINT = ":".join(f"{n:02X}" for n in range(32))


def printed(**changes: str) -> Label:
    return replace(label(read_site(EXAMPLE).stations[0], FIRST, FINGERPRINT), **changes)  # type: ignore[arg-type]


def test_secrets_are_made_once_and_differ_from_device_to_device(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = first_boot.ensure(tmp_path / "a"), first_boot.ensure(tmp_path / "b")
    assert first_boot.ensure(tmp_path / "a") == one == first_boot.printed(tmp_path / "a")
    assert one.passphrase != other.passphrase
    assert one.setup_code != other.setup_code
    assert (tmp_path / "a" / first_boot.FILE).stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_said_not_replaced(tmp_path: Path) -> None:
    (tmp_path / first_boot.FILE).write_text('{"passphrase": ')
    with pytest.raises(FirstBootUnreadable, match="print a new label"):
        first_boot.ensure(tmp_path)
    assert first_boot.printed(tmp_path / "elsewhere") is None


def drawn(text: str) -> np.ndarray:
    return np.kron(np.where(np.array(modules(text)), 0, 255).astype(np.uint8), np.ones((6, 6), np.uint8))


@pytest.mark.parametrize("ssid", ["gym-1", 'a;b:c,d\\e"f', "体育馆一号"])
def test_a_phone_reads_the_network_off_the_label(ssid: str) -> None:
    (found,) = zxingcpp.read_barcodes(drawn(printed(ssid=ssid).wifi_code))
    assert found.text == printed(ssid=ssid).wifi_code
    body = found.text.removeprefix("WIFI:T:WPA;S:").removesuffix(f";P:{FIRST.passphrase};;")
    plain = "".join(part.replace("\\", "") if part != "\\" else part for part in body.replace("\\\\", "\0").split("\0"))
    assert plain == ssid.replace("\\", "")


@pytest.mark.parametrize(
    ("security", "begins"),
    [("wpa2", "T:WPA;S:"), ("wpa2-wpa3", "T:WPA;S:"), ("auto", "T:WPA;S:"), ("wpa3", "T:WPA;R:1;S:")],
)
def test_the_code_says_which_wpa_there_is(security: str, begins: str) -> None:
    assert printed(security=security).wifi_code.startswith(f"WIFI:{begins}")
    assert printed(ssid="", security="").wifi_code == ""


def test_the_label_is_a_page_with_both_codes(tmp_path: Path) -> None:
    try:
        content = label_pdf(printed())
    except NoFont as error:
        pytest.skip(str(error))
    assert content.startswith(b"%PDF-")
    assert label_pdf(printed()) == content
    (tmp_path / "label.pdf").write_bytes(content)
    try:
        subprocess.run(["pdftoppm", "-r", "150", "-png", "label.pdf", "page"], cwd=tmp_path, check=True)
    except FileNotFoundError:
        pytest.skip("no pdftoppm here (apt: poppler-utils)")
    picture = cv2.imread(str(next(tmp_path.glob("page*.png"))))
    texts = {found.text for found in zxingcpp.read_barcodes(picture)}
    assert texts == {printed().wifi_code, "https://gym-1.local/#pair=012345"}


def test_the_console_shows_the_same() -> None:
    shown = console(printed())
    for value in ("gym-1", FIRST.passphrase, FIRST.pairing_code, FIRST.setup_code, "https://gym-1.local"):
        assert value in shown
    assert FINGERPRINT.replace(":", "") in shown.replace(":", "").replace(" ", "").replace("\n", "")
    # agetty(8) fills in what follows a backslash: one of ours must come out as itself.
    assert "a\\\\b" in console(printed(ssid="a\\b"))
    assert all(ord(letter) < 128 for letter in console(printed()))


def test_keys_make_makes_the_label_too_and_label_prints_it(tmp_path: Path) -> None:
    run = CliRunner().invoke
    before = run(program(), ["label", "--data", str(tmp_path)])
    assert (before.exit_code, "station keys make" in before.output) == (2, True)
    assert run(program(), ["keys", "make", "--data", str(tmp_path)]).exit_code == 0
    (tmp_path / "site.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    done = run(program(), ["label", "--data", str(tmp_path), "--site", str(tmp_path / "site.toml")])
    made = first_boot.printed(tmp_path)
    assert made is not None
    if done.exit_code:
        pytest.skip(done.output)  # the reason: no font
    assert made.passphrase in done.output
    assert (tmp_path / "label.pdf").stat().st_mode & 0o777 == 0o600


def test_no_password_stands_anywhere_in_what_is_delivered() -> None:
    """Neither a crypt hash, nor a private key, nor a setting that gives a password."""
    rooms = ("appliance", "firmware", "models", "provisioning", "systemd")
    files = [
        path
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    for path in files:
        text = path.read_bytes().decode("utf-8", "ignore")
        for mark in (
            "-----BEGIN PRIVATE",
            "-----BEGIN EC PRIVATE",
            "-----BEGIN OPENSSH",
            "$6$",
            "$y$",
            "chpasswd",
            "passwd:",
        ):
            assert mark not in text, f"{mark} in {path.relative_to(ROOT)}"
