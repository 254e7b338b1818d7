"""Every calibration there was, and which one is in use: a folder a version, written durably, `current` last.

calibration/0001/calibration.json
calibration/plates/<sha256>.png     the empty backdrop, shared by the versions that use it
calibration/current                 the number in use
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance.calibration.errors import CalibrationRefused
from appliance.ledger.files import make_directory, write_durably
from firmware.ports import Pixels

FOLDER, CURRENT, DOCUMENT, PLATES = "calibration", "current", "calibration.json", "plates"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    at: datetime  # UTC


class Focus(_Part):
    """`sharpness` as it was left, `best` the sharpest seen while the lens was turned (`measures.sharpness`)."""

    sharpness: float
    best: float


class Grey(_Part):
    """On a grey card: (red, blue) gains that make it neutral (None: the camera sets its own), what it was exposed with and how
    far it was from neutral before and after, in percent."""

    colour_gains: tuple[float, float] | None
    exposure_us: float | None
    analogue_gain: float | None
    cast_before: float
    cast_after: float


class Backdrop(_Part):
    """The empty backdrop in shot light: file of the clean plate, its sha256, and how uneven it is lit, percent."""

    plate: str
    sha256: str
    uneven: float


class Lens(_Part):
    """On the printed chart: radial distortion at the picture's corner and fall of light towards it, percent; pixels of rest."""

    distortion: float
    shading: float
    residual: float


class Calibration(BaseModel):
    """One version; parts that were never measured are None."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: int = Field(ge=1)
    still_size: tuple[int, int]
    focus: Focus | None = None
    grey: Grey | None = None
    backdrop: Backdrop | None = None
    lens: Lens | None = None

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of its parts was measured."""
        parts = (self.focus, self.grey, self.backdrop, self.lens)
        return min((part.at for part in parts if part is not None), default=None)


class CalibrationStore:
    """The calibrations under `data_dir`; one program at a time writes."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def current(self) -> Calibration | None:
        """The one in use, None when there is none. Raises `CalibrationRefused` when its file is damaged."""
        number = self._number()
        return None if number == 0 else self.version(number)

    def version(self, number: int) -> Calibration:
        """One version. Raises `CalibrationRefused` when it is not there or damaged."""
        path = self._folder / f"{number:04d}" / DOCUMENT
        try:
            return Calibration.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise CalibrationRefused(
                f"校准文件 {path} 不可用：运行 station calibrate undo 或重新校准",
                f"calibration {path} cannot be used: station calibrate undo, or calibrate anew",
            ) from error

    def versions(self) -> list[int]:
        """The numbers of all there were, oldest first."""
        return sorted(int(path.parent.name) for path in self._folder.glob(f"[0-9]*/{DOCUMENT}"))

    def add(self, still_size: tuple[int, int], **parts: Focus | Grey | Backdrop | Lens) -> Calibration:
        """A new version: the one in use with `parts` replaced (all parts dropped when the camera is another one)."""
        before = self.current()
        kept = {} if before is None or before.still_size != still_size else dict(before)
        number = (self.versions() or [0])[-1] + 1
        made = Calibration.model_validate(kept | parts | {"number": number, "still_size": still_size})
        place = self._folder / f"{number:04d}"
        make_directory(place)
        write_durably(place / DOCUMENT, made.model_dump_json(indent=2).encode())
        self._use(number)
        return made

    def undo(self) -> Calibration | None:
        """Back to the version before the one in use; None when that was before any."""
        now = self._number()
        earlier = [number for number in self.versions() if number < now]
        self._use(earlier[-1] if earlier else 0)
        return self.current()

    def use(self, number: int) -> Calibration:
        """Put an earlier version into use again. Raises `CalibrationRefused` when it is not there or damaged."""
        found = self.version(number)
        self._use(number)
        return found

    def keep_plate(self, plate: Pixels) -> tuple[str, str]:
        """Keep a clean plate, (H, W, 3) BGR uint8, losslessly; returns its file's name and sha256."""
        done, data = cv2.imencode(".png", plate, [cv2.IMWRITE_PNG_COMPRESSION, 3])
        if not done:
            raise RuntimeError(f"a plate of shape {plate.shape} could not be encoded")
        encoded = data.tobytes()
        digest = hashlib.sha256(encoded).hexdigest()
        make_directory(self._folder / PLATES)
        name = f"{digest[:16]}.png"
        write_durably(self._folder / PLATES / name, encoded)
        return name, digest

    def plate(self) -> Pixels | None:
        """The clean plate in use, (H, W, 3) BGR uint8, or None. Raises `CalibrationRefused` when its file is damaged."""
        now = self.current()
        if now is None or now.backdrop is None:
            return None
        path = self._folder / PLATES / now.backdrop.plate
        try:
            encoded = path.read_bytes()
        except OSError:
            encoded = b""
        if hashlib.sha256(encoded).hexdigest() != now.backdrop.sha256:
            raise CalibrationRefused(
                f"背景底图 {path} 已损坏：重新运行 station calibrate backdrop",
                f"the clean plate {path} is damaged: run station calibrate backdrop again",
            )
        return np.asarray(cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)

    def _number(self) -> int:
        try:
            return int(json.loads((self._folder / CURRENT).read_bytes()))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError):  # the pointer is damaged: the newest version is the best guess
            return (self.versions() or [0])[-1]

    def _use(self, number: int) -> None:
        make_directory(self._folder)
        write_durably(self._folder / CURRENT, str(number).encode())
