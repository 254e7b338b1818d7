"""Reads a site file: many stations from one TOML file, checked whole before anything is written.

`example.toml` beside this file is the commented pattern; a test reads it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from appliance.provision import parts
from appliance.provision.mistakes import Mistake, SiteFileWrong
from appliance.provision.reading import Table
from appliance.provision.site import LINKS, Openings, Site, StationSite, Technician

EXAMPLE = Path(__file__).with_name("example.toml")
MOST_STATIONS = 200
# Unencrypted only where nothing leaves the machine: a platform on the station itself, for rehearsals.
_PLATFORM = r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?"
_Part = TypeVar("_Part")


def read_site(path: Path) -> Site:
    """The site in `path`. Raises `SiteFileWrong` with every mistake, `OSError`."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteFileWrong([Mistake(str(path), f"不是 TOML 文件：{error}", f"is no TOML file: {error}")]) from error
    return site_of(given)


def site_of(given: Mapping[str, Any]) -> Site:
    """The site that parsed TOML describes. Raises `SiteFileWrong` with every mistake."""
    mistakes: list[Mistake] = []
    reader = _Reader(Table("", dict(given), mistakes))
    site = reader.site()
    if mistakes:
        raise SiteFileWrong(mistakes)
    return site


class _Reader:
    """The site's own keys are read once; every station then may bring tables of its own in their place."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._school = table.text("school", None, r"[^\x00-\x1f]{1,60}", "1 到 60 个字", "1 to 60 characters")
        self._country = parts.country(table)
        self._timezone = _timezone(table)
        self._platform = _platform(table, "")
        self._authority = cast(Literal["site", "station"], table.choice("authority", "site", ("site", "station")))
        self._technician = _optional(table.table("technician"), parts.technician)
        self._openings = _openings(table.table("open"), self._technician)
        self._hotspot = table.table("hotspot")
        self._ethernet = table.table("ethernet")
        self._wifi = _optional(table.table("wifi"), parts.wifi)
        self._cellular = _optional(table.table("cellular"), parts.cellular)
        self._devices = parts.devices(table)

    def site(self) -> Site:
        """All of it; mistakes are kept in the tables' list."""
        table = self._table
        ethernet = self._ethernet or Table("ethernet", {}, table.mistakes)
        shared = parts.ethernet(ethernet)
        listed = table.tables("stations")
        table.done()
        if not 1 <= len(listed) <= MOST_STATIONS:
            table.wrong(
                "stations",
                f"有 {len(listed)} 台。需要 1 到 {MOST_STATIONS} 台，每台一段 [[stations]]",
                f"there are {len(listed)}. Needs 1 to {MOST_STATIONS}, each with a part [[stations]]",
            )
        stations = []
        for number, own in enumerate(listed, 1):
            name = own.text(
                "name", None, r"[a-z][a-z0-9-]{0,38}[a-z0-9]",
                "2 到 40 个小写字母、数字、连字符，它也是网络名 NAME.local",
                "2 to 40 lower-case letters, digits and hyphens: it is its network name NAME.local, too",
            )  # fmt: skip
            hotspot = None
            if self._hotspot is not None:
                before = len(table.mistakes)
                again = Table("hotspot", dict(self._hotspot.given), table.mistakes)
                hotspot = parts.hotspot(again, self._country or "CN", name or f"station-{number}", number, own)
                if number > 1:  # the site's part is the same for all; what is wrong there is said once
                    table.mistakes[before:] = [m for m in table.mistakes[before:] if not m.key.startswith("hotspot")]
            found = StationSite(
                name=name,
                school=self._school,
                country=self._country,
                timezone=self._timezone,
                platform=_platform(own, self._platform),
                token=own.secret(
                    "token", "", r"[\x21-\x7e]{16,200}", "平台给出的一次性口令，至少 16 个字符",
                    "The platform's one-time token, 16 characters or more",
                ),
                hotspot=hotspot,
                ethernet=_optional(own.table("ethernet"), parts.ethernet) or shared,
                wifi=_optional(own.table("wifi"), parts.wifi) or self._wifi,
                cellular=_optional(own.table("cellular"), parts.cellular) or self._cellular,
                openings=self._openings,
                technician=self._technician,
                devices=(parts.devices(own) if own.has("devices") else {}) or self._devices,
            )  # fmt: skip
            own.done()
            _fits_together(found, own)
            stations.append(found)
        _each_once(table, stations)
        return Site(self._school, self._authority, tuple(stations))


def _optional(table: Table | None, read: Callable[[Table], _Part]) -> _Part | None:
    return None if table is None else read(table)


def _timezone(table: Table) -> str:
    found = table.text(
        "timezone", "Asia/Shanghai", r"[A-Za-z0-9_+/-]{3,60}", "例如 Asia/Shanghai", "A name such as Asia/Shanghai"
    )
    if not available_timezones():  # a small system without the database; the one that is set by it looks again
        return found
    try:
        ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError):
        table.wrong(
            "timezone",
            f"没有时区 {found!r}。例如 Asia/Shanghai",
            f"there is no {found!r}. A name such as Asia/Shanghai",
        )
    return found


def _platform(table: Table, default: str) -> str:
    zh, en = "https:// 开头的地址", "An address that begins with https:// (http:// would send photos in the clear)"
    return table.text("platform", default, _PLATFORM, zh, en).rstrip("/")


def _openings(table: Table | None, technician: Technician | None) -> Openings:
    if table is None:
        return Openings(("hotspot",), ("hotspot",), ("ethernet",) if technician else ())
    page = table.several("page", ("hotspot",), LINKS)
    name = table.several("name", page, LINKS)
    ssh = table.several("ssh", ("ethernet",) if technician else (), LINKS)
    if ssh and technician is None:
        table.wrong(
            "ssh", "没有 [technician]，谁也登录不了", "is open for nobody: add [technician] with ssh_key, or write []"
        )
    table.done()
    return Openings(page, name, ssh)


def _fits_together(station: StationSite, own: Table) -> None:
    """What each part allows, but not both at once."""
    if station.token and not station.platform:
        own.wrong("platform", "有 token 却没有平台地址", "is missing, though there is a token: write https://...")
    reached = [link for link in station.openings.page if station.interface(link) is not None]
    if not reached:
        listed = ", ".join(station.openings.page) or "[]"
        own.wrong(
            "open.page",
            f'{listed} 中没有一个本机拥有的网络，平板无法打开页面。加上 [hotspot]，或写 page = ["ethernet"]',
            f'{listed}: this station has none of these, so no tablet could open its page. Add [hotspot], or page = ["ethernet"]',
        )
    taken: dict[str, str] = {}
    for link in ("hotspot", "ethernet", "wifi"):
        interface = station.interface(link)
        if interface is None:
            continue
        if interface in taken:
            own.wrong(
                f"{link}.interface",
                f"{interface} 已用于 {taken[interface]}。一块网卡一个用途：外网 Wi-Fi 请插 USB 网卡并写 wlan1",
                f"{interface} already serves {taken[interface]}. One adapter, one network: plug in a USB adapter, write wlan1",
            )
        taken.setdefault(interface, link)


def _each_once(table: Table, stations: list[StationSite]) -> None:
    """Names, SSIDs and tokens belong to one station each: nothing secret is shared."""
    keys: tuple[tuple[str, Callable[[StationSite], str]], ...] = (
        ("name", lambda s: s.name),
        ("ssid", lambda s: s.hotspot.ssid if s.hotspot else ""),
        ("token", lambda s: s.token),
    )
    for key, value in keys:
        first: dict[str, int] = {}
        for number, station in enumerate(stations, 1):
            found = value(station)
            if not found:
                continue
            before = first.setdefault(found, number)
            if before != number:
                shown = "" if key == "token" else f"{found!r} "
                table.wrong(
                    f"stations[{number}].{key}",
                    f"{shown}与 stations[{before}] 相同。每台各用自己的",
                    f"{shown}is that of stations[{before}]. Each station has its own",
                )
