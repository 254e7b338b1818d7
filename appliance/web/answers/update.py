"""The station's own program: the version that runs, and what may come after it."""

from __future__ import annotations

from typing import Literal

from appliance.web.answers.base import Answer, Words


class UpdateOffer(Answer):
    """A newer version that was found and may be installed."""

    version: str
    notes: Words
    size_bytes: int
    source: Literal["stick", "network"]


class UpdateShown(Answer):
    """`progress` is 0 to 1, None where it is not known; `previous` is what a rollback returns to."""

    version: str
    available: UpdateOffer | None
    state: Literal["idle", "fetching", "verifying", "ready", "waiting-for-quiet", "applying", "failed", "rolled-back"]
    progress: float | None
    message: Words | None
    previous: str | None
