"""The four steps: camera and lamps do what is to be measured; each returns its part, or refuses with what to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import numpy as np

from appliance.calibration import measures
from appliance.calibration.errors import CalibrationRefused
from appliance.calibration.store import Backdrop, CalibrationStore, Focus, Grey, Lens
from firmware.ports import (
    Camera,
    CameraControls,
    DeviceRefused,
    DeviceTimeout,
    Frame,
    LampLevel,
    Lamps,
    Pixels,
    StillRequirement,
)

ROUNDS = 3  # of white balance: each sees what the one before left
SAME = 0.005  # share by which gains that were asked for may differ: a camera that glides to them is not there before
NEUTRAL = 0.5  # percent of cast at which white balance rests
MOST_CAST = 6.0  # percent; more is light of several colours, which no gains can balance
PLATES = 4  # stills that make up the clean plate: their mean has half the noise of one
FOCUSED = 0.9  # of the sharpest seen
SMOOTHED = 3  # stills whose median is shown: a hand on the lens shakes
SETTLES_WITHIN = 6.0  # seconds
LONGEST_FOCUS = 240.0  # seconds that somebody may turn the lens who says when it is done
MOST_UNEVEN = 60.0  # percent
MOST_SHADING, MOST_DISTORTION = 35.0, 4.0  # percent; more shows in the outline of a face and in the corners of the wall
Told = Callable[[float], None]  # the share of a step that is done, 0 to 1


def _untold(_share: float) -> None:
    """Nobody looks on."""


def focus(
    camera: Camera,
    now: datetime,
    seconds: float,
    tell: Callable[[float, float], None],
    done: Callable[[], bool] = lambda: False,
) -> Focus:
    """For `seconds`, or until `done`, the sharpness of full-resolution stills goes to `tell(now, best)` while the lens is turned.

    Raises `CalibrationRefused` when it was left less sharp than it can be, or `done` came before the first still.
    """
    best, last, seen, end = 0.0, 0.0, -1, time.monotonic() + seconds
    smooth: list[float] = []
    while time.monotonic() < end and not done():
        still = camera.capture(StillRequirement(not_before=seen + 1))
        seen = still.sequence
        smooth = [*smooth, measures.sharpness(still.pixels)][-SMOOTHED:]
        last = float(np.median(smooth))
        best = max(best, last)
        tell(last, best)
    if not smooth:
        raise CalibrationRefused("还没有量到清晰度：请再试一次", "no sharpness was measured yet: please try again")
    if last < FOCUSED * best:
        raise CalibrationRefused(
            f"镜头停在不够清晰的位置（{last:.1f}，最好 {best:.1f}）：转回最清晰处再试",
            f"the lens was left at {last:.1f} although {best:.1f} was seen: turn it back to the sharpest place and try again",
        )
    return Focus(at=now, sharpness=round(last, 3), best=round(best, 3))


def grey(camera: Camera, lamps: Lamps, now: datetime, tell: Told = _untold) -> Grey:
    """White balance and exposure on a grey card where a student's face will be. Raises `CalibrationRefused`."""
    frame = _lit(camera, lamps, LampLevel.FRAMING)
    tell(1 / (ROUNDS + 1))
    before = measures.cast(measures.card_light(frame.pixels))
    gains = frame.metadata.colour_gains
    for number in range(ROUNDS):
        light = measures.card_light(frame.pixels)
        if gains is None or measures.cast(light) < NEUTRAL:
            break
        gains = measures.gains_for(light, frame.metadata.colour_gains or gains)
        frame = _with_gains(camera, gains)
        tell((number + 2) / (ROUNDS + 1))
    after = measures.cast(measures.card_light(frame.pixels))
    if gains is not None and after > MOST_CAST:
        raise CalibrationRefused(
            f"调整后灰卡仍偏色 {after:.1f}%（上限 {MOST_CAST:g}%）：关掉别的颜色的灯，拉上窗帘",
            f"the card still has a cast of {after:.1f} % (limit {MOST_CAST:g} %): switch off lights of other colours",
        )
    seen = frame.metadata
    rounded = None if gains is None else (round(gains[0], 4), round(gains[1], 4))
    return Grey(
        at=now,
        colour_gains=rounded,
        exposure_us=seen.exposure_us,
        analogue_gain=seen.analogue_gain,
        cast_before=round(before, 2),
        cast_after=round(after, 2),
    )


def backdrop(camera: Camera, lamps: Lamps, store: CalibrationStore, now: datetime, tell: Told = _untold) -> Backdrop:
    """The clean plate of the empty backdrop in shot light, kept in `store`, and how even it is. Raises `CalibrationRefused`."""
    try:
        plate = _plate(camera, lamps, tell)
    finally:
        _release(camera, lamps)
    uneven = measures.unevenness(plate)
    if uneven > MOST_UNEVEN:
        raise CalibrationRefused(
            f"背景明暗相差 {uneven:.0f}%（上限 {MOST_UNEVEN:.0f}%）：移动背景灯或把学生位置离墙远一些",
            f"the backdrop is {uneven:.0f} % brighter in one place than another (limit {MOST_UNEVEN:.0f} %): move its lamp",
        )
    name, digest = store.keep_plate(plate)
    return Backdrop(at=now, plate=name, sha256=digest, uneven=round(uneven, 1))


def lens(camera: Camera, lamps: Lamps, now: datetime, tell: Told = _untold) -> Lens:
    """Distortion and shading on the printed chessboard. Raises `CalibrationRefused`."""
    frame = _lit(camera, lamps, LampLevel.FRAMING)
    tell(1 / 3)
    wanted = StillRequirement(not_before=frame.sequence, lamp_level=LampLevel.FRAMING, in_focus=True)
    still = camera.capture(wanted, SETTLES_WITHIN)
    tell(2 / 3)
    seen = measures.lens(still.pixels)
    if abs(seen.distortion) > MOST_DISTORTION or seen.shading > MOST_SHADING:
        raise CalibrationRefused(
            f"镜头畸变 {seen.distortion:.1f}%（上限 {MOST_DISTORTION:g}%）、"
            f"暗角 {seen.shading:.0f}%（上限 {MOST_SHADING:g}%）：换镜头或离远些",
            f"distortion {seen.distortion:.1f} % (limit {MOST_DISTORTION:g}), shading {seen.shading:.0f} % "
            f"(limit {MOST_SHADING:g}): use another lens, or stand farther away",
        )
    return Lens(
        at=now,
        distortion=round(seen.distortion, 2),
        shading=round(seen.shading, 1),
        residual=round(seen.residual, 2),
    )


def _lit(camera: Camera, lamps: Lamps, level: LampLevel) -> Frame:
    """A frame lit by `level` all through, exposed by the camera itself at rest. Raises `DeviceTimeout`."""
    lamps.set_level(level)
    # The newest frame, and the one being exposed, may still show what was there before the technician asked.
    end, seen, before = time.monotonic() + SETTLES_WITHIN, camera.next_preview().sequence + 1, 0.0
    while time.monotonic() < end:
        frame = camera.next_preview(seen)
        seen, light = frame.sequence, float(frame.pixels.mean())
        if frame.metadata.lamp_level is level and abs(light - before) < 0.5:
            return frame
        before = light
    raise DeviceTimeout(f"camera: no frame at rest in {level} light within {SETTLES_WITHIN:g} s")


def _with_gains(camera: Camera, gains: tuple[float, float]) -> Frame:
    """The first frame that was taken with `gains`. Raises `CalibrationRefused`, `DeviceTimeout`."""
    try:
        camera.control(CameraControls(colour_gains=gains))
    except DeviceRefused as error:
        raise CalibrationRefused(f"相机做不到这个白平衡：{error}", f"the camera cannot: {error}") from error
    end, seen = time.monotonic() + SETTLES_WITHIN, -1
    while time.monotonic() < end:
        frame = camera.next_preview(seen)
        seen, told = frame.sequence, frame.metadata.colour_gains
        if told is not None and all(abs(have - want) <= SAME * want for have, want in zip(told, gains, strict=True)):
            return frame
    raise DeviceTimeout(f"camera: the gains {gains} did not show within {SETTLES_WITHIN:g} s")


def _plate(camera: Camera, lamps: Lamps, tell: Told) -> Pixels:
    lamps.set_level(LampLevel.SHOT)
    locked = True
    try:
        camera.control(CameraControls(exposure_locked=True))
    except DeviceRefused:  # many USB cameras
        locked = False
    total, not_before = None, camera.next_preview().sequence
    for number in range(PLATES):
        still = camera.capture(
            StillRequirement(not_before=not_before, lamp_level=LampLevel.SHOT, exposure_locked=locked), SETTLES_WITHIN
        )
        not_before = still.sequence + 1
        total = still.pixels.astype(np.uint16) if total is None else total + still.pixels
        tell((number + 1) / (PLATES + 1))
    return np.asarray(np.round(total / PLATES) if total is not None else None, dtype=np.uint8)


def _release(camera: Camera, lamps: Lamps) -> None:
    lamps.set_level(LampLevel.OFF)
    try:
        camera.control(CameraControls(exposure_locked=False))
    except DeviceRefused:
        return  # it never was locked
