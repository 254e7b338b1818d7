"""What every lamp driver shares: what the levels mean at first, which drives are allowed, and the soft start."""

from __future__ import annotations

from dataclasses import fields

from firmware.ports import DeviceRefused, LampDrive, LampLevel

RISE = 0.15  # seconds from dark to full: soft for eyes and supply, short for the shutter
DEFAULT_DRIVES = {
    LampLevel.OFF: LampDrive(),
    LampLevel.FRAMING: LampDrive(0.4, 0.4, 0.4),
    LampLevel.SHOT: LampDrive(0.9, 0.9, 0.9),
}


def check_drive(level: LampLevel, drive: LampDrive) -> None:
    """Raises `DeviceRefused` for a drive outside 0 to 1, or a lit `OFF`."""
    for lamp in fields(drive):
        value = getattr(drive, lamp.name)
        if not 0.0 <= value <= 1.0:
            raise DeviceRefused(f"lamps: {lamp.name} at {value} for level {level}; a drive is 0 (dark) to 1 (full)")
        if level is LampLevel.OFF and value != 0.0:
            raise DeviceRefused(f"lamps: level off means dark, {lamp.name} cannot be {value} there")


def towards(now: LampDrive, goal: LampDrive, most: float) -> LampDrive:
    """`now` moved towards `goal` by at most `most` in each lamp."""

    def move(here: float, there: float) -> float:
        return there if abs(there - here) <= most else here + (most if there > here else -most)

    return LampDrive(move(now.left, goal.left), move(now.right, goal.right), move(now.background, goal.background))


def scaled(drive: LampDrive, share: float) -> LampDrive:
    """`drive` with every lamp at `share` of it."""
    return LampDrive(drive.left * share, drive.right * share, drive.background * share)
