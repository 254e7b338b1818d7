"""The lamps' step response, on the replay scene with the real judge: `python tests/bench/firmware/light_loop.py FOLDER`.

From several starts the loop runs for some seconds before a person of the cast; printed are from when on the light stays even
(within 3 %, a median of five frames: a swaying head alone moves single ones), when the lamps last moved (to be brighter, too), and
how uneven the light was after that. `FOLDER/light_loop.png` shows the curves.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

mpl.use("Agg")
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from appliance.portrait.measure.light import tilt
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.rehearsal.cast import cast_pictures
from appliance.visit.light_loop import LightLoop
from firmware.camera.replay import ReplayCamera
from firmware.clock import SystemClock
from firmware.lamps.scene import SceneLamps
from firmware.ports import LampDrive, LampLevel
from firmware.scene.world import Scene
from models.install import networks_dir

EVEN = math.log2(1.03)
STARTS = ((0.9, 0.05), (0.05, 0.9), (1.0, 0.0), (0.6, 0.3), (0.15, 0.2))


@dataclass
class Response:
    """Seconds since the start, tilt in stops and drives of every judged frame; when the drive was last changed."""

    start: tuple[float, float]
    at: list[float] = field(default_factory=list)
    tilts: list[float] = field(default_factory=list)
    drives: list[tuple[float, float]] = field(default_factory=list)
    settled_at: float = math.inf
    rate: float = 0.0

    def finish(self) -> None:
        """The moment from which the drives did not change any more, and how uneven the light was from there on (median)."""
        if len(self.at) < 10:
            sys.exit(f"only {len(self.at)} frames were judged: the machine is too busy for this measurement")
        changes = [i for i in range(1, len(self.drives)) if self.drives[i] != self.drives[i - 1]]
        last = changes[-1] if changes else 0
        self.settled_at = self.at[last]
        self.rate = (len(self.at) - 1) / (self.at[-1] - self.at[0])

    @property
    def even_from(self) -> float:
        """Seconds from which on the light stays even; infinite if it does not."""
        smooth = [float(np.median(self.tilts[max(0, i - 4) : i + 1])) for i in range(len(self.tilts))]
        uneven = [i for i, value in enumerate(smooth) if abs(value) > EVEN]
        if not uneven:
            return 0.0
        return math.inf if uneven[-1] + 1 == len(smooth) else self.at[uneven[-1] + 1]

    @property
    def rest(self) -> list[float]:
        """Tilts at rest, 0.2 s after the last step."""
        return [tilt for at, tilt in zip(self.at, self.tilts, strict=True) if at > self.settled_at + 0.2]


def respond(portrait: Portrait, picture: np.ndarray, start: tuple[float, float], seconds: float) -> Response:
    """One step response."""
    scene, clock = Scene(), SystemClock()
    lamps = SceneLamps(scene)
    camera = ReplayCamera(scene, lamps.lit_during)
    response = Response(start)
    try:
        scene.show_person(picture)
        scene.wait_settled()
        lamps.start()
        camera.start()
        lamps.calibrate(LampLevel.FRAMING, LampDrive(*start, 0.4))
        lamps.set_level(LampLevel.FRAMING)
        portrait.reset()
        seen = camera.next_preview().sequence
        warm = clock.monotonic() + 1.0  # the camera's own exposure comes to rest before the loop is closed
        while clock.monotonic() < warm:
            frame = camera.next_preview(seen)
            seen = frame.sequence
            portrait.live(frame.pixels, clock.monotonic())
        loop = LightLoop(lamps, portrait.profile, clock, lambda: False, LampDrive(*start, 0.4))
        begun = clock.monotonic()
        while clock.monotonic() - begun < seconds:
            frame = camera.next_preview(seen)
            seen = frame.sequence
            view = portrait.live(frame.pixels, clock.monotonic())
            value = tilt(Subject(view.observation, portrait.profile, Stage.LIVE)).value
            if isinstance(value, float):
                response.at.append(frame.captured_at - begun)
                response.tilts.append(value)
                response.drives.append((lamps.drive.left, lamps.drive.right))
            loop.saw(frame, view)
    finally:
        camera.stop()
        lamps.stop()
        scene.close()
    response.finish()
    return response


def plot(responses: list[Response], file: Path) -> None:
    """Tilt and drives over time."""
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(9, 7))
    above.axhspan(-EVEN, EVEN, color="0.85", label="±3 %")
    above.axvline(0.6, color="0.5", linestyle=":")
    for response in responses:
        (line,) = above.plot(response.at, response.tilts, marker=".", label=f"start {response.start}")
        left, right = zip(*response.drives, strict=True)
        below.plot(response.at, left, color=line.get_color())
        below.plot(response.at, right, color=line.get_color(), linestyle="--")
    above.set_ylabel("left over right side of the face, stops")
    above.legend()
    below.set_ylabel("drive (left solid, right dashed)")
    below.set_xlabel("seconds since the loop was closed")
    figure.savefig(file, dpi=110, bbox_inches="tight")


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--person", default="nearly_right", help="which of the cast")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    portrait = Portrait(networks_dir(), load_profile("moe-2017-99"))
    pictures = {picture.id: picture for picture in cast_pictures()}
    if given.person not in pictures:
        sys.exit(f"no picture {given.person} is installed; type: station cast install")
    picture = cv2.imread(str(pictures[given.person].path))
    responses = [respond(portrait, picture, start, given.seconds) for start in STARTS]
    for response in responses:
        rest = response.rest
        print(
            json.dumps(
                {
                    "start": response.start,
                    "frames_a_second": round(response.rate, 1),
                    "at_first_ev": round(response.tilts[0], 3),
                    "even_from_s": round(response.even_from, 3),
                    "last_step_s": round(response.settled_at, 3),
                    "steps": sum(a != b for a, b in zip(response.drives, response.drives[1:], strict=False)),
                    "rest_median_ev": round(float(np.median(rest)), 3),
                    "rest_spread_ev": round(float(np.ptp(rest)), 3),
                    "drive": [round(value, 3) for value in response.drives[-1]],
                }
            )
        )
    file = given.folder / "light_loop.png"
    plot(responses, file)
    print(f"drawn: {file} at {time.strftime('%H:%M:%S')}")


if __name__ == "__main__":
    main()
