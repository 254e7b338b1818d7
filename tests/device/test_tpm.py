"""A station whose keys a TPM guards: sealed at the first start, open at the next, shut for whoever has the card alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from emulated_tpm import PROGRAM, emulated_tpm
from machine_image import Image
from raw_disk import lying_on
from sealed_machine import sealed_image
from virtual_machine import Report, VirtualMachine

HERE = Path(__file__).parent
LONGEST_S = 240.0  # on a processor; eight times that without KVM

pytestmark = [pytest.mark.device, pytest.mark.timeout(5400)]


@dataclass(frozen=True, slots=True)
class Card:
    """A station's disk, which can be put into a machine; `folder` is where the machines' TPMs and reports lie."""

    image: Image
    disk: Path
    folder: Path

    def started(self, tpm: str, script: str) -> tuple[Report, dict[str, str]]:
        """Switch on the machine whose TPM is `tpm`; what it reports, and what the script told."""
        share = self.folder / "share"
        (share / "told.json").unlink(missing_ok=True)
        with emulated_tpm(self.folder / tpm) as arguments:
            machine = VirtualMachine(self.image, disk=str(self.disk), arguments=arguments)
            report = machine.run(share, (HERE / script).read_text(encoding="utf-8"), timeout=LONGEST_S)
        print(f"{script} with {tpm}: {report.seconds:.0f} s")
        told = share / "told.json"
        return report, json.loads(told.read_text()) if told.exists() else {}


@pytest.fixture
def card(can_boot: None, tmp_path: Path) -> Iterator[Card]:
    """A station that was installed and never started."""
    if shutil.which(PROGRAM) is None:
        pytest.skip(f"needs {PROGRAM}; provisioning/apt-packages.txt names its package")
    image = sealed_image()
    disk = tmp_path / "card.img"
    subprocess.run(["cp", "--sparse=always", str(image.disk), str(disk)], check=True)
    yield Card(image, disk, tmp_path)
    disk.unlink()


def secrets_of(told: dict[str, str]) -> dict[str, bytes]:
    """What a thief would look for: keys and seal as they are in memory."""
    body = bytes.fromhex(told["station.pem"]).splitlines()[1]  # a PKCS 8 Ed25519 key is one line of base64
    assert len(body) == 64
    return {"ledger key": bytes.fromhex(told["ledger.key"]), "station key": body, "seal": bytes.fromhex(told["seal"])}


def test_a_card_opens_in_its_own_machine_only(card: Card) -> None:
    report, first = card.started("its-tpm", "sealed.sh")
    assert report.code == 0, report.text
    assert "doctor: sealing ok sealed to this machine's TPM" in report.text
    # The TLS key lies on the card as it is (provisioning/README.md): the search finds what is there.
    plain = {"tls key": bytes.fromhex(first["tls.key"])}
    assert lying_on(card.disk, plain | secrets_of(first)) == {"tls key"}

    report, again = card.started("its-tpm", "sealed.sh")
    assert report.code == 0, report.text
    assert again == first

    report, _ = card.started("another-tpm", "stolen.sh")
    assert report.code == 0, report.text
    assert lying_on(card.disk, plain | secrets_of(first)) == {"tls key"}
