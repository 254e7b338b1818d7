"""How long the judge takes, and how much memory: live frames on one thread beside mediapipe on the same frames, a 12-megapixel
still to verdict and photo on two.

    python tests/bench/portrait.py PICTURE... [--frames 240] [--stills 8] [--still-size 4056x3040] [--no-peer]

Pictures are laid in the middle of the frame as the stand-in camera does. Live frames move a little, so that there is something to
track. mediapipe (FaceLandmarker with blendshapes, tracking or finding each face anew, and its selfie segmenter) is installed for
this into an environment of its own (`--peer-folder`), and runs as a child process; both sides are bound to the same core and take
turns every few frames, so that what else the machine does hits both. Times are wall-clock milliseconds; run it alone. Where it does
not run alone, the share of processor time (all threads of either process) still says who works how much. Memory is that of a
process which only judges, with the frames that a camera holds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from peer import NoPeer, Peer, install

from appliance.portrait.live_rules import LiveRules
from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from models.install import networks_dir

PROFILE = "moe-2017-99"
HELD = 4  # preview frames that a camera holds
TURN, WARM = 20, 40  # frames of one side before the other has its turn, and before anything is counted
LIVE_MS, LIVE_SHARE, STILL_MS, MATTING_MS, RESIDENT_MB = 12.0, 0.6, 350.0, 150.0, 300  # what is aimed at


def resident() -> tuple[int, int]:
    """Resident memory now and at its peak, MB."""
    rows = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return int(rows["VmRSS"].split()[0]) // 1024, int(rows["VmHWM"].split()[0]) // 1024


def scene(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """`pixels` as high as the frame, in its middle, the border continued to the sides."""
    scale = height / pixels.shape[0]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(pixels, (round(pixels.shape[1] * scale), height), interpolation=method)
    spare = max(0, width - sized.shape[1])
    out = cv2.copyMakeBorder(sized, 0, 0, spare // 2, spare - spare // 2, cv2.BORDER_REPLICATE)
    start = (out.shape[1] - width) // 2
    return np.ascontiguousarray(out[:, start : start + width])


def moving(picture: np.ndarray, count: int = 35) -> np.ndarray:
    """Preview frames (count, 480, 640, 3) of a picture that sways by a few pixels."""
    frame = cv2.copyMakeBorder(scene(picture, 640, 480), 3, 3, 2, 2, cv2.BORDER_REPLICATE)
    return np.stack([frame[shift % 7 :][:480, shift % 5 :][:, :640] for shift in range(count)])


def row(name: str, seconds: list[float], goal: float | None = None) -> None:
    """One line of the table."""
    ms = np.array(seconds) * 1000
    low, high = np.percentile(ms, [10, 90])
    told = "" if goal is None else f"   aim {goal:g}: {'kept' if np.median(ms) <= goal else 'MISSED'}"
    print(f"{name:44}{np.median(ms):8.1f}{ms.mean():8.1f}{low:8.1f}{high:8.1f}{ms.max():8.1f}{told}")


class Times(NamedTuple):
    """Of each frame, seconds by the clock and of processor time."""

    seconds: list[float]
    worked: list[float]


class Live:
    """Our side: observation and all live rules, on one thread."""

    def __init__(self, frames: np.ndarray) -> None:
        self._frames, self._rules = frames, LiveRules(load_profile(PROFILE))
        self._observer = Observer(networks_dir(), threads=1)
        self.observing: list[float] = []
        self.whole: list[float] = []
        self.worked: list[float] = []

    def run(self, start: int, count: int) -> None:
        """Time `count` frames from `start` on."""
        for number in range(start, start + count):
            began, busy = time.perf_counter(), time.process_time()
            seen = self._observer.live(self._frames[number % len(self._frames)])
            middle = time.perf_counter()
            self._rules.judge(seen)
            self.observing.append(middle - began)
            self.whole.append(time.perf_counter() - began)
            self.worked.append(time.process_time() - busy)


def live(picture: np.ndarray, count: int, folder: Path | None) -> None:
    """Both sides in turns, on one core."""
    installed: tuple[Path, Path] | None = None
    if folder is not None:
        try:
            installed = install(folder)
        except NoPeer as error:
            print(f"no peer: {error}")
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everywhere)})
    pool = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        frames = moving(picture)
        ours, peer = Live(frames), None
        theirs: dict[str, Times] = {"tracked": Times([], []), "each by itself": Times([], [])}
        if installed is not None:
            try:
                peer = Peer(*installed, frames)
            except NoPeer as error:
                print(f"no peer: {error}")
        for turn, start in enumerate(range(0, count + WARM, TURN)):
            if turn % 2 or peer is None:
                ours.run(start, TURN)
            if peer is not None:
                for name, times in theirs.items():
                    answer = peer.run(start, TURN, alone=name != "tracked")
                    times.seconds.extend(answer.seconds)
                    times.worked.extend(answer.worked)
                    if answer.faces < TURN:
                        print(f"mediapipe, {name}: the face was seen in {answer.faces} of {TURN} frames only")
            if not turn % 2 and peer is not None:
                ours.run(start, TURN)
        _compare(ours, theirs)
        if peer is not None:
            now, peak = peer.memory()
            row("mediapipe: load", [peer.load_seconds])
            print(f"{'mediapipe: resident now / peak, MB':44}{now:8}{peak:8}")
            peer.__exit__(None, None, None)
    finally:
        os.sched_setaffinity(0, everywhere)
        cv2.setNumThreads(pool)


def _compare(ours: Live, theirs: dict[str, Times]) -> None:
    whole, worked = ours.whole[WARM:], ours.worked[WARM:]
    row("live: observation", ours.observing[WARM:])
    row("live: all live rules", [w - o for w, o in zip(whole, ours.observing[WARM:], strict=True)])
    row("live: frame to verdict", whole, LIVE_MS)
    row("live: processor time of that", worked)
    for name, times in theirs.items():
        if not times.seconds:
            continue
        row(f"mediapipe, {name}", times.seconds[WARM:])
        _share("time", whole, times.seconds[WARM:])
        row("mediapipe, processor time of that", times.worked[WARM:])
        _share("processor time", worked, times.worked[WARM:])


def _share(what: str, ours: list[float], theirs: list[float]) -> None:
    """Our share, turn by turn."""
    spans = [slice(start, start + TURN) for start in range(0, len(theirs), TURN)]
    shares = np.array([np.median(ours[span]) / np.median(theirs[span]) for span in spans])
    low, high = np.percentile(shares, [10, 90])
    kept = "kept" if np.median(shares) < LIVE_SHARE else "MISSED"
    print(
        f"  our share of that {what}: median of {len(spans)} turns {np.median(shares):.2f} ({low:.2f} to {high:.2f}), of the means "
        f"{np.mean(ours) / np.mean(theirs):.2f}   aim {LIVE_SHARE}: {kept}"
    )


def still(pictures: list[np.ndarray], times: int, size: tuple[int, int]) -> None:
    """From array to verdict and encoded photo, two threads."""
    portraits: list[Portrait] = []
    began = time.perf_counter()
    portraits.append(Portrait(networks_dir(), load_profile(PROFILE), threads=2))
    row("load every network", [time.perf_counter() - began])
    laps: dict[str, list[float]] = {}
    for picture in pictures:
        pixels = scene(picture, *size)
        for number in range(times + 1):
            began = time.perf_counter()
            found = portraits[0].still(pixels)
            whole = time.perf_counter() - began
            if number:
                for name, ms in {**found.timings_ms, "whole": whole * 1000}.items():
                    laps.setdefault(name, []).append(ms / 1000)
    goals = {"whole": STILL_MS, "matting": MATTING_MS}
    for name, seconds in laps.items():
        row(f"still {size[0]}x{size[1]}: {name}", seconds, goals.get(name))


def memory(picture: np.ndarray, size: tuple[int, int]) -> None:
    """Resident memory of a process that loads the judge, follows a preview and judges stills."""
    frames, pixels = moving(picture, HELD), scene(picture, *size)
    before = resident()[0]
    portrait = Portrait(networks_dir(), load_profile(PROFILE), threads=2)
    loaded = resident()[0]
    for number in range(60):
        portrait.live(frames[number % len(frames)], number / 20)
    for _ in range(3):
        portrait.still(pixels)
    now, peak = resident()
    held = (frames.nbytes + pixels.nbytes) >> 20
    print(json.dumps({"before": before, "loaded": loaded, "now": now, "peak": peak, "frames and still": held}))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--frames", type=int, default=240, help="of the preview, at least")
    parser.add_argument("--stills", type=int, default=8, help="times that each picture is judged")
    parser.add_argument("--still-size", default="4056x3040")
    parser.add_argument("--no-peer", action="store_true", help="measure our side only")
    parser.add_argument("--peer-folder", type=Path, default=Path(tempfile.gettempdir()) / "station-bench-mediapipe")
    parser.add_argument("--only", choices=("live", "still", "memory"))
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.still_size.split("x"))
    pictures = [read_picture(path).pixels for path in arguments.pictures]
    if arguments.only == "memory":
        memory(pictures[0], (width, height))
        return 0
    print(f"{'milliseconds':44}{'median':>8}{'mean':>8}{'p10':>8}{'p90':>8}{'max':>8}")
    if arguments.only != "still":
        live(pictures[0], arguments.frames, None if arguments.no_peer else arguments.peer_folder)
    if arguments.only != "live":
        still(pictures, arguments.stills, (width, height))
    if arguments.only is None:
        alone = [
            sys.executable,
            __file__,
            "--only",
            "memory",
            "--still-size",
            arguments.still_size,
            arguments.pictures[0],
        ]
        told = json.loads(subprocess.run(alone, check=True, capture_output=True, text=True).stdout)
        kept = "kept" if told["peak"] <= RESIDENT_MB else "MISSED"
        print(f"resident memory of a judging process, MB: {told}   aim {RESIDENT_MB} at the peak: {kept}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
