"""Counting what was caught, missed and refused wrongly, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class Count:
    """What became of the pictures of one rule, or of one fault made on purpose."""

    caught: int = 0
    missed: list[str] = field(default_factory=list)
    passed: int = 0
    refused: list[str] = field(default_factory=list)

    def add(self, name: str, *, fault: bool, stopped: bool) -> None:
        """One more picture."""
        if fault and stopped:
            self.caught += 1
        elif fault:
            self.missed.append(name)
        elif stopped:
            self.refused.append(name)
        else:
            self.passed += 1


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, percent."""
    if of == 0:
        return 0.0, 100.0
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)


def rate(hits: int, of: int) -> str:
    """A share with its interval."""
    if of == 0:
        return "-"
    low, high = wilson(hits, of)
    return f"{hits}/{of} = {100 * hits / of:.1f} % ({low:.0f} to {high:.0f})"


def show(title: str, counts: dict[str, Count]) -> None:
    """One table."""
    print(f"\n{title}\n{'':38}{'caught':28}{'wrongly refused':28}missed, wrongly refused")
    for name, count in counts.items():
        faults, clean = count.caught + len(count.missed), count.passed + len(count.refused)
        which = ", ".join([*(f"-{m}" for m in count.missed[:6]), *(f"+{r}" for r in count.refused[:6])])
        print(f"{name:38}{rate(count.caught, faults):28}{rate(len(count.refused), clean):28}{which}")
