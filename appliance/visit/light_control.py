"""The controller of the two key lamps: even light on both halves of the face, in a few damped steps. Pure: readings in, drives out.

Two lamps of drives L and R light the halves of a face with a L + b R + c and b L + a R + c. With v = (L - R) / (L + R) and the
contrast m = (left - right) / (left + right) of the halves, m = k v (+ what the face itself adds), a straight line whose slope
k = (a - b) / (a + b + 2 c / (L + R)) depends on where the lamps stand and how bright the room is. So the controller steps
along v by a share of the way to m = 0 and learns k from what its own steps did (secant), which makes it neither depend on
the set-up nor overshoot twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from firmware.ports import LampDrive

EVEN = 0.030  # stops: within this it rests; 0.043 is 3 % of light
AWAKE = 0.070  # stops: at rest it steps again only beyond this ...
AWAKE_READINGS = 4  # ... in as many readings in a row: a turned head or noise is no reason to hunt
WAY = 0.9  # share of the way to even that one step goes
SLOPES = (0.12, 1.0)  # of m over v: lamps side by side before a bright room; lamps far apart in the dark
FIRST_SLOPE = 0.55
TELLING = 0.12  # steps of v shorter than this say nothing about the slope
LEVEL_DEAD = 0.5  # stops: the camera copes with that by itself
LEVEL_WAY = 0.6
LEVEL_REST = 12  # readings between two steps of the level: the camera's own exposure settles in between
ALONE = 0.7  # of v: from here on one lamp gives less than a sixth of the other
DARK = 1.5  # stops of light that are missing: with one lamp dark for balance's sake, the other one gives none
TOTALS = (0.2, 1.9)  # of both drives together
FULL = 1.0


@dataclass(frozen=True, slots=True)
class FaceLight:
    """What one lit frame shows: `tilt_ev`, stops the face is brighter on the picture's left; `level_ev`, stops of light that are
    missing (None where that cannot be told)."""

    tilt_ev: float
    level_ev: float | None = None


class LightController:
    """Fed with one reading for each frame that was lit by its last drives; returns new drives, or None to stay."""

    def __init__(self, start: LampDrive) -> None:
        self._background = start.background
        self._total = min(max(start.left + start.right, TOTALS[0]), TOTALS[1])
        self._v = 0.0 if start.left + start.right == 0 else (start.left - start.right) / (start.left + start.right)
        self._slope = FIRST_SLOPE
        self._before: tuple[float, float] | None = None  # (v, m) of the last step
        self._resting = False
        self._off = 0  # readings in a row that were uneven while at rest
        self._since_level = LEVEL_REST
        self._missing, self._dark = False, 0  # a lamp is; readings in a row in the dark

    @property
    def settled(self) -> bool:
        """Whether the light was even at the last reading, or as even as these lamps can make it."""
        return self._resting

    @property
    def lamp_missing(self) -> bool:
        """Whether one lamp has failed, is blocked or turned away: the light could only be made even by darkening the other."""
        return self._missing

    def drive(self, total: float | None = None) -> LampDrive:
        """The drives for a total of both lamps (this one's own unless given), as near as full drive allows, evenly balanced."""
        wanted = self._total if total is None else total
        left, right = wanted * (1 + self._v) / 2, wanted * (1 - self._v) / 2
        share = min(1.0, FULL / max(left, right))
        return LampDrive(left * share, right * share, self._background)

    def awake(self) -> None:
        """Somebody else sits down: look again."""
        self._resting, self._off = False, 0

    def step(self, seen: FaceLight) -> LampDrive | None:
        """Learn from a reading; the new drives, or None when the lamps are to stay as they are."""
        self._since_level += 1
        balance = self._balance(seen.tilt_ev)
        if self._in_the_dark(seen.level_ev, moved=balance):
            return self._give_up()
        level = self._level(seen.level_ev) if self._resting else False
        if level:
            self.awake()  # the room's own share of the light is another now, and so may be the balance
        return self.drive() if balance or level else None

    def _balance(self, tilt: float) -> bool:
        if self._resting and self._missing:
            return False
        if self._resting:
            self._off = self._off + 1 if abs(tilt) > AWAKE else 0
            if self._off < AWAKE_READINGS:
                return False
            self.awake()
        m = math.tanh(tilt * math.log(2) / 2)
        self._learn(m)
        if abs(tilt) <= EVEN:
            self._resting, self._before = True, None
            self._missing = self._missing and abs(self._v) >= ALONE
            return False
        v = min(max(self._v - WAY * m / self._slope, -1.0), 1.0)
        if v == self._v:  # one lamp is dark already: no more can be done
            self._resting, self._before = True, None
            return False
        self._before, self._v = (self._v, m), v
        return True

    def _in_the_dark(self, missing: float | None, *, moved: bool) -> bool:
        """Whether one lamp was darkened for balance and some readings in a row say that the other gives no light."""
        told = missing is not None and missing > DARK and abs(self._v) >= ALONE
        stuck = missing is None and not moved and abs(self._v) >= 1.0
        dark = told or stuck
        self._dark = self._dark + 1 if dark else 0
        return self._dark >= AWAKE_READINGS

    def _give_up(self) -> LampDrive:
        """Even darkness is no light: both lamps as one, until somebody else sits down or the lamp is mended."""
        self._missing, self._resting, self._before, self._v = True, True, None, 0.0
        self._slope, self._dark = FIRST_SLOPE, 0
        return self.drive()

    def _learn(self, m: float) -> None:
        if self._before is None:
            return
        v, before = self._before
        if abs(self._v - v) >= TELLING:
            seen = min(max((m - before) / (self._v - v), SLOPES[0]), SLOPES[1])
            # A flatter line means longer steps, and may only be a bright side that is blown out: believed half-way.
            self._slope = seen if seen > self._slope else math.sqrt(seen * self._slope)

    def _level(self, missing: float | None) -> bool:
        if missing is None or abs(missing) <= LEVEL_DEAD or self._since_level < LEVEL_REST:
            return False
        total = min(max(self._total * 2 ** (LEVEL_WAY * missing), TOTALS[0]), TOTALS[1])
        changed = abs(total - self._total) > 0.01
        self._total, self._since_level = total, 0
        return changed
