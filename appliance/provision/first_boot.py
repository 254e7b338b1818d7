"""What is made on a device's first start and printed on its label: hotspot passphrase, pairing code, set-up code.

Kept in `first-boot.json` of the data folder (0600). Nothing of it is in an image, a site file or a package.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.ledger.files import write_durably
from appliance.provision.passphrase import new_passphrase

FILE = "first-boot.json"


class FirstBootUnreadable(ValueError):
    """The file is there, but damaged."""


@dataclass(frozen=True, slots=True)
class FirstBoot:
    """`passphrase` opens the hotspot, `pairing_code` the page, `setup_code` makes the first technician."""

    passphrase: str
    pairing_code: str
    setup_code: str


def ensure(data_dir: Path) -> FirstBoot:
    """What is in the folder, made when there is none. Raises `FirstBootUnreadable`, `OSError`."""
    from appliance.web.pairing_codes import new_pairing_code  # noqa: PLC0415 - readers start without the web room
    from appliance.web.people import new_setup_code  # noqa: PLC0415

    path = data_dir / FILE
    if not path.exists():
        made = FirstBoot(new_passphrase(), new_pairing_code(), new_setup_code())
        write_durably(path, json.dumps(asdict(made)).encode())
    return read(path)


def read(path: Path) -> FirstBoot:
    """What the file says. Raises `FirstBootUnreadable`, `OSError`."""
    try:
        return FirstBoot(**json.loads(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise FirstBootUnreadable(
            f"{path} 已损坏（{error}）。删除它，重新启动 station-firstboot，再打印标签\n"
            f"{path} is damaged ({error}): remove it, then systemctl restart station-firstboot, and print a new label"
        ) from error


def printed(data_dir: Path) -> FirstBoot | None:
    """What this station's label says; none where no first boot was (a development machine). Raises as `read`."""
    path = data_dir / FILE
    return read(path) if path.exists() else None
