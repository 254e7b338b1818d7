"""What can be set of updates."""

from __future__ import annotations

from datetime import time

from pydantic import BaseModel, ConfigDict, Field


class UpdateSettings(BaseModel):
    """The part `[update]` of the settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = Field(
        default=None, pattern="^https://", description="document that names the newest release; sticks work without"
    )
    metered: bool = Field(default=False, description="fetch over links that cost by the byte too")
    nightly: bool = Field(default=False, description="take what is ready at night by itself, without a technician")
    from_hour: time = Field(default=time(2), description="when the night begins for that")
    to_hour: time = Field(default=time(5), description="and when it ends")

    def is_night(self, now: time) -> bool:
        """Whether `now` lies in the nightly window, which may cross midnight."""
        if self.from_hour <= self.to_hour:
            return self.from_hour <= now < self.to_hour
        return now >= self.from_hour or now < self.to_hour
