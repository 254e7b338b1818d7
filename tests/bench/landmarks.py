"""How near the mesh's pupils are to where people put them: on stills, and followed through a preview.

    python tests/bench/landmarks.py FOLDER [--limit N]

FOLDER holds pictures with points placed by hand beside them: `NAME.tem`, a count, then one `x y` a line, the first two the pupils
(the development portraits have 122). Errors are in percent of the distance between the eyes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import read_picture
from models.install import networks_dir
from models.mesh import LEFT_PUPIL, RIGHT_PUPIL, Mesh

AIM = 2.0  # percent, at the median
PREVIEW, FRAMES = 480, 3  # pixels high; frames after which the mesh follows itself


def placed(path: Path) -> np.ndarray:
    """The pupils of one picture, (2, 2), pixels."""
    lines = path.with_suffix(".tem").read_text().split("\n")
    return np.array([line.split()[:2] for line in lines[1:3]], float)


def errors(mesh: Mesh | None, scale: float, pupils: np.ndarray) -> list[float]:
    """Percent of the distance between the eyes, for each pupil; nothing where no face was found."""
    if mesh is None:
        return []
    found = mesh.points[[RIGHT_PUPIL, LEFT_PUPIL], :2] * scale
    apart = float(np.linalg.norm(pupils[1] - pupils[0]))
    return [100 * float(off) / apart for off in np.linalg.norm(found - pupils, axis=1)]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=10**6, help="at most so many pictures")
    arguments = parser.parse_args()
    paths = sorted(path.with_suffix(".jpg") for path in arguments.folder.rglob("*.tem"))[: arguments.limit]
    if not paths:
        print(f"{arguments.folder}: no points placed by hand (*.tem)")
        return 2
    observer = Observer(networks_dir(), threads=2)
    found: dict[str, list[float]] = {"still": [], "preview": []}
    for number, path in enumerate(paths):
        print(f"\r{number + 1}/{len(paths)}", end="", file=sys.stderr, flush=True)
        pixels, pupils = read_picture(path).pixels, placed(path)
        seen = observer.still(pixels)
        found["still"] += errors(seen.mesh, seen.scale, pupils)
        scale = pixels.shape[0] / PREVIEW
        frame = cv2.resize(pixels, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
        observer.reset()
        for _ in range(FRAMES):
            live = observer.live(frame)
        found["preview"] += errors(live.mesh, scale, pupils)
    print(file=sys.stderr)
    print(f"{'pupils, % of the distance between the eyes':44}{'median':>8}{'p90':>8}{'p99':>8}{'worst':>8}{'of':>8}")
    for name, values in found.items():
        told = "".join(f"{np.percentile(values, share):8.2f}" for share in (50, 90, 99, 100))
        kept = "kept" if np.median(values) <= AIM else "MISSED"
        print(f"{name:44}{told}{len(values):5}/{2 * len(paths)}   aim {AIM:g}: {kept}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
