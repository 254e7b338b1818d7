"""What can be set of backups."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class BackupSettings(BaseModel):
    """The part `[backup]` of the settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: Path = Field(
        default=Path("/etc/station/backup.pub"), description="the site's public key (station backup key)"
    )
    folder: Path | None = Field(
        default=None, description="where backups go by themselves; else any stick with a folder capture-station-backup"
    )
