"""The cards of a site: what first boots read, nothing secret shared, nothing that anybody could log in with."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from appliance import certificates
from appliance.cli import program
from appliance.provision.cards import Plan, plan, same_channel, source_archive, write_cards
from appliance.provision.site_file import EXAMPLE, read_site, site_of
from appliance.provision.yaml_text import yaml_text
from provisioning.installer import device
from provisioning.installer.context import Context

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WIFI = '\n[wifi]\nssid = "Campus: no"\npassword = "correct horse battery"\nsecurity = "wpa2"\n[cellular]\napn = "cmnet"\n[open]'


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "site.toml").write_text(EXAMPLE.read_text(encoding="utf-8").replace("\n[open]", WIFI), encoding="utf-8")
    site = read_site(folder / "site.toml")
    settings = (ROOT / "systemd/files/station.toml").read_text(encoding="utf-8")
    write_cards(site, folder / "cards", settings=settings, source=b"the program", now=NOW, wrote=lambda name: None)
    return folder / "cards"


def user_data(cards: Path, name: str) -> dict[str, Any]:
    text = (cards / name / "user-data").read_text(encoding="utf-8")
    assert text.startswith("#cloud-config\n")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def written(cards: Path, name: str) -> dict[str, str]:
    return {file["path"]: file["content"] for file in user_data(cards, name)["write_files"]}


def test_each_station_gets_a_folder_of_its_own(cards: Path) -> None:
    names = {"user-data", "meta-data", "network-config", "firstrun.sh", "capture-station.tar.gz"}
    for name in ("gym-1", "gym-2"):
        assert {path.name for path in (cards / name).iterdir()} == names
        assert user_data(cards, name)["hostname"] == name
        assert (cards / name).stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in (cards / name).iterdir())
    assert (cards / "HOW.txt").read_text(encoding="utf-8").count("gym-1") == 1


def test_nothing_secret_is_in_two_folders(cards: Path) -> None:
    one, other = written(cards, "gym-1"), written(cards, "gym-2")
    assert one.keys() == other.keys()
    for path in (
        "/etc/station/enrolment.toml",
        "/etc/station/authority/signer.key",
        "/etc/station/authority/signer.pem",
    ):
        assert one[path] != other[path]
    hotspots = [tomllib.loads(files["/etc/station/site.toml"])["stations"][0]["ssid"] for files in (one, other)]
    assert hotspots == ["gym-1", "Photo 2"]
    ids = [yaml.safe_load((cards / name / "meta-data").read_text())["instance-id"] for name in ("gym-1", "gym-2")]
    assert len(set(ids)) == 2


def test_the_password_of_a_wpa2_network_is_on_no_card(cards: Path) -> None:
    every = b"".join(path.read_bytes() for path in cards.rglob("*") if path.is_file())
    assert b"correct horse" not in every
    network = yaml.safe_load((cards / "gym-1/network-config").read_text(encoding="utf-8"))["network"]
    access = network["wifis"]["wlan1"]["access-points"]["Campus: no"]
    assert len(access["password"]) == 64
    assert network["wifis"]["wlan1"]["regulatory-domain"] == "CN"
    assert access["password"] in (cards / "gym-1/firstrun.sh").read_text(encoding="utf-8")


def test_there_is_no_password_to_log_in_with(cards: Path) -> None:
    data = user_data(cards, "gym-1")
    assert data["ssh_pwauth"] is False
    (user,) = data["users"]
    assert user["lock_passwd"] is True
    assert user["ssh_authorized_keys"][0].startswith("ssh-ed25519 ")
    assert not {"passwd", "plain_text_passwd", "hashed_passwd", "password", "chpasswd"} & {*user, *data}
    without = site_of({"school": "x", "country": "CN", "hotspot": {}, "stations": [{"name": "gym"}]})
    write_cards(without, cards.parent / "none", settings="", source=None, now=NOW, wrote=lambda name: None)
    assert user_data(cards.parent / "none", "gym")["users"] == []


def test_what_is_secret_is_wiped_from_the_boot_partition_at_the_end(cards: Path, tmp_path: Path) -> None:
    boot = tmp_path / "firmware"
    shutil.copytree(cards / "gym-1", boot)
    *_, last = user_data(cards, "gym-1")["runcmd"]
    subprocess.run([part.replace("/boot/firmware", str(boot)) for part in last], check=True)
    assert "token" not in (boot / "user-data").read_text(encoding="utf-8")
    assert (boot / "user-data").read_text(encoding="utf-8").startswith("#cloud-config")
    assert not (boot / "firstrun.sh").exists()
    left = yaml.safe_load((boot / "network-config").read_text(encoding="utf-8"))["network"]
    assert "wifis" not in left
    assert left["ethernets"]["eth0"]["dhcp4"] is True


def test_a_network_that_may_be_wpa3_is_joined_from_the_first_start_on(tmp_path: Path) -> None:
    wifi = {"ssid": "Campus", "password": "correct horse battery"}
    for security, access in (
        ("auto", {"password": wifi["password"]}),
        ("wpa3", {"auth": {"key-management": "sae", "password": wifi["password"]}}),
    ):
        given = {"school": "x", "country": "CN", "hotspot": {}, "wifi": wifi | {"security": security}}
        site = site_of(given | {"stations": [{"name": "gym-1"}]})
        write_cards(site, tmp_path / security, settings="", source=None, now=NOW, wrote=lambda name: None)
        config = yaml.safe_load((tmp_path / security / "gym-1/network-config").read_text(encoding="utf-8"))
        assert config["network"]["wifis"]["wlan1"]["access-points"] == {"Campus": access}


def test_a_wish_for_wpa3_that_a_pis_own_radio_cannot_fulfil_is_said_before_anything_is_written(tmp_path: Path) -> None:
    for hotspot, said in (("", False), ('security = "wpa3"', True), ('security = "wpa3"\ninterface = "wlan1"', False)):
        text = f'school = "x"\ncountry = "CN"\n[hotspot]\n{hotspot}\n[[stations]]\nname = "gym-1"\n'
        (tmp_path / "site.toml").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(program(), ["provision", "--site", str(tmp_path / "site.toml"), "--plan"])
        assert done.exit_code == 0, done.output
        assert ("gym-1 asked for WPA3" in done.output) is said


def test_the_script_for_the_older_system_is_shell_and_writes_the_same_files(cards: Path, tmp_path: Path) -> None:
    script = cards / "gym-1/firstrun.sh"
    subprocess.run(["sh", "-n", script], check=True)
    text = script.read_text(encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    # Only its files, into a folder of ours: the rest belongs to a machine of its own.
    lines = text[text.index("install -D -m 0640") : text.index("id technician")].replace(
        "/dev/stdin /", f"/dev/stdin {root}/"
    )
    subprocess.run(["sh", "-euc", lines], check=True)
    for path, content in written(cards, "gym-1").items():
        assert (root / path[1:]).read_text(encoding="utf-8").rstrip() == content.rstrip()
    assert (root / "etc/station/enrolment.toml").stat().st_mode & 0o777 == 0o600


def test_a_station_makes_its_own_certificate_that_the_sites_tablets_trust(cards: Path, tmp_path: Path) -> None:
    files = written(cards, "gym-1")
    for name in ("site-ca.pem", "signer.pem", "signer.key"):
        (tmp_path / name).write_text(files[f"/etc/station/authority/{name}"])
    names = ("gym-1.local", "gym-2.local", "10.42.0.1", "photos.example.edu")
    certificates.ensure(tmp_path, names, NOW)
    leaf, signer, site = x509.load_pem_x509_certificates((tmp_path / "tls.pem").read_bytes())
    named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in named] == ["gym-1.local", "10.42.0.1"]
    assert site.fingerprint(signer.signature_hash_algorithm) == x509.load_pem_x509_certificate(
        (cards / "authority/site-ca.pem").read_bytes()
    ).fingerprint(signer.signature_hash_algorithm)
    assert not (tmp_path / "site-ca.key").exists()
    assert load_pem_private_key((cards / "authority/site-ca.key").read_bytes(), None).public_key() == site.public_key()
    assert not certificates.ensure(tmp_path, names, NOW)


def test_the_installer_does_not_take_the_unit_that_runs_it_for_an_older_releases(cards: Path, tmp_path: Path) -> None:
    for path in written(cards, "gym-1"):
        if path.endswith(".service"):
            (tmp_path / path[1:]).parent.mkdir(parents=True)
            (tmp_path / path[1:]).touch()
    assert list(tmp_path.rglob("*.service"))
    assert device._left_over(Context(ROOT, root=tmp_path)) == []


def test_stations_added_later_are_trusted_by_the_same_tablets(cards: Path, tmp_path: Path) -> None:
    shutil.copytree(cards, tmp_path / "cards")
    site = site_of({"school": "x", "country": "CN", "hotspot": {}, "stations": [{"name": "gym-3"}]})
    write_cards(site, tmp_path / "cards", settings="", source=None, now=NOW, wrote=lambda name: None)
    assert written(tmp_path / "cards", "gym-3")["/etc/station/authority/site-ca.pem"] == (
        (cards / "authority/site-ca.pem").read_text()
    )


def test_the_source_on_the_card_is_what_an_installation_needs(tmp_path: Path) -> None:
    archive = source_archive(ROOT)
    (tmp_path / "a.tar.gz").write_bytes(archive)
    with tarfile.open(tmp_path / "a.tar.gz") as packed:
        names = set(packed.getnames())
        packed.extractall(tmp_path / "out", filter="data")
    assert {
        "provisioning/install",
        "systemd/station.service",
        "requirements-device.lock",
        "models/manifest.toml",
    } <= names
    assert not any("__pycache__" in name or name.startswith("tests") for name in names)
    assert (tmp_path / "out/provisioning/install").stat().st_mode & 0o111
    assert source_archive(ROOT) == archive


def test_a_plan_is_read_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    out = tmp_path / "cards"
    done = CliRunner().invoke(
        program(), ["provision", "--site", str(tmp_path / "site.toml"), "--out", str(out), "--plan"]
    )
    assert done.exit_code == 0, done.output
    assert "Photo 2 (5 GHz, channel 149, auto)" in done.output
    assert not out.exists()
    assert plan(read_site(EXAMPLE))[0] == Plan(
        "gym-1",
        "gym-1 (5 GHz, channel 36, auto)",
        "eth0 dhcp",
        "page: hotspot; name: hotspot; ssh: ethernet",
        True,
    )


def test_a_wrong_site_file_writes_nothing_and_says_all(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('school = "x"\ncountry = "CN"\nhotspt = 1\n[[stations]]\nname = "A"\n')
    done = CliRunner().invoke(
        program(), ["provision", "--site", str(tmp_path / "site.toml"), "--out", str(tmp_path / "o")]
    )
    assert done.exit_code == 2
    assert "Did you mean hotspot?" in done.output
    assert "stations[1].name" in done.output
    assert not (tmp_path / "o").exists()


def test_channels_in_common_are_told() -> None:
    site = site_of({"school": "x", "country": "JP", "hotspot": {}, "stations": [{"name": f"g-{n}"} for n in range(5)]})
    assert same_channel(site) == {36: ["g-0", "g-4"]}


@pytest.mark.parametrize(
    "text", ["no", "0640", "a: b", "#x", "多行\n二\n", " lead\nx\n", "end\n\n", "\ttab\nx", "", "x\n\ny\n"]
)
def test_any_text_comes_through_yaml_as_it_is(text: str) -> None:
    tree = {"key": text, "list": [text, {"inner": [text], "flag": True}], "empty": {}, text or "x": 1}
    assert yaml.safe_load(yaml_text(tree)) == json.loads(json.dumps(tree))


@pytest.mark.skipif(
    shutil.which("cloud-init") is None or shutil.which("netplan") is None,
    reason="no cloud-init with netplan here (apt: cloud-init netplan.io)",
)
@pytest.mark.parametrize(("file", "kind"), [("user-data", "cloud-config"), ("network-config", "network-config")])
def test_cloud_init_has_no_complaint(cards: Path, file: str, kind: str) -> None:
    for name in ("gym-1", "gym-2"):
        command = ["cloud-init", "schema", "--config-file", str(cards / name / file), "--schema-type", kind]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
