"""The parts of a site file, each read from its table: hotspot, links, technician."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from appliance.provision.passphrase import psk
from appliance.provision.reading import Table
from appliance.provision.site import SECURITY, Cellular, Ethernet, Hotspot, Security, Technician, Wifi

INTERFACE = r"[a-z][a-z0-9_.-]{0,14}"
_INTERFACE_ZH, _INTERFACE_EN = "网络接口名，例如 wlan0", "An interface is named like wlan0 (see: ip link)"
_KEY_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com", "ssh-rsa")
SSID_BYTES = 32


@cache
def _regulation() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("channels.toml").read_text(encoding="utf-8"))


def country(table: Table) -> str:
    """Two capital letters of ISO 3166-1; empty when wrong."""
    found = table.text(
        "country", None, r"[A-Z]{2}", "两个大写字母，例如 CN", "Two capital letters (ISO 3166), such as CN"
    )
    if found and found not in _regulation()["countries"].split():
        table.wrong(
            "country",
            f"没有国家代码 {found!r}（ISO 3166），网卡会因此不发射。例如中国 CN、英国 GB、德国 DE",
            f"{found!r} is no country's code (ISO 3166); a radio stays silent with it. China is CN, Great Britain GB, Germany DE",
        )
        return ""
    return found


@cache
def channels(country: str) -> dict[str, tuple[int, ...]]:
    """Where a hotspot may send in a country, by band."""
    known = _regulation()
    return {band: tuple(numbers) for band, numbers in known.get(country, known["default"]).items()}


def ssid(table: Table, default: str) -> str:
    """A network's name, at most 32 bytes of UTF-8."""
    limit_zh, limit_en = f"1 到 {SSID_BYTES} 字节（一个汉字 3 字节）", f"1 to {SSID_BYTES} bytes of UTF-8; shorten it"
    found = table.text("ssid", default or None, r"[^\x00-\x1f\x7f]+", limit_zh, limit_en)
    if len(found.encode()) > SSID_BYTES:
        length = len(found.encode())
        table.wrong("ssid", f"{found!r} 有 {length} 字节。{limit_zh}", f"{found!r} has {length} bytes. {limit_en}")
    return found


def hotspot(table: Table, country: str, name: str, number: int, own: Table) -> Hotspot:
    """The site's hotspot for one station; channel and SSID may be the station's `own`."""
    interface = table.text("interface", "wlan0", INTERFACE, _INTERFACE_ZH, _INTERFACE_EN)
    band = cast(Literal["2.4", "5"], table.choice("band", "5", ("2.4", "5")))
    security = cast(Security, table.choice("security", "auto", SECURITY))
    online = table.flag("tablets_online", default=False)
    table.done()
    allowed = channels(country)[band]
    listed = ", ".join(map(str, allowed))
    channel = own.number(
        "channel",
        allowed.__contains__,
        f"{country} 的 {band} GHz 可用：{listed}；不写则自动分配",
        f"On {band} GHz in {country}: {listed}; left out, one is chosen",
    )
    # Neighbours in the list of stations stand beside each other in the gym: they get different channels.
    chosen = allowed[(number - 1) % len(allowed)] if channel is None else channel
    return Hotspot(interface, ssid(own, name), band, chosen, security, online)


def ethernet(table: Table) -> Ethernet:
    """The cable."""
    interface = table.text("interface", "eth0", INTERFACE, _INTERFACE_ZH, _INTERFACE_EN)
    shape_zh, shape_en = 'dhcp，或 "192.168.1.20/24"', 'Write "dhcp", or "192.168.1.20/24"'
    address = table.text("address", "dhcp", r"dhcp|[0-9./]+", shape_zh, shape_en)
    gateway = table.text(
        "gateway", "", r"[0-9.]*", "IPv4 地址，例如 192.168.1.1", "An IPv4 address such as 192.168.1.1"
    )
    dns = table.text(
        "dns", "", r"[0-9., ]*", "IPv4 地址，用逗号分开", "IPv4 addresses with commas between: 192.168.1.1, 9.9.9.9"
    )
    servers = tuple(part.strip() for part in dns.split(",") if part.strip())
    for key, value in (("address", address), ("gateway", gateway), *(("dns", server) for server in servers)):
        if value in {"", "dhcp"}:
            continue
        try:
            (ipaddress.IPv4Interface if key == "address" else ipaddress.IPv4Address)(value)
        except ValueError as error:
            table.wrong(key, f"{value!r} 不是地址。{shape_zh}", f"{value!r} is no address ({error}). {shape_en}")
            continue
        if key == "address" and "/" not in value:
            table.wrong(key, f"{value!r} 缺少网络长度。{shape_zh}", f"{value!r} lacks its network's length. {shape_en}")
    if address != "dhcp" and not gateway:
        table.wrong("gateway", "固定地址需要网关", "is missing: a fixed address needs one, such as 192.168.1.1")
    table.done()
    return Ethernet(interface, address, gateway, servers)


def wifi(table: Table) -> Wifi:
    """Somebody's Wi-Fi. Where it is WPA2 for certain, its password becomes the 32-byte key at once; nothing keeps the password."""
    interface = table.text("interface", "wlan1", INTERFACE, _INTERFACE_ZH, _INTERFACE_EN)
    name = ssid(table, "")
    ready = table.secret("psk", "", r"[0-9a-f]{64}", "64 位十六进制，或改用 password", "64 hex digits, or use password")
    password = table.secret(
        "password", "", r"[ -~]{8,63}", "8 到 63 个可见 ASCII 字符", "A password has 8 to 63 printable ASCII characters"
    )
    security = cast(Security, table.choice("security", "wpa2" if ready else "auto", SECURITY))
    is_open = table.flag("open", default=False)
    hidden = table.flag("hidden", default=False)
    given = sum((bool(ready), bool(password), is_open))
    if given != 1 and not (table.has("password") or table.has("psk")):
        table.wrong(
            "password", "缺少；没有密码的网络写 open = true", "is missing; for a network without one: open = true"
        )
    elif given > 1:
        table.wrong("password", "password、psk、open 只能有一个", "give only one of password, psk and open")
    if ready and security != "wpa2":
        table.wrong(
            "security",
            f'{security!r} 需要密码本身，psk 只能用于 WPA2。改写 password，或 security = "wpa2"',
            f'{security!r} needs the password itself, psk opens WPA2 only. Give password, or security = "wpa2"',
        )
    elif is_open and table.has("security"):
        table.wrong(
            "security", "open = true 的网络没有密码，删去这一行", "a network that is open has none: leave it out"
        )
    elif hidden and security == "auto" and not is_open:
        table.wrong(
            "security",
            '隐藏的网络无法事先看到加密方式。写 "wpa2"、"wpa2-wpa3" 或 "wpa3"',
            'of a hidden network nobody can see it beforehand. Write "wpa2", "wpa2-wpa3" or "wpa3"',
        )
    table.done()
    if security == "wpa2":
        return Wifi(interface, name, security, psk(password, name) if password and name else ready, "", hidden)
    return Wifi(interface, name, security, "", password, hidden)


def cellular(table: Table) -> Cellular:
    """The modem's subscription."""
    apn = table.text(
        "apn", None, r"[A-Za-z0-9._-]{1,100}", "向运营商查询，例如 cmnet", "Ask the operator; such as cmnet"
    )
    user = table.text("user", "", r"[ -~]{0,64}", "最多 64 个 ASCII 字符", "At most 64 ASCII characters")
    password = table.secret("password", "", r"[ -~]{0,64}", "最多 64 个 ASCII 字符", "At most 64 ASCII characters")
    pin = table.secret("pin", "", r"[0-9]{4,8}", "4 到 8 位数字", "4 to 8 digits, in quotes")
    table.done()
    return Cellular(apn, user, password, pin)


def technician(table: Table) -> Technician:
    """Who may log in, by key."""
    user = table.text(
        "user", "technician", r"[a-z][a-z0-9-]{0,30}", "小写字母、数字、连字符", "Lower-case letters, digits, hyphens"
    )
    if user in {"root", "station"}:
        table.wrong("user", f"{user!r} 已由系统使用，换一个", f"{user!r} belongs to the system; choose another")
    key = table.text(
        "ssh_key",
        None,
        r"\S+ \S+( .*)?",
        "公钥一行，例如 ~/.ssh/id_ed25519.pub",
        "The line of a public key file (.pub)",
    )
    if key and not _is_public_key(key):
        table.wrong("ssh_key", "不是公钥", f"is no public key; its line begins with one of {', '.join(_KEY_KINDS)}")
    table.done()
    return Technician(user, key.strip())


def _is_public_key(line: str) -> bool:
    kind, body, *_ = line.split()
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return False
    return kind in _KEY_KINDS and content[4 : 4 + len(kind)] == kind.encode()


def devices(table: Table) -> dict[str, Any]:
    """The `[devices]` part as the station's own settings check it."""
    from pydantic import ValidationError  # noqa: PLC0415 - only a site file with devices needs the models

    from appliance.device_settings import DeviceSettings  # noqa: PLC0415

    given = table.raw("devices")
    try:
        DeviceSettings.model_validate(given)
    except ValidationError as error:
        for wrong in error.errors(include_url=False, include_context=False):
            key = ".".join(("devices", *map(str, wrong["loc"])))
            message = wrong["msg"].removeprefix("Value error, ")
            shown = "" if isinstance(wrong["input"], dict) else f"{wrong['input']!r} "
            table.wrong(key, f"{shown}不能用。{message}", f"{shown}cannot be used. {message}")
    return given
