"""The peer of `portrait.py`, run by an interpreter of its own: mediapipe's FaceLandmarker with blendshapes, tracking as in a
video, and its selfie segmenter, over the same frames.

    python peer_child.py BUNDLE.task FRAMES.npy

Reads lines `START COUNT` on standard input, answers each with the frames' seconds, by the clock and of processor time, tracked as a
video, as JSON; `START COUNT image`
with each frame taken as a picture by itself, found anew; `memory` with the resident memory and its peak in MB; ends with the input.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision


def resident() -> list[int]:
    """Resident memory now and at its peak, MB."""
    rows = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return [int(rows[key].split()[0]) // 1024 for key in ("VmRSS", "VmHWM")]


def landmarker(mode: vision.RunningMode) -> vision.FaceLandmarker:
    """Landmarks with blendshapes."""
    base = BaseOptions(model_asset_path=sys.argv[1])
    options = vision.FaceLandmarkerOptions(base_options=base, running_mode=mode, output_face_blendshapes=True)
    return vision.FaceLandmarker.create_from_options(options)


def main() -> None:
    """Answer until the input ends."""
    started = time.perf_counter()
    frames = np.load(sys.argv[2], mmap_mode="r")
    tracking, finding = (landmarker(mode) for mode in (vision.RunningMode.VIDEO, vision.RunningMode.IMAGE))
    segmenter = mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0)
    loaded = time.perf_counter() - started
    print(json.dumps({"load": loaded}), flush=True)
    stamp = 0
    for line in sys.stdin:
        if line.strip() == "memory":
            print(json.dumps(resident()), flush=True)
            continue
        start, count = (int(part) for part in line.split()[:2])
        alone = line.split()[2:] == ["image"]
        taken, worked, faces = [], [], 0
        for number in range(start, start + count):
            rgb = np.ascontiguousarray(frames[number % len(frames)][:, :, ::-1])  # both want RGB; not counted
            stamp += 33
            began, busy = time.perf_counter(), time.process_time()
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            found = finding.detect(image) if alone else tracking.detect_for_video(image, stamp)
            mask = segmenter.process(rgb).segmentation_mask
            taken.append(time.perf_counter() - began)
            worked.append(time.process_time() - busy)
            faces += bool(found.face_landmarks) and len(found.face_blendshapes[0]) == 52 and mask.shape == rgb.shape[:2]
        print(json.dumps({"seconds": taken, "worked": worked, "faces": faces}), flush=True)


if __name__ == "__main__":
    main()
