"""Observations kept in a folder: what the networks saw in a picture does not change while measures and limits do.

A kept observation is used again only for the very same pixels, networks and observing code; the folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np

from appliance.portrait import mending, observe, tracking
from appliance.portrait.observe import Observation, Observer, Pixels, reduced
from models import expression, faces, mesh, segments
from models.faces import Face
from models.mesh import Mesh
from models.segments import Segments


class Remembered:
    """An `Observer` for stills that looks at each picture once. `folder` is made when it is not there."""

    def __init__(self, observer: Observer, networks: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._observer, self._folder = observer, folder
        state = hashlib.sha256()
        for module in (expression, faces, mending, mesh, observe, segments, tracking):
            state.update(Path(str(module.__file__)).read_bytes())
        for path in sorted(networks.glob("*.tflite")):
            state.update(path.read_bytes())
        self._state = state.digest()

    def still(self, pixels: Pixels) -> Observation:
        """What `Observer.still` says of a picture (H, W, 3), uint8, BGR; shares of segments are rounded to half precision."""
        digest = hashlib.sha256(self._state + repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes())
        path = self._folder / f"{digest.hexdigest()[:32]}.npz"
        if path.is_file():
            return _read(path, pixels)
        seen = self._observer.still(pixels)
        _write(path, seen)
        return seen


def _write(path: Path, seen: Observation) -> None:
    parts: dict[str, np.ndarray] = {
        "boxes": np.array([face.box for face in seen.faces], np.float64).reshape(-1, 4),
        "scores": np.array([face.score for face in seen.faces], np.float64),
        "keypoints": np.array([face.keypoints for face in seen.faces], np.float32).reshape(-1, 6, 2),
        "expression": np.array(json.dumps(seen.expression)),
    }
    if seen.mesh is not None:
        parts |= {"mesh": seen.mesh.points, "confidence": np.array(seen.mesh.confidence)}
    if seen.segments is not None:
        parts |= {
            "shares": seen.segments.shares.astype(np.float16),
            "box": np.array(seen.segments.box),
            "classes": seen.segments.classes,
        }
    part = path.with_suffix(f".{os.getpid()}.part.npz")
    np.savez_compressed(part, **parts)
    part.replace(path)


def _read(path: Path, pixels: Pixels) -> Observation:
    picture, scale = reduced(pixels)
    with np.load(path) as parts:
        found = [
            Face(tuple(float(edge) for edge in box), float(score), points)
            for box, score, points in zip(parts["boxes"], parts["scores"], parts["keypoints"], strict=True)
        ]
        mesh_seen = Mesh(parts["mesh"], float(parts["confidence"])) if "mesh" in parts else None
        shares = None
        if "shares" in parts:
            box = tuple(float(edge) for edge in parts["box"])
            shares = Segments(parts["shares"].astype(np.float32), box, parts["classes"])
        said = json.loads(str(parts["expression"]))
    return Observation(picture, pixels, scale, tuple(found), mesh_seen, said, shares)
