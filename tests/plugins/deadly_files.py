"""Work for spawned processes that kills the one that does it: over `always.*` every time, over `once.*` the first time."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def work_on(path: Path, order: str) -> str:
    """`order` and the file's name, if the worker lives to say it."""
    survived = path.with_suffix(".survived")
    if path.stem == "always" or (path.stem == "once" and not survived.exists()):
        survived.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{order} {path.stem}"


def refuse(path: Path, _order: str) -> str:
    """Raises `ValueError` naming the file."""
    raise ValueError(path.stem)
