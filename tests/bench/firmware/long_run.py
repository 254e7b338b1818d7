"""A day of the body, as fast as the machine can: `python tests/bench/firmware/long_run.py --hours 8`.

Each simulated hour brings what an hour at 30 frames a second with 120 students brings to the devices: frames, codes read, lamp
levels, locked stills, presses, and now and then a camera that is pulled or hangs. Reported are resident memory, threads and
open files over the day, and how long everything takes to stop. Exit code 1 when memory grows, a thread is missing or left over, or
stopping takes two seconds. The networks are not in it: a judged frame cannot be hurried.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from firmware.camera.replay import ReplayCamera
from firmware.indicator.standin import StandInIndicator
from firmware.lamps.scene import SceneLamps
from firmware.ports import CameraControls, CodeScan, DeviceError, LampLevel, Pattern, StillRequirement
from firmware.scanner.optical import OpticalScanner
from firmware.scene.mishaps import CameraMishap
from firmware.scene.world import Scene
from firmware.trigger.standin import StandInTrigger

FRAMES_A_SECOND, STUDENTS_AN_HOUR = 30, 120
FRAMES_A_STUDENT = 3600 * FRAMES_A_SECOND // STUDENTS_AN_HOUR
PULLED_EVERY, HANGS_EVERY = 40, 50  # students
HURRY = 2000.0  # frames a second asked for; the machine gives what it can
MOST_GROWTH_MB = 8.0
MOST_STOP_S = 2.0


@dataclass
class Day:
    """What was counted."""

    students: int = 0
    frames: int = 0
    scans: int = 0
    stills: int = 0
    missed: int = 0
    reopened: int = 0
    memory_mb: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def note(self) -> None:
        """Memory, threads, open files now."""
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        self.memory_mb.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
        self.threads.append(threading.active_count())
        self.files.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - pathlib would open the folder once more

    @property
    def growth_mb(self) -> float:
        """Median memory of the last third over that of the second third (the first warms up)."""
        third = max(1, len(self.memory_mb) // 3)
        return statistics.median(self.memory_mb[-third:]) - statistics.median(
            self.memory_mb[third : 2 * third] or [0.0]
        )


class Body:
    """Every stand-in device, small pictures."""

    def __init__(self) -> None:
        self.scene = Scene(still_size=(640, 480), preview_size=(320, 240))
        self.lamps = SceneLamps(self.scene)
        self.camera = ReplayCamera(self.scene, self.lamps.lit_during, frame_rate=HURRY)
        self.scanner, self.foot, self.light = OpticalScanner(gone_after=0.2), StandInTrigger(), StandInIndicator()
        self.scans: list[CodeScan] = []
        self.presses = 0

    def start(self) -> None:
        """All of them."""
        self.light.start()
        self.lamps.start()
        self.camera.start()
        self.scanner.start(self.scans.append)
        self.foot.start(self._pressed)

    def stop(self) -> float:
        """All of them; seconds it took."""
        begun = time.monotonic()
        for device in (self.scanner, self.foot, self.camera, self.lamps, self.light):
            device.stop()
        taken = time.monotonic() - begun
        self.scene.close()
        return taken

    def _pressed(self, _: object) -> None:
        self.presses += 1


def visit(body: Body, day: Day, picture: np.ndarray) -> None:
    """One student: code, framing light, a locked still in shot light, gone; and the frames of half a minute."""
    day.students += 1
    body.scene.show_code(f"CODE-{day.students}")
    body.light.show(Pattern.READY)
    first = seen = body.camera.next_preview().sequence
    end = time.monotonic() + 5
    while not body.scans and time.monotonic() < end:
        frame = body.camera.next_preview(seen)
        seen = frame.sequence
        body.scanner.offer(frame)
    day.scans += bool(body.scans)
    body.scans.clear()
    body.scene.clear_code()
    body.scene.show_person(picture)
    body.lamps.set_level(LampLevel.FRAMING)
    body.light.show(Pattern.JUDGING)
    body.foot.press()
    body.lamps.set_level(LampLevel.SHOT)
    body.camera.control(CameraControls(exposure_locked=True))
    body.camera.capture(StillRequirement(not_before=seen, lamp_level=LampLevel.SHOT, exposure_locked=True), timeout=10)
    day.stills += 1
    body.camera.control(CameraControls(exposure_locked=False))
    body.lamps.set_level(LampLevel.OFF)
    body.scene.clear_person()
    body.scanner.forget()
    while seen < first + FRAMES_A_STUDENT:
        seen = body.camera.next_preview(seen).sequence
    day.frames += seen - first


def mishap(body: Body, day: Day) -> None:
    """Now and then the cable is out for a moment, or the camera hangs until it is noticed."""
    if day.students % HANGS_EVERY == 0:
        body.scene.mishaps.befall_camera(CameraMishap.HANGS)
        wait = 2.5
    elif day.students % PULLED_EVERY == 0:
        body.scene.mishaps.befall_camera(CameraMishap.UNPLUGGED)
        wait = 0.3
    else:
        return
    end = time.monotonic() + wait
    while time.monotonic() < end:
        body.camera.status()  # who looks notices
        time.sleep(0.05)
    body.scene.mishaps.befall_camera(CameraMishap.NONE)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            body.camera.next_preview(timeout=1.0)
        except DeviceError:
            continue
        day.reopened += 1
        return


def main() -> None:
    """Run, report, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    given = parser.parse_args()
    students = max(6, round(given.hours * STUDENTS_AN_HOUR))
    picture = np.random.default_rng(1).integers(60, 190, (240, 180, 3)).astype(np.uint8)
    body, day, begun = Body(), Day(), time.monotonic()
    body.start()
    for _ in range(students):
        try:
            visit(body, day, picture)
        except DeviceError as error:
            day.missed += 1
            print(f"student {day.students}: {error}", file=sys.stderr)
        mishap(body, day)
        day.note()
        if day.students % 30 == 0:
            print(f"{day.students}/{students}: {day.memory_mb[-1]:.1f} MB, {day.threads[-1]} threads", file=sys.stderr)
    stopped_in = body.stop()
    left = threading.active_count()
    print(
        json.dumps(
            {
                "simulated_hours": given.hours,
                "took_s": round(time.monotonic() - begun, 1),
                "students": day.students,
                "frames": day.frames,
                "scans": day.scans,
                "stills": day.stills,
                "missed": day.missed,
                "reopened": day.reopened,
                "memory_mb": [round(value, 1) for value in (day.memory_mb[0], max(day.memory_mb), day.memory_mb[-1])],
                "growth_mb": round(day.growth_mb, 2),
                "threads": sorted(set(day.threads)),
                "open_files": sorted(set(day.files)),
                "threads_after_stop": left,
                "stopped_in_s": round(stopped_in, 3),
            }
        )
    )
    sound = day.growth_mb < MOST_GROWTH_MB and stopped_in < MOST_STOP_S and left == 1
    steady = day.threads[-1] == day.threads[len(day.threads) // 3] and day.missed == 0 and day.scans == day.students
    sys.exit(0 if sound and steady else 1)


if __name__ == "__main__":
    main()
