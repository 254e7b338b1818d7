"""Bundles on whatever is plugged in and mounted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from appliance.release.bundle import SUFFIX

MOUNTED = ("media/*", "media/*/*", "run/media/*/*", "mnt", "mnt/*")
_MOST = 50  # files looked at on one stick


def mounted_folders(root: Path = Path("/")) -> Iterator[Path]:
    """Folders in which sticks appear, each once."""
    for pattern in MOUNTED:
        for folder in sorted(root.glob(pattern)):
            if folder.is_dir() and not folder.is_symlink():
                yield folder


def bundles_on(folders: Sequence[Path]) -> list[Path]:
    """Bundles at the top of each folder, or in its folder `capture-station`."""
    found: dict[Path, None] = {}
    for folder in folders:
        for place in (folder, folder / "capture-station"):
            try:
                files = sorted(path for path in place.glob(f"*{SUFFIX}") if path.is_file())
            except OSError:
                continue  # pulled out meanwhile
            found.update(dict.fromkeys(files[:_MOST]))
    return list(found)
