"""Putting a look together: what runs here, where to look, and whether the link may be used."""

from __future__ import annotations

import threading
from pathlib import Path

from appliance.outbox.metered import ask_network_manager
from appliance.release.documents import read_document
from appliance.release.places import running_release
from appliance.release.versions import Standing, this_machine
from appliance.update.fetcher import Fetcher, Network
from appliance.update.settings import UpdateSettings
from appliance.update.spool import Spool, spool_of
from appliance.update.sticks import mounted_folders


def fetcher(data_dir: Path, settings: UpdateSettings) -> Fetcher:
    """The fetcher of the station whose data lies in `data_dir`."""
    spool = spool_of(data_dir)
    network = None
    if settings.url is not None:
        network = Network(settings.url, may_use=lambda: settings.metered or not ask_network_manager())
    return Fetcher(spool, standing(spool), folders=list(mounted_folders()), network=network)


def standing(spool: Spool) -> Standing:
    """What runs here; a checkout counts as older than every release."""
    version = running_release()
    if version is None:
        return this_machine("0.0-00000000", 0)
    serial = read_document(spool.places.releases / version / "release.json").get("serial", 0)
    return this_machine(version, serial if isinstance(serial, int) else 0)


def look_beside(data_dir: Path, settings: UpdateSettings) -> None:
    """Look in a thread of this process, where no unit waits for the question (a checkout); on a device the unit does."""
    spool = spool_of(data_dir)
    if spool.folder != spool.places.spool:
        threading.Thread(target=fetcher(data_dir, settings).look, name="look for updates", daemon=True).start()
