"""Writes a site's cards: a folder a station, the site's authority, and the program's own source to install from."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from appliance.certificate_authority import Authority, new_signer, new_site_authority
from appliance.certificates import CA_CERTIFICATE, CA_KEY, pem, read_authority
from appliance.ledger.files import make_directory, write_durably
from appliance.provision.cloud_init import Lent, first_boot_files
from appliance.provision.site import Site, StationSite

AUTHORITY = "authority"
HOW = "HOW.txt"
SOURCE = "capture-station.tar.gz"
# What `provisioning/install` needs of a checkout.
ROOMS = ("appliance", "firmware", "models", "provisioning", "systemd")
DOORS = ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", "requirements-device.lock")


class SourceIncomplete(ValueError):
    """A folder is no checkout to install from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One line of what would be written."""

    name: str
    wifi: str
    outside: str
    open_to: str
    enrols: bool


def plan(site: Site) -> tuple[Plan, ...]:
    """What each station becomes, for a person to read before anything is written."""
    return tuple(_plan(station) for station in site.stations)


def same_channel(site: Site) -> dict[int, list[str]]:
    """Channels that more than one station sends on: in one hall they slow each other down."""
    users: dict[int, list[str]] = {}
    for station in site.stations:
        if station.hotspot:
            users.setdefault(station.hotspot.channel, []).append(station.name)
    return {channel: names for channel, names in users.items() if len(names) > 1}


def needs_adapter(site: Site) -> list[str]:
    """Stations that ask the first radio for WPA3: a Pi's own cannot, there it would be WPA2."""
    own = ((station.name, station.hotspot) for station in site.stations)
    return [name for name, hotspot in own if hotspot and "wpa3" in hotspot.security and hotspot.interface == "wlan0"]


def write_cards(
    site: Site, out: Path, *, settings: str, source: bytes | None, now: datetime, wrote: Callable[[str], None]
) -> Path | None:
    """Write every folder below `out` (0700, files 0600); the site authority's certificate, where it has one.

    An authority that is there already is used again: tablets of this site trust it. `settings` is the common `station.toml`,
    `source` the archive of `source_archive`. Raises `CertificateUnusable`, `OSError`.
    """
    make_directory(out)
    authority = site_authority(site, out / AUTHORITY, now) if site.authority == "site" else None
    for station in site.stations:
        folder = out / station.name
        make_directory(folder)
        for name, text in first_boot_files(station, settings, _lent(authority, station, now)).items():
            write_durably(folder / name, text.encode())
        if source is not None:
            write_durably(folder / SOURCE, source)
        wrote(station.name)
    certificate = out / AUTHORITY / CA_CERTIFICATE if authority else None
    kept = (
        f"{AUTHORITY}/ 要妥善保管：以后加站时还用它 · Keep {AUTHORITY}/ safe: stations added later need it."
        if authority
        else ""
    )
    how = (Path(__file__).with_name("how.txt")).read_text(encoding="utf-8")
    shown = "http://10.42.0.1/" if certificate is None else f"{AUTHORITY}/{CA_CERTIFICATE}, http://10.42.0.1/"
    names = ", ".join(station.name for station in site.stations)
    write_durably(out / HOW, how.format(stations=names, authority=shown, kept=kept).encode())
    return certificate


def site_authority(site: Site, folder: Path, now: datetime) -> Authority:
    """The site's authority in `folder`, made at the first call. Raises `CertificateUnusable`, `OSError`."""
    make_directory(folder)
    if not (folder / CA_CERTIFICATE).exists():
        made = new_site_authority(f"Capture stations {site.school}", now)
        write_durably(folder / CA_KEY, pem(made.key))
        write_durably(folder / CA_CERTIFICATE, made.certificate.public_bytes(Encoding.PEM), 0o644)
    return read_authority(folder / CA_CERTIFICATE, folder / CA_KEY)


def source_archive(checkout: Path) -> bytes:
    """The checkout as `tar.gz`, the same bytes for the same files. Raises `SourceIncomplete`."""
    lacking = [name for name in (*ROOMS, *DOORS) if not (checkout / name).exists()]
    if lacking:
        raise SourceIncomplete(
            f"{checkout} 不是完整的源目录，缺少 {', '.join(lacking)}。用 --source 指明检出目录\n"
            f"{checkout} is no checkout to install from, it lacks {', '.join(lacking)}: name one with --source"
        )
    files = [path for room in ROOMS for path in sorted((checkout / room).rglob("*")) if _belongs(path)]
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path in (*files, *(checkout / name for name in DOORS)):
            entry = tarfile.TarInfo(str(path.relative_to(checkout)))
            content = path.read_bytes()
            entry.size, entry.mode = len(content), 0o755 if path.stat().st_mode & 0o100 else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _belongs(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"


def _lent(authority: Authority | None, station: StationSite, now: datetime) -> Lent | None:
    if authority is None:
        return None
    signer = new_signer(authority, station.name, now)
    return Lent(
        site=authority.certificate.public_bytes(Encoding.PEM).decode(),
        signer=signer.certificate.public_bytes(Encoding.PEM).decode(),
        key=pem(signer.key).decode(),
    )


def _plan(station: StationSite) -> Plan:
    own = station.hotspot
    wifi = f"{own.ssid} ({own.band} GHz, channel {own.channel}, {own.security})" if own else "-"
    outside = [f"{station.ethernet.interface} {station.ethernet.address}"]
    outside += [f"Wi-Fi {station.wifi.ssid}"] if station.wifi else []
    outside += [f"4G {station.cellular.apn} (metered)"] if station.cellular else []
    openings = station.openings
    doors = (("page", openings.page), ("name", openings.name), ("ssh", openings.ssh))
    open_to = "; ".join(f"{what}: {', '.join(links)}" for what, links in doors if links)
    return Plan(station.name, wifi, " > ".join(outside), open_to, bool(station.token))
