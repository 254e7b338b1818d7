"""What was cut and what was found: the figures of a run, its table's lines, and the JSON they are kept as."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Cut:
    """One switching-on: what the look at what had survived the cut before found, and when the power went again."""

    number: int
    during: str
    checked_s: float | None  # from power to the end of the look at the disk
    ready_s: float | None  # from power to a station that takes visits
    ran_s: float
    accepted: int
    found: dict[str, Any]
    hindered: str  # what the last visit that did not come to its end was told


@dataclass(slots=True)
class Figures:
    """What was done and what was found."""

    seed: int
    careless: bool
    place: str = "machine"
    cuts: list[Cut] = field(default_factory=list)
    acknowledged: int = 0
    captures: int = 0
    at_platform: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    seconds: float = 0.0
    drained: bool = False  # looked at a last time, and everything delivered: without it the run was broken off

    @property
    def sound(self) -> bool:
        """Whether something was acknowledged, and nothing of it lost, doubled or altered."""
        return (
            self.drained
            and self.acknowledged > 0
            and not (self.missing or self.altered or self.faults or self.lost or self.doubled)
        )

    def note(self, found: dict[str, Any]) -> None:
        """Take in what a look at the disk found."""
        for name in ("missing", "altered", "faults"):
            known = getattr(self, name)
            known += [fault for fault in found.get(name, []) if fault not in known]
        if "unreadable" in found:
            self.faults.append(found["unreadable"])

    def write(self, file: Path | None) -> dict[str, Any]:
        """As JSON into `file`, whole or not at all; what was written."""
        told = {**asdict(self), "sound": self.sound}
        if file is not None:
            beside = file.with_name(f"{file.name}.part")
            beside.write_text(json.dumps(told, indent=2))
            beside.replace(file)
        return told


def row(cut: Cut) -> str:
    """A line of the table."""
    found = cut.found
    state = found.get("unreadable") or ", ".join(
        f"{len(found[name])} {name}" for name in ("missing", "altered", "faults") if found.get(name)
    )
    looked = (
        f"{found['captures']} captures, {found['entries']} journal entries" if "captures" in found else "not looked yet"
    )
    ready = f"ready after {cut.ready_s:5.1f} s" if cut.ready_s is not None else "cut while starting"
    went = f"+{cut.accepted} accepted, cut at {cut.ran_s:5.1f} s"
    return f"{cut.number:4}  {ready:20}  {looked:38}  {state or 'sound':10}  {went}  {cut.hindered}".rstrip()
