"""An image holds nothing of one station: what makes a system itself is taken out, and what was forgotten is found."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from provisioning.image.clean import clean
from provisioning.image.search import secrets

ROOT = Path(__file__).resolve().parents[3]
KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
USED = {
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/ssh/ssh_host_ed25519_key": "x",
    "etc/ssh/ssh_host_ed25519_key.pub": "x",
    "etc/station/enrolment.toml": 'token = "x"',
    "etc/station/authority/signer.key": KEY,
    "etc/NetworkManager/system-connections/station-hotspot.nmconnection": "[wifi-security]\npsk=abcdefgh\n",
    "var/lib/NetworkManager/secret_key": "x",
    "var/lib/station/first-boot.json": "{}",
    "var/lib/station/keys/tls.key": KEY,
    "var/lib/station/keys/tls.pem": CERTIFICATE,
    "var/lib/systemd/random-seed": "x",
    "var/lib/systemd/credential.secret": "x",
    "etc/ssl/private/ssl-cert-snakeoil.key": KEY,
}
STAYS = {
    "etc/hostname": "station\n",
    "etc/shadow": "root:*:1:0:99999:7:::\nstation:!:1::::::\n",
    "etc/ssl/certs/ca.pem": CERTIFICATE,
    "etc/station/station.toml": 'name = "station"\n',
    "opt/capture-station/releases/1/lib/python3.13/site-packages/tornado/test/test.key": KEY,
    "usr/share/doc/example.key": KEY,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in (USED | STAYS).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_secret_is_found_and_only_secrets(tree: Path) -> None:
    found = {line.split(":")[0] for line in secrets(tree)}
    assert found == set(USED)


def test_after_cleaning_nothing_is_found_and_the_rest_is_there(tree: Path) -> None:
    gone = clean(tree)
    assert set(gone) == set(USED)
    assert list(secrets(tree)) == []
    assert all((tree / name).read_text() == text for name, text in STAYS.items())
    assert (tree / "etc/machine-id").read_text() == ""
    assert (tree / "var/lib/station").is_dir()
    assert clean(tree) == []


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("etc/shadow", "pi:$y$j9T$abc$def:1:0:99999:7:::\n", "pi can log in with a password"),
        ("etc/shadow", "guest::1:0:99999:7:::\n", "guest can log in with a password"),
        ("home/pi/.ssh/id_ed25519", KEY.replace("PRIVATE", "OPENSSH PRIVATE"), "a private key"),
        ("srv/site.pem", CERTIFICATE, "a certificate"),
        (
            "etc/NetworkManager/system-connections/home.nmconnection",
            "[wifi]\n[wifi-security]\npsk=hunter22\n",
            "a passphrase",
        ),
    ],
)
def test_what_nobody_thought_of_is_found(tree: Path, name: str, text: str, reason: str) -> None:
    clean(tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(text)
    assert [line for line in secrets(tree) if reason in line and line.startswith(name)]


@pytest.mark.parametrize("module", ["clean", "search"])
def test_a_tree_must_be_named_and_never_this_machine(module: str) -> None:
    command = ["python3", "-m", f"provisioning.image.{module}"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 2
    if module == "clean":
        assert subprocess.run([*command, "/"], cwd=ROOT, capture_output=True, check=False).returncode == 2


def test_the_recipe_is_shell_and_explains_itself() -> None:
    recipe = ROOT / "provisioning/image/build"
    subprocess.run(["sh", "-n", recipe], check=True)
    asked = subprocess.run([recipe, "--what"], capture_output=True, text=True, check=False)
    assert asked.returncode == 2
    assert "--tree DIR" in asked.stderr
