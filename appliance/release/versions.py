"""Which release may follow which."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

from .errors import BundleRefused
from .manifest import Manifest


@dataclass(frozen=True, slots=True)
class Standing:
    """What is installed: version (`1.2.3-8 hex`), serial (0 when it came from a checkout), this machine and its Python."""

    version: str
    serial: int
    machine: str = ""
    python: str = ""


def this_machine(version: str, serial: int) -> Standing:
    """What is installed on the machine this runs on."""
    return Standing(version, serial, platform.machine(), ".".join(map(str, sys.version_info[:2])))


def numbers(version: str) -> tuple[int, ...]:
    """The part of a version that has an order, four numbers long: `1.2-ab` is (1, 2, 0, 0)."""
    found = [int(part) for part in version.partition("-")[0].split(".")]
    return (*found, *[0] * (4 - len(found)))


def is_newer(manifest: Manifest, standing: Standing) -> bool:
    """Whether the bundle is a later release than the one that is installed."""
    return (numbers(manifest.version), manifest.serial) > (numbers(standing.version), standing.serial)


def must_follow(manifest: Manifest, standing: Standing, *, downgrade: bool = False) -> None:
    """Raises `BundleRefused` unless the bundle is for this machine, can follow what is installed, and is no older."""
    if manifest.machines and standing.machine not in manifest.machines:
        wanted = ", ".join(manifest.machines)
        raise BundleRefused(
            f"更新包适用于 {wanted}，本机是 {standing.machine}；请取对应的文件",
            f"the bundle is for {wanted}, this machine is {standing.machine}: take the one for it",
        )
    if manifest.pythons and standing.python not in manifest.pythons:
        wanted = ", ".join(manifest.pythons)
        raise BundleRefused(
            f"更新包适用于 Python {wanted}，本机是 {standing.python}；请取对应系统的文件",
            f"the bundle is for Python {wanted}, this system has {standing.python}: take the one for it",
        )
    if numbers(standing.version) < numbers(manifest.oldest):
        raise BundleRefused(
            f"版本 {manifest.version} 要求至少先装 {manifest.oldest}，本机是 {standing.version}",
            f"{manifest.version} can follow {manifest.oldest} or later, this is {standing.version}: install that first",
        )
    older = (numbers(manifest.version), manifest.serial) < (numbers(standing.version), standing.serial)
    if older and not downgrade:
        raise BundleRefused(
            f"更新包是旧版本 {manifest.version}，本机已是 {standing.version}；确要退回请用“退回上一版”或 --allow-downgrade",
            f"{manifest.version} is older than {standing.version}: go back with rollback, or say --allow-downgrade",
        )
