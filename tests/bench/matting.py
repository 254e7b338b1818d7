"""The edge of hair and clothes as it comes out, at 200 %, to be looked at by people.

    python tests/bench/matting.py OUT_FOLDER PICTURE... [--profile moe-2017-99] [--plate EMPTY.jpg] [--each 4]

Writes NAME.png for every picture (the cut as the camera saw it beside the finished photo, two pixels for one, nothing smoothed) and
sheet-N.png with EACH photos. Prints how long the matting took, and how much of the old wall is left on the edge: the share of the
edge's pixels whose colour lies nearer to the wall that was taken out than to the new background or the person.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from appliance.portrait.errors import CannotStandardise, UnreadablePicture
from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.plate import sound_plate
from appliance.portrait.profile import Profile, load_profile
from appliance.portrait.resampling import resample
from appliance.portrait.standard_photo import StandardPhoto, standardise
from appliance.portrait.stopwatch import Stopwatch
from models.install import networks_dir

ZOOM = 2
_FAR = 40.0  # 8-bit levels between wall and new background, below which nothing can be said


def enlarged(pixels: np.ndarray) -> np.ndarray:
    """Two pixels for one, each way."""
    return np.repeat(np.repeat(pixels, ZOOM, axis=0), ZOOM, axis=1)


def rim(cut: np.ndarray, photo: StandardPhoto, background: tuple[int, int, int]) -> float:
    """Percent of the edge that still shows the wall."""
    new = np.array(background[::-1], np.float32)
    changed = np.abs(cut.astype(np.float32) - photo.pixels).max(axis=2) > 3
    kept = ~changed
    edge = (cv2.dilate(kept.astype(np.uint8), np.ones((5, 5))) > 0) & (
        cv2.dilate(changed.astype(np.uint8), np.ones((5, 5))) > 0
    )
    wall = np.median(cut[:40].reshape(-1, 3), axis=0).astype(np.float32)
    if np.abs(wall - new).max() < _FAR:
        return float("nan")
    seen = photo.pixels[edge].astype(np.float32)
    person = cv2.erode(kept.astype(np.uint8), np.ones((9, 9))) > 0
    inner = cv2.blur(photo.pixels * person[:, :, None], (25, 25)).astype(np.float32)
    mass = cv2.blur(person.astype(np.float32), (25, 25))[:, :, None]
    near = (inner / np.maximum(mass, 1e-3))[edge]
    to_wall, to_new, to_person = (np.linalg.norm(seen - colour, axis=1) for colour in (wall, new, near))
    return float(((to_wall < to_new) & (to_wall < to_person) & (to_wall < _FAR)).mean() * 100)


def main() -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--profile", default="moe-2017-99")
    parser.add_argument("--plate", type=Path, help="the empty backdrop, taken by the same camera")
    parser.add_argument("--each", type=int, default=4, help="photos a sheet")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    profile, observer = load_profile(arguments.profile), Observer(networks_dir(), threads=2)
    plate = None if arguments.plate is None else sound_plate(read_picture(arguments.plate).pixels)
    sheet: list[np.ndarray] = []
    times, rims, sheets = [], [], 0
    for number, path in enumerate(arguments.pictures):
        print(f"\r{number + 1}/{len(arguments.pictures)}", end="", file=sys.stderr, flush=True)
        try:
            found = one(path, observer, profile, plate)
        except (UnreadablePicture, CannotStandardise) as error:
            print(f"{path.name}: {error}")
            continue
        cut, photo, took = found
        times.append(took)
        rims.append(rim(cut, photo, profile.background))
        cv2.imwrite(str(arguments.out / f"{path.stem}.png"), enlarged(np.hstack([cut, photo.pixels])))
        print(f"{path.name}: matting {took:.0f} ms, wall left on the edge {rims[-1]:.2f} %")
        sheet.append(enlarged(photo.pixels[20:420]))
        if len(sheet) == arguments.each or path == arguments.pictures[-1]:
            sheets += 1
            across = 2 if len(sheet) > 1 else 1
            sheet += [np.zeros_like(sheet[0])] * (-len(sheet) % across)
            rows = [np.hstack(sheet[k : k + across]) for k in range(0, len(sheet), across)]
            cv2.imwrite(str(arguments.out / f"sheet-{sheets}.png"), np.vstack(rows))
            sheet = []
    print(file=sys.stderr)
    if times:
        print(
            f"{len(times)} photos: matting median {np.median(times):.0f} ms, p90 {np.percentile(times, 90):.0f} ms; ",
            end="",
        )
        print(f"wall left on the edge, median {np.nanmedian(rims):.2f} %, worst {np.nanmax(rims):.2f} %")
    return 0


def one(
    path: Path, observer: Observer, profile: Profile, plate: np.ndarray | None
) -> tuple[np.ndarray, StandardPhoto, float]:
    """The cut as the camera saw it, the photo, and the milliseconds of its matting."""
    seen, clock = observer.still(read_picture(path).pixels), Stopwatch()
    photo = standardise(seen, profile, plate, clock)
    crop, size = photo.crop, (profile.width, profile.height)
    cut, _ = resample(seen.full, crop.x * seen.scale, crop.y * seen.scale, crop.scale / seen.scale, size)
    return cut, photo, clock.laps["matting"]


if __name__ == "__main__":
    raise SystemExit(main())
