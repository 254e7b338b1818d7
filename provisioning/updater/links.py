"""The links that say which release runs, moved in one step that a power cut cannot tear."""

from __future__ import annotations

from pathlib import Path

from appliance.release.documents import sync_folder


def point(link: Path, version: str) -> None:
    """Have `link` name `releases/VERSION`, durably."""
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("releases") / version)
    beside.replace(link)
    sync_folder(link.parent)
