"""The station's age: time that passed for certain, however its clocks jump. Retention is measured in it.

While the machine runs, age grows no faster than the boot clock, which nobody can set. Over a power-off it grows no further than
both the platform's time and the station's own clock say: one that jumps by a year is held back by the other. Where they
disagree the smaller counts, so age may lag behind the truth and never runs ahead of it while one of the two is right.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from appliance.ledger.store import Ledger

NOTE = "delivery.age"


@dataclass(frozen=True, slots=True)
class Instant:
    """What the clocks show at one moment, in seconds: boot clock with its boot's id, platform's time, own wall clock."""

    boot_id: str
    boot_s: float
    platform_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Age:
    """`seconds` of certain time, as of `at`."""

    seconds: float
    at: Instant

    def advanced(self, now: Instant) -> Age:
        """The age now."""
        by_platform = now.platform_s - self.at.platform_s
        same_boot = now.boot_id == self.at.boot_id
        by_itself = now.boot_s - self.at.boot_s if same_boot else now.wall_s - self.at.wall_s
        return Age(self.seconds + max(0.0, min(by_platform, by_itself)), now)


def grow(ledger: Ledger, now: Instant) -> float:
    """Advance the station's age and keep it; in seconds."""
    text = ledger.note(NOTE)
    if text is None:
        age = Age(0.0, now)
    else:
        kept = json.loads(text)
        age = Age(kept["seconds"], Instant(**kept["at"])).advanced(now)
    ledger.keep_note(NOTE, json.dumps(asdict(age)))
    return age.seconds
