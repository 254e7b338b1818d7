"""An opened Raspberry Pi camera, through picamera2, as its owner thread sees it.

One configuration for everything: the full sensor as `main`, the preview as `lores`, both YUV 4:2:0, so that the
shutter needs no mode switch and a still is converted only when it is wanted. Requests are held by the feed alone, and
as few as it keeps. Nothing is denoised and no exposures are merged: a student's face is not retouched by the camera
either.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np

from firmware.camera.feed import Exposed, FrameFeed, Lit
from firmware.camera.lock import ExposureLock
from firmware.claim import fault_of
from firmware.ports import (
    CameraControls,
    DeviceFault,
    DeviceRefused,
    DeviceTimeout,
    DeviceUnavailable,
    Frame,
    FrameMetadata,
    Pixels,
)

FIGURES = ("ExposureTime", "AnalogueGain")
BUFFERS = 6  # two kept by the feed, one being developed, three for the camera
KEPT = 2
ANSWERS_WITHIN = 1.8  # seconds for a frame; full resolution gives ten a second and more
CONVERGED = 2  # libcamera's AeStateConverged
SCANNING = 1  # libcamera's AfStateScanning
OFF = 0  # NoiseReductionMode, HdrMode
MANUAL, CONTINUOUS = 0, 2  # AfMode


class PiSensor:
    """The camera while it is open. `opener` gives a `picamera2.Picamera2` for a camera number."""

    def __init__(
        self,
        number: int,
        opener: Callable[[int], Any],
        upside_down: bool,
        feed: FrameFeed,
        lit: Lit,
        sequences: Iterator[int],
    ) -> None:
        self._number = number
        self._opener = opener
        self._upside_down = upside_down
        self._feed = feed
        self._lit = lit
        self._sequences = sequences
        self._camera: Any = None
        self._lock = ExposureLock()
        self._held: dict[str, Any] = {}  # what was set in figures, and must show in the metadata before it counts
        self._last = -1
        self.size: tuple[int, int] | None = None

    def open(self) -> None:
        """Configure and start. Raises `DeviceUnavailable`."""
        try:
            camera = self._camera = self._opener(self._number)
            self.size = tuple(camera.camera_properties["PixelArraySize"])
            camera.configure(
                camera.create_video_configuration(
                    main={"size": self.size, "format": "YUV420"},
                    lores={"size": preview_of(self.size), "format": "YUV420"},
                    raw=None,
                    buffer_count=BUFFERS,
                    queue=False,  # a request that waited would be an old frame
                    controls=self._possible({"NoiseReductionMode": OFF, "HdrMode": OFF, "AfMode": CONTINUOUS}),
                )
            )
            self._sizes_as_asked(camera.camera_configuration())
            camera.start()
        except DeviceUnavailable:
            raise
        except (RuntimeError, IndexError, KeyError, OSError) as error:
            raise DeviceUnavailable(f"camera {self._number} cannot be opened: {error}", fault_of(error)) from error

    def _sizes_as_asked(self, given: dict[str, Any]) -> None:
        """libcamera gives the nearest size it has; a preview of another size would be cut, not the same view."""
        for name, asked in (("main", self.size), ("lores", preview_of(self.size or (0, 0)))):
            if tuple(given[name]["size"]) != asked:
                told = (
                    f"camera {self._number} gives {name} frames of {given[name]['size']} where {asked} were asked for"
                )
                raise DeviceUnavailable(told, DeviceFault.BROKEN_FRAMES)

    def step(self) -> float:
        """Take one frame. Raises `DeviceTimeout`."""
        camera = self._camera
        try:
            request = camera.wait(camera.capture_request(wait=False), timeout=ANSWERS_WITHIN)
        except TimeoutError as error:
            raise DeviceTimeout(f"camera {self._number} gave no frame for {ANSWERS_WITHIN} s") from error
        try:
            exposed = self._exposed(request)
        except Exception:
            request.release()
            raise
        self._feed.publish(exposed)
        return 0.0

    def close(self) -> None:
        """Let the camera go; frames that are still held go first."""
        self._feed.clear()
        camera, self._camera = self._camera, None
        if camera is not None:
            try:
                camera.stop()
            finally:
                camera.close()

    def control(self, controls: CameraControls) -> None:
        """Ask for settings. Raises `DeviceRefused` before anything is set."""
        wanted: dict[str, Any] = {}
        for name, value in (("ExposureTime", controls.exposure_us), ("AnalogueGain", controls.analogue_gain)):
            if value is not None:
                wanted[name] = self._within(name, value)
        if controls.colour_gains is not None:
            if "ColourGains" not in self._camera.camera_controls:
                raise DeviceRefused(f"camera {self._number}: this camera has no colour gains to set")
            wanted |= {"AwbEnable": False, "ColourGains": controls.colour_gains}
        if controls.focus_locked is not None:
            wanted |= self._possible({"AfMode": MANUAL if controls.focus_locked else CONTINUOUS})
        if controls.exposure_locked is False:
            self._lock.undo()
            self._held = {}
            wanted = self._possible({"AeEnable": True}) | wanted
        elif controls.exposure_locked:
            self._lock.ask(self._last)
        if wanted:
            self._held |= {name: wanted[name] for name in FIGURES if name in wanted}
            self._camera.set_controls(wanted)

    def _exposed(self, request: Any) -> Exposed:
        told: dict[str, Any] = request.get_metadata()
        self._last = sequence = next(self._sequences)
        begin, end = exposed_during(told, time.monotonic())
        lit = self._lit(begin, end)
        metadata = FrameMetadata(
            exposure_us=told.get("ExposureTime"),
            analogue_gain=told.get("AnalogueGain"),
            colour_gains=told.get("ColourGains"),
            exposure_locked=self._is_held(told),
            in_focus=told["AfState"] != SCANNING if "AfState" in told else None,
            lamp_level=lit,
        )
        if self._lock.take_hold(sequence, lit, _converged(told)):
            self._freeze(told)
        size = self.size or (0, 0)
        pixels = self._bgr(request.make_array("lores"), preview_of(size))
        return Exposed(
            Frame(pixels, sequence, end, metadata),
            develop=lambda: self._bgr(request.make_array("main"), size),
            acquire=request.acquire,
            release=request.release,
        )

    def _freeze(self, told: dict[str, Any]) -> None:
        """Set in figures what the automatics had found."""
        figures = {name: told[name] for name in FIGURES if name in told}
        colours = {"AwbEnable": False, "ColourGains": told["ColourGains"]} if "ColourGains" in told else {}
        self._held |= figures
        self._camera.set_controls(self._possible({"AeEnable": False} | figures | colours))

    def _is_held(self, told: dict[str, Any]) -> bool:
        """Whether the figures set have reached the sensor: it rounds them to its lines, by less than 2 %."""
        if not self._held:
            return self._lock.holds
        return all(abs(told.get(name, 0) - value) <= 0.02 * value for name, value in self._held.items())

    def _within(self, name: str, value: float) -> float:
        limits = self._camera.camera_controls.get(name)
        if limits is None or not limits[0] <= value <= limits[1]:
            span = f"outside {limits[0]:g} to {limits[1]:g}" if limits else "not to be set on this camera"
            raise DeviceRefused(f"camera {self._number}: {name} of {value:g} is {span}")
        return int(value) if name == "ExposureTime" else value

    def _possible(self, controls: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in controls.items() if name in self._camera.camera_controls}

    def _bgr(self, planes: Any, size: tuple[int, int]) -> Pixels:
        """YUV 4:2:0 planes, (H x 3/2, stride), to (H, W, 3) BGR, upright; lines may be padded to the stride."""
        picture = cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)[: size[1], : size[0]]
        if self._upside_down:
            picture = cv2.rotate(picture, cv2.ROTATE_180)
        pixels = np.ascontiguousarray(picture, dtype=np.uint8)
        pixels.setflags(write=False)
        return pixels


def exposed_during(told: dict[str, Any], now: float) -> tuple[float, float]:
    """From when to when (monotonic seconds) any row of a frame was exposed, at the widest.

    The sensor's stamp is the start of its readout: the first row was exposed before it, the last is read a frame later
    at most.
    """
    frame = float(told.get("FrameDuration") or 100_000.0) / 1e6
    exposure = float(told.get("ExposureTime") or frame * 1e6) / 1e6
    stamp = float(told.get("SensorTimestamp") or 0) / 1e9
    if not 0 <= now - stamp < 2.0:  # no stamp, or one of another clock
        stamp = now - frame
    return stamp - exposure, min(stamp + frame, now)


def preview_of(size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of the preview of a sensor of (width, height): the same view, 640 wide, even as YUV 4:2:0 must be."""
    return 640, round(size[1] * 640 / size[0] / 2) * 2 if size[0] else 480


def _converged(told: dict[str, Any]) -> bool:
    """By `AeState` (libcamera from 0.4 on) or `AeLocked` (before); where neither is told, exposure is not automatic."""
    if "AeState" in told:
        return bool(told["AeState"] == CONVERGED)
    return bool(told.get("AeLocked", True))
