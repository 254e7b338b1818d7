"""What to say first: one instruction at a time, the most helpful, steady; and when to release the shutter."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.texts import general, instruction
from appliance.portrait.verdict import RuleResult, Verdict

HOLD = 0.5  # seconds that every live rule must have held before the shutter releases
SWITCH = 0.35  # seconds that another fault must last before the instruction changes to it
FORGIVEN = 0.15  # seconds of a single bad frame that do not undo a hold
_UNCLEAR = "unclear"  # could not be measured: there is nothing to correct, but a better look is wanted
LEAST_SHOWN = 0.8  # seconds an instruction stays at least, so that it can be read


@dataclass(frozen=True, slots=True)
class Guidance:
    """One instruction; `ready` when all live rules hold, since `held_s` seconds; `shoot` once when held long enough."""

    rule: str | None
    message: Message
    ready: bool
    held_s: float
    shoot: bool


class Guide:
    """Steady guidance over a stream of verdicts. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, for another student or another try."""
        self._shown: tuple[str, str | None] | None = None
        self._shown_since = 0.0
        self._wanted: tuple[str, str | None] | None = None
        self._wanted_since = 0.0
        self._green_since: float | None = None
        self._last_green = 0.0
        self._shot = False

    def step(self, verdict: Verdict, now: float) -> Guidance:
        """The guidance after one more judged frame."""
        faults = verdict.failed
        if not faults:
            return self._green(now)
        if self._green_since is not None and now - self._last_green <= FORGIVEN:
            return Guidance(None, general("hold"), True, self._last_green - self._green_since, False)
        self._green_since, self._shot = None, False
        return self._red(faults, now)

    def _green(self, now: float) -> Guidance:
        if self._green_since is None:
            self._green_since = now
        self._last_green, self._shown = now, None
        held = now - self._green_since
        shoot = held >= HOLD and not self._shot
        self._shot = self._shot or shoot
        return Guidance(None, general("hold"), True, held, shoot)

    def _red(self, faults: tuple[RuleResult, ...], now: float) -> Guidance:
        unclear = faults[0].outcome is Outcome.UNKNOWN
        first = (faults[0].id, _UNCLEAR if unclear else faults[0].hint)
        if first != self._wanted:
            self._wanted, self._wanted_since = first, now
        lasting = now - self._wanted_since >= SWITCH and now - self._shown_since >= LEAST_SHOWN
        if self._shown is None or (first != self._shown and lasting):
            self._shown, self._shown_since = first, now
        rule, hint = self._shown
        message = general("unclear") if hint == _UNCLEAR else instruction(rule, hint)
        return Guidance(rule, message, False, 0.0, False)
