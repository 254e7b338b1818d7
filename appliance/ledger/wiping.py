"""A station whose platform wiped it: what stays, what goes, and in which order, so that a cut at any moment loses nothing.

First the keys are sealed to the platform (`escrow.jwe`), then the platform's signed word is kept (`revoked.jws`), and only
then do the keys go. A start that finds both files ends what was begun. Overwriting means little on flash, where the old cells
may stay; what the card then still holds is an encrypted database and sealed pictures, and the keys for the platform only.
"""

from __future__ import annotations

from pathlib import Path

from appliance.ledger.files import fsync_directory, write_durably

ESCROW, REVOKED = "escrow.jwe", "revoked.jws"
_KEPT = frozenset({ESCROW, REVOKED, "platform.json"})


def is_revoked(data_dir: Path) -> bool:
    """Whether this station's keys were taken back."""
    folder = data_dir / "keys"
    return (folder / REVOKED).is_file() and (folder / ESCROW).is_file()


def wipe(data_dir: Path, escrow: str, statement: str) -> None:
    """Keep `escrow` (the keys, sealed to the platform) and `statement`, then remove every key. Raises `OSError`."""
    folder = data_dir / "keys"
    if not is_revoked(data_dir):  # else the keys in the escrow are the last there were
        write_durably(folder / ESCROW, escrow.encode())
        write_durably(folder / REVOKED, statement.encode())
    finish(data_dir)


def finish(data_dir: Path) -> None:
    """Remove every key and whatever was sealed with one that goes."""
    folder = data_dir / "keys"
    doomed = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name not in _KEPT]
    doomed += [
        path for path in (data_dir / "control.token", *sorted((data_dir / "rosters").glob("*.jws"))) if path.exists()
    ]
    for path in doomed:
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
        path.unlink()
    fsync_directory(folder)
