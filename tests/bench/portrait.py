"""How long the judge takes, and how much memory: live frames on one thread, a 12-megapixel still to verdict and photo on two.

    python tests/bench/portrait.py PICTURE [--frames 240] [--stills 8] [--still-size 4056x3040]

The picture is laid in the middle of the frame as the stand-in camera does. Live frames move a little, so that there is something
to track. Times are wall-clock milliseconds of this process; run it alone. Resident memory is read where /proc tells it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from appliance.portrait.measure.subject import Stage
from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.portrait.rules import judge
from models.install import networks_dir


def resident() -> str:
    """Resident memory now and at its peak, MB."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return "unknown"
    rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return " / ".join(str(int(rows[key].split()[0]) // 1024) for key in ("VmRSS", "VmHWM"))


def scene(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """`pixels` as high as the frame, in its middle, the border continued to the sides."""
    scale = height / pixels.shape[0]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(pixels, (round(pixels.shape[1] * scale), height), interpolation=method)
    spare = max(0, width - sized.shape[1])
    out = cv2.copyMakeBorder(sized, 0, 0, spare // 2, spare - spare // 2, cv2.BORDER_REPLICATE)
    start = (out.shape[1] - width) // 2
    return np.ascontiguousarray(out[:, start : start + width])


def row(name: str, times: list[float]) -> None:
    """One line of the table."""
    ms = np.array(times) * 1000
    low, high = np.percentile(ms, [10, 90])
    print(f"{name:44}{np.median(ms):8.1f}{ms.mean():8.1f}{low:8.1f}{high:8.1f}{ms.max():8.1f}")


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Seconds of each run."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def live(frame: np.ndarray, frames: int) -> None:
    """Observation and rules of preview frames, all networks on one thread."""
    observer, profile = Observer(networks_dir(), threads=1), load_profile("moe-2017-99")
    moved = [np.roll(frame, (shift % 7 - 3, shift % 5 - 2), axis=(0, 1)) for shift in range(35)]
    observing, judging, whole = [], [], []
    for number in range(frames + 30):
        start = time.perf_counter()
        seen = observer.live(moved[number % len(moved)])
        middle = time.perf_counter()
        judge(seen, profile, Stage.LIVE)
        end = time.perf_counter()
        if number >= 30:
            observing.append(middle - start)
            judging.append(end - middle)
            whole.append(end - start)
    row("live: observation", observing)
    row("live: all live rules", judging)
    row("live: frame to verdict", whole)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--stills", type=int, default=8)
    parser.add_argument("--still-size", default="4056x3040")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.still_size.split("x"))
    pixels = read_picture(arguments.picture).pixels
    print(f"resident before loading: {resident()} MB (now / peak)")
    print(f"{'milliseconds':44}{'median':>8}{'mean':>8}{'p10':>8}{'p90':>8}{'max':>8}")
    portraits: list[Portrait] = []
    profile = load_profile("moe-2017-99")
    row("load every network", timed(lambda: portraits.append(Portrait(networks_dir(), profile, threads=2)), 1))
    still = scene(pixels, width, height)
    judged = [portraits[0].still(still) for _ in range(arguments.stills + 1)][1:]
    for stage in judged[0].timings_ms:
        row(f"still {arguments.still_size}: {stage}", [found.timings_ms[stage] / 1000 for found in judged])
    row(f"still {arguments.still_size}: array to photo", [sum(f.timings_ms.values()) / 1000 for f in judged])
    frame = scene(pixels, 640, 480)
    for number in range(30):
        portraits[0].live(frame, number / 20)
    print(
        f"resident, live and still loaded and used: {resident()} MB (now / peak), of it the still {still.nbytes >> 20} MB"
    )
    portraits.clear()
    live(frame, arguments.frames)
    print(f"verdict of the still: {judged[0].verdict.outcome}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
