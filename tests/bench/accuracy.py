"""How well the judge agrees with people: a labelled folder, and faults made on its good pictures.

    python tests/bench/accuracy.py FOLDER [--profile moe-2017-99] [--curves curves.png] [--no-faults] [--limit N]
                                    [--remember FOLDER]

FOLDER holds `labels.csv` and the pictures it names (columns as in the development portraits). A fault counts as caught, and a
clean picture as wrongly refused, when the rule fails; where it cannot be measured (no face), the picture is left out. On the good
pictures, and on faults made of them, what cannot be measured counts as refused. Intervals are Wilson's, 95 %. Rows whose notes say
that the label is not clear-cut are counted apart.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from curves import draw
from faults import FAULTS, Good
from remembered import Remembered

from appliance.portrait.crop import plan_crop
from appliance.portrait.measure.subject import Stage
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.profile import Profile, load_profile
from appliance.portrait.rules import judge
from appliance.portrait.verdict import RuleResult, Verdict
from models.install import networks_dir

Row = dict[str, str]
Looks = Observer | Remembered
NOT_CLEAR = ("borderline", "faint", "unsure", "uncertain", "only just visible")
NOT_ON_CAPTURES = ("truth.unedited", "makeup.light")


def _is(column: str, bad: tuple[str, ...], good: tuple[str, ...]) -> Callable[[Row], bool | None]:
    def truth(row: Row) -> bool | None:
        return True if row[column] in bad else False if row[column] in good else None

    return truth


def _pose(row: Row) -> bool | None:
    if row["yaw"] == "turned":
        return True
    return False if (row["yaw"], row["roll"], row["pitch"]) == ("frontal", "level", "level") else None


def _ears(row: Row) -> bool | None:
    sides = {row["left_ear"], row["right_ear"]}
    return True if "hidden" in sides else False if sides == {"visible"} else None


# Whether a row shows the fault of a rule: True, False, or None where the label does not say.
TRUTH: dict[str, Callable[[Row], bool | None]] = {
    "subject.single": lambda row: None if row["face_visible"] == "n" else int(row["people"]) != 1,
    "pose.frontal": _pose,
    "eyes.open": _is("eyes", ("closed",), ("open",)),
    "eyes.gaze": _is("eyes", ("looking_away",), ("open",)),
    "mouth.closed": _is("mouth", ("teeth", "open", "parted"), ("closed",)),
    "expression.neutral": _is("expression", ("smile", "other"), ("neutral",)),
    "ears.visible": _ears,
    "hair.brows": _is("hair_brows", ("covers",), ("clear",)),
    "hair.eyes": _is("hair_eyes", ("covers",), ("clear",)),
    "glasses.tinted": _is("glasses", ("tinted",), ("none", "clear")),
    "head.bare": _is("head_covering", ("hat", "cap", "scarf", "other"), ("none",)),
    "background.uniform": _is("background", ("cluttered",), ("plain", "gradient")),
    "light.even": _is("light", ("uneven", "harsh"), ("even",)),
    "geometry.shoulders": _is("shoulders", ("tilted",), ("level",)),
    "focus.sharp": _is("sharp", ("n",), ("y",)),
}


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


def stopped(result: RuleResult) -> bool:
    """Whether a rule keeps the picture from passing."""
    return result.outcome is Outcome.FAIL


def spoilt(good: Good, observer: Looks, profile: Profile, name: str) -> Iterator[tuple[str, str, RuleResult]]:
    """Every fault made on one good picture: its name, the picture's, and what the rule said."""
    chance = np.random.default_rng(zlib.crc32(name.encode()))
    for fault in FAULTS:
        verdict = judge(observer.still(fault.spoil(good, chance)), profile, Stage.CAPTURE)
        yield fault.name, name, next(result for result in verdict.rules if result.id == fault.rule)


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


def main() -> int:
    """Run over a folder and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profile", default="moe-2017-99")
    parser.add_argument("--curves", type=Path, help="write the values beside their limits as a picture (PNG)")
    parser.add_argument("--no-faults", action="store_true", help="labelled pictures only")
    parser.add_argument("--limit", type=int, default=10**6, help="at most so many pictures")
    parser.add_argument("--remember", type=Path, help="a folder in which observations are kept from run to run")
    arguments = parser.parse_args()
    profile, networks = load_profile(arguments.profile), networks_dir()
    observer: Looks = Observer(networks, threads=2)
    if arguments.remember is not None:
        observer = Remembered(observer, networks, arguments.remember)
    rows = list(csv.DictReader((arguments.folder / "labels.csv").read_text(encoding="utf-8").splitlines()))[
        : arguments.limit
    ]
    clear: dict[str, Count] = {rule: Count() for rule in TRUTH}
    unclear: dict[str, Count] = {rule: Count() for rule in TRUTH}
    made: dict[str, Count] = {fault.name: Count() for fault in FAULTS}
    values: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    alone: dict[str, Count] = defaultdict(Count)
    for number, row in enumerate(rows):
        print(f"\r{number + 1}/{len(rows)}", end="", file=sys.stderr, flush=True)
        pixels = read_picture(arguments.folder / row["file"]).pixels
        seen = observer.still(pixels)
        verdict = judge(seen, profile, Stage.CAPTURE)
        name = Path(row["file"]).stem
        sure = not any(word in row["notes"] for word in NOT_CLEAR)
        _count(verdict, row, name, clear if sure else unclear, values)
        crop = plan_crop(seen, profile)
        if not row["source"].endswith("neutral_front") or crop is None:
            continue
        for result in verdict.rules:
            if result.id not in NOT_ON_CAPTURES:
                alone[result.id].add(name, fault=False, stopped=result.outcome not in (Outcome.PASS, Outcome.EXEMPT))
        if not arguments.no_faults:
            for fault, which, result in spoilt(Good(pixels, seen, crop), observer, profile, name):
                made[fault].add(which, fault=True, stopped=result.outcome is not Outcome.PASS)
                if isinstance(result.measured, float):
                    values[result.id].append((result.measured, True))
    print(file=sys.stderr)
    show("labelled pictures, clear-cut labels", clear)
    show("labelled pictures, labels that are not clear-cut", unclear)
    show("every rule on the neutral studio portraits (none has a fault but what its label says)", dict(alone))
    if not arguments.no_faults:
        show("faults made on the neutral studio portraits", made)
    if arguments.curves:
        draw(arguments.curves, values, profile)
    return 0


def _count(
    verdict: Verdict, row: Row, name: str, counts: dict[str, Count], values: dict[str, list[tuple[float, bool]]]
) -> None:
    for result in verdict.rules:
        truth = TRUTH[result.id](row) if result.id in TRUTH else None
        if truth is not None and result.outcome is not Outcome.UNKNOWN:
            counts[result.id].add(name, fault=truth, stopped=stopped(result))
            if isinstance(result.measured, float):
                values[result.id].append((result.measured, truth))


if __name__ == "__main__":
    raise SystemExit(main())
