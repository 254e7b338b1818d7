"""What a device's fault means and what to do, in the reader's language: `faults.toml`, a row a kind."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from appliance.portrait.measurement import Message
from firmware.ports import DeviceFault, DeviceState, DeviceStatus

FILE = Path(__file__).with_name("faults.toml")


def fault_words(status: DeviceStatus) -> Message | None:
    """What is wrong with a device and what to do, in both languages; None for one that is well."""
    if status.state is not DeviceState.FAILING:
        return None
    return Message(**_faults()[status.fault or DeviceFault.OTHER])


@cache
def _faults() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
