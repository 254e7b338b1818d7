"""How well the judge agrees with people: a labelled folder, and faults made on its good pictures.

    python tests/bench/accuracy.py FOLDER [--profile moe-2017-99] [--curves curves.png] [--no-faults] [--limit N]
                                    [--remember FOLDER]

FOLDER holds `labels.csv` and the pictures it names (columns as in the development portraits). A fault counts as caught, and a
clean picture as wrongly refused, when the rule fails; where it cannot be measured (no face), the picture is left out. On the good
pictures, and on faults made of them, what cannot be measured counts as refused. Intervals are Wilson's, 95 %. Rows whose notes say
that the label is not clear-cut are counted apart. A picture counts as clean when every one of its labels is good and its frame
holds enough of the person for the bands of the profile; two pictures of one person are not independent.
"""

from __future__ import annotations

import argparse
import csv
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from counting import Count, show
from curves import draw
from faults import FAULTS, Good
from labels import NOT_ON_CAPTURES, PART, TRUTH, Row, clean, frameable, sure
from remembered import Remembered

from appliance.portrait.crop import measure_head, plan_crop
from appliance.portrait.measure.subject import Stage
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation, Observer
from appliance.portrait.picture_file import FileFacts, read_picture
from appliance.portrait.profile import Profile, load_profile
from appliance.portrait.rules import judge
from appliance.portrait.verdict import PartResult, RuleResult, Verdict
from models.install import networks_dir

Looks = Observer | Remembered
Values = dict[str, list[tuple[float, bool]]]
_MET = (Outcome.PASS, Outcome.EXEMPT)


def _counts(names: list[str]) -> dict[str, Count]:
    return {name: Count() for name in names}


@dataclass
class Found:
    """Everything counted in one run; `values` holds (measured, has the fault) by the key of the limit."""

    clear: dict[str, Count] = field(default_factory=lambda: _counts(list(TRUTH)))
    unclear: dict[str, Count] = field(default_factory=lambda: _counts(list(TRUTH)))
    clean: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    neutral: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    made: dict[str, Count] = field(default_factory=lambda: _counts([fault.name for fault in FAULTS]))
    values: Values = field(default_factory=lambda: defaultdict(list))


def count_labels(found: Found, verdict: Verdict, row: Row, name: str) -> None:
    """Hold the verdict against what the row's labels say."""
    counts = found.clear if sure(row) else found.unclear
    for result in verdict.rules:
        truth = TRUTH[result.id](row) if result.id in TRUTH else None
        said: RuleResult | PartResult = result
        if result.id in PART:
            said = next(part for part in result.parts if part.measure == PART[result.id])
        if truth is not None and said.outcome is not Outcome.UNKNOWN:
            counts[result.id].add(name, fault=truth, stopped=said.outcome is Outcome.FAIL)
            remember(found.values, result, truth)


def remember(values: Values, result: RuleResult, fault: bool) -> None:
    """Keep the values of a rule's parts; of a fault only the part that decides, since the others may be innocent."""
    for part in result.parts[:1] if fault else result.parts:
        if part.measure is not None and isinstance(part.measured, float):
            values[part.measure].append((part.measured, fault))


def count_good(counts: dict[str, Count], verdict: Verdict, name: str) -> None:
    """Hold the verdict on a picture without fault against that: rule by rule, and all rules together."""
    deciding = [result for result in verdict.rules if result.id not in NOT_ON_CAPTURES and not result.advisory]
    for result in deciding:
        counts[result.id].add(name, fault=False, stopped=result.outcome not in _MET)
    counts["all rules together"].add(name, fault=False, stopped=any(r.outcome not in _MET for r in deciding))


def spoilt(
    good: Good, facts: FileFacts, observer: Looks, profile: Profile, name: str
) -> Iterator[tuple[str, RuleResult]]:
    """Every fault made on one good picture, by name, and what its rule said."""
    for fault in FAULTS:
        chance = np.random.default_rng(zlib.crc32(f"{name} {fault.name}".encode()))
        verdict = judge(observer.still(fault.spoil(good, chance)), profile, Stage.CAPTURE, facts)
        yield fault.name, next(result for result in verdict.rules if result.id == fault.rule)


def look_at(
    found: Found, row: Row, seen: Observation, facts: FileFacts, profile: Profile, observer: Looks | None
) -> None:
    """One labelled picture; without `observer` no faults are made of it."""
    name = Path(row["file"]).stem
    verdict = judge(seen, profile, Stage.CAPTURE, facts)
    count_labels(found, verdict, row, name)
    if clean(row) and frameable(measure_head(seen), seen.size, profile):
        count_good(found.clean, verdict, name)
        for result in verdict.rules:
            if result.id not in TRUTH:
                remember(found.values, result, fault=False)
    crop = plan_crop(seen, profile)
    if not row["source"].endswith("neutral_front") or crop is None:
        return
    count_good(found.neutral, verdict, name)
    if observer is not None:
        for fault, result in spoilt(Good(seen.full, seen, crop), facts, observer, profile, name):
            found.made[fault].add(name, fault=True, stopped=result.outcome is not Outcome.PASS)
            remember(found.values, result, fault=True)


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
    lines = (arguments.folder / "labels.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))[: arguments.limit]
    found = Found()
    for number, row in enumerate(rows):
        print(f"\r{number + 1}/{len(rows)}", end="", file=sys.stderr, flush=True)
        picture = read_picture(arguments.folder / row["file"])
        seen = observer.still(picture.pixels)
        look_at(found, row, seen, picture.facts, profile, None if arguments.no_faults else observer)
    print(file=sys.stderr)
    show("labelled pictures, clear-cut labels", found.clear)
    show("labelled pictures, labels that are not clear-cut", found.unclear)
    show("clean pictures: every label good, and enough of the person in the frame", dict(found.clean))
    show("neutral studio portraits, whatever their labels and frames (some refusals are right)", dict(found.neutral))
    if not arguments.no_faults:
        show("faults made on the neutral studio portraits", found.made)
    if arguments.curves:
        draw(arguments.curves, found.values, profile)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
