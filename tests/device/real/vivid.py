"""Finds the kernel's test camera (vivid) among the video devices."""

from __future__ import annotations

from pathlib import Path


def capture_device() -> str:
    """Path of the first one that gives pictures. Raises `RuntimeError` when vivid is not loaded."""
    for place in sorted(Path("/sys/class/video4linux").glob("video*")):
        if "vid-cap" in (place / "name").read_text(encoding="ascii"):
            return f"/dev/{place.name}"
    raise RuntimeError("no vivid capture device; is the module loaded?")
