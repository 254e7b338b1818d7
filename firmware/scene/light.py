"""How the lamps light the scene: relative light at each place, and what an exposure makes of it.

Light is linear and relative: 1 at a place is one lamp pair at full drive. A photograph is taken to have been lit
evenly, so even light at the right exposure gives back the photograph itself.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware.ports import LampDrive

AMBIENT = 0.05  # the room without lamps
KEY_NEAR = 0.95  # share of the key light at the picture's own side that comes from that side's lamp
FACE = (0.36, 0.64)  # share of the width over which one lamp's side turns into the other's: about a head
SPILL = 0.3  # share of the wall's light that comes from the key lamps; the background lamp gives the rest
SCREEN_LIGHT = 0.45  # what a phone screen shines with, whatever the lamps do
GAMMA = 2.2  # pixel values are taken as light ** (1 / 2.2), the power law nearest to sRGB (IEC 61966-2-1)
RIGHT_EXPOSURE = 4500.0  # light x exposure (us) x analogue gain that gives back the photograph: 10 ms at framing level
DAYLIGHT_GAINS = (2.0, 1.6)  # (red, blue) gains at which colours are the photograph's

Plane = NDArray[np.float32]


def light_on(drive: LampDrive, wall: Plane, screen: Plane) -> Plane:
    """Light at each place, float32, the shape of `wall` and `screen` (shares 0 to 1 of wall and of a shining screen)."""
    across = np.linspace(0.0, 1.0, wall.shape[1], dtype=np.float32)
    turning = np.clip((across - FACE[0]) / (FACE[1] - FACE[0]), 0.0, 1.0)
    smooth = turning * turning * (3 - 2 * turning)
    from_left = KEY_NEAR + (1 - 2 * KEY_NEAR) * smooth
    keys = from_left * drive.left + (1 - from_left) * drive.right
    on_wall = SPILL * keys + (1 - SPILL) * drive.background
    lamps = keys[None, :] + wall * (on_wall - keys)[None, :]
    light: Plane = ((AMBIENT + lamps) * (1 - screen) + SCREEN_LIGHT * screen).astype(np.float32)
    return light


def factors(light: Plane, exposure: float, colour_gains: tuple[float, float]) -> Plane:
    """What pixel values are multiplied by: float32 (h, w, 3) BGR, for `exposure` = exposure time (us) x analogue gain."""
    red, blue = (gain / usual for gain, usual in zip(colour_gains, DAYLIGHT_GAINS, strict=True))
    balance = np.array([blue, 1.0, red], np.float32) ** (1 / GAMMA)
    plane = np.asarray(cv2.pow(light * np.float32(exposure / RIGHT_EXPOSURE), 1 / GAMMA), dtype=np.float32)
    result: Plane = plane[..., None] * balance
    return result
