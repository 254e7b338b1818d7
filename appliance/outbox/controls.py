"""What an operator may set while it runs: pause and resume, how much of the network originals may take, and which links.

Kept as one note of the ledger, so that it survives restarts and both processes see it.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, replace

from appliance.ledger.store import Ledger
from appliance.outbox.plans import Originals

NOTE = "delivery.controls"


@dataclass(frozen=True, slots=True)
class Controls:
    """`limit` is bytes a second for originals, None for no limit; `paused` stops every delivery, and says why.

    `originals` says which links they may use, None as each plan says; `metered` whether this link is, None to find out.
    """

    paused: bool = False
    reason: str = ""
    limit: int | None = None
    originals: Originals | None = None
    metered: bool | None = None

    @classmethod
    def of(cls, ledger: Ledger) -> Controls:
        """What is set now."""
        text = ledger.note(NOTE)
        return cls() if text is None else cls(**json.loads(text))

    def keep(self, ledger: Ledger) -> None:
        """Set it; the delivery process follows within a second."""
        ledger.keep_note(NOTE, json.dumps(asdict(self), ensure_ascii=False))


def is_paused(controls: Controls) -> bool:
    """What every worker stands by for."""
    return controls.paused


def pause(ledger: Ledger, reason: str = "") -> None:
    """Deliver nothing until `resume`; an original on its way stops after its piece."""
    replace(Controls.of(ledger), paused=True, reason=reason).keep(ledger)


def resume(ledger: Ledger) -> None:
    """Go on delivering."""
    replace(Controls.of(ledger), paused=False, reason="").keep(ledger)


def limit(ledger: Ledger, bytes_per_s: int | None) -> None:
    """Let originals take at most so much of the network; None takes the limit away. ValueError below one byte a second."""
    if bytes_per_s is not None and bytes_per_s < 1:
        raise ValueError(f"a limit of {bytes_per_s} bytes/s would never end: use pause")
    replace(Controls.of(ledger), limit=bytes_per_s).keep(ledger)


def links(ledger: Ledger, originals: Originals | None) -> None:
    """Let originals use any link, or unmetered ones only; None as each plan says."""
    replace(Controls.of(ledger), originals=originals).keep(ledger)


def metered(ledger: Ledger, is_metered: bool | None) -> None:
    """Say whether this station's link is metered; None to ask the network."""
    replace(Controls.of(ledger), metered=is_metered).keep(ledger)


class Pace:
    """Waits after each piece as long as the limit asks for. One a worker."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._free_at = time.monotonic()

    def sent(self, count: int, bytes_per_s: int | None) -> None:
        """After `count` bytes went out: wait until they have taken their time."""
        if bytes_per_s is None:
            return
        self._free_at = max(self._free_at, time.monotonic() - 1.0) + count / bytes_per_s
        self._stopping.wait(max(0.0, self._free_at - time.monotonic()))
