"""Judging picture files, one or many: the same rules as on the station, one result a file, whatever the others are like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.portrait.bucket import BucketPicture
from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import FileFacts, read_picture
from appliance.portrait.profile import Profile, load_profile
from appliance.portrait.report.evidence import Examined, evidence_of
from appliance.portrait.rules import judge
from appliance.portrait.side_by_side import each_file
from appliance.portrait.stopwatch import Stopwatch

Source = Path | BucketPicture
_ASPECT = 0.02  # a picture of the profile's shape within this, and not much larger, is a finished photo


@dataclass(frozen=True, slots=True)
class Task:
    """How a file is judged; `stage` is `None` to decide by its shape."""

    networks: Path
    profile: str
    stage: Stage | None = None
    threads: int = 1


def stage_of(facts: FileFacts, profile: Profile) -> Stage:
    """A finished photo has the profile's shape and at most twice its size, or is too small to cut a photo from."""
    alike = abs(facts.width / facts.height / (profile.width / profile.height) - 1) <= _ASPECT
    small = facts.width < profile.width or facts.height < profile.height
    return Stage.PHOTO if small or (alike and facts.width <= 2 * profile.width) else Stage.CAPTURE


def check_file(path: Source, task: Task) -> dict[str, Any]:
    """The result for one file: `{file, profile, verdict, rules, timings_ms}`, or with `error` where it cannot be read.

    Raises `ProfileError`, `NetworkMissing`.
    """
    return _judged(path, task)[0]


def examine_file(path: Source, task: Task) -> Examined:
    """The same, with what a report draws of it. Raises `ProfileError`, `NetworkMissing`."""
    result, subject = _judged(path, task)
    return Examined(result, None if subject is None else evidence_of(subject))


def _judged(path: Source, task: Task) -> tuple[dict[str, Any], Subject | None]:
    profile = load_profile(task.profile)
    clock = Stopwatch()
    try:
        picture = read_picture(path)
    except UnreadablePicture as error:
        return unreadable(path, task.profile, error.message.zh, error.message.en), None
    clock.lap("read")
    stage = task.stage or stage_of(picture.facts, profile)
    seen = _observer(task.networks, task.threads).still(picture.pixels)
    clock.lap("observe")
    verdict = judge(seen, profile, stage, picture.facts)
    clock.lap("judge")
    result = {
        "file": str(path),
        **verdict.as_evidence(),
        "judged_as": str(stage),
        "orientation": picture.facts.orientation,
        "timings_ms": clock.laps,
    }
    return result, Subject(seen, profile, stage, picture.facts)


def unreadable(path: Source, profile: str, zh: str, en: str) -> dict[str, Any]:
    """The result for a file that is no usable picture."""
    return {
        "file": str(path),
        "profile": profile,
        "verdict": "unmeasurable",
        "rules": [],
        "error": {"zh": zh, "en": en},
        "timings_ms": {},
    }


def broke_down(path: Source, task: Task) -> dict[str, Any]:
    """The result for a file that killed its worker `side_by_side.TRIES` times."""
    zh, en = "判定这张图片时程序中断，请换一张", "the program broke down over this picture: use another copy"
    return unreadable(path, task.profile, zh, en)


def check_files(paths: Sequence[Source], task: Task, workers: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Results as they come, each with its file's place in `paths`. A file that kills its worker is reported, not the end."""
    yield from each_file(paths, task, workers, check_file, lambda path: broke_down(path, task))


def examine_files(paths: Sequence[Source], task: Task, workers: int) -> Iterator[tuple[int, Examined]]:
    """The same, with what a report draws of each picture."""
    yield from each_file(paths, task, workers, examine_file, lambda path: Examined(broke_down(path, task), None))


@cache
def _observer(networks: Path, threads: int) -> Observer:
    """One set of networks a process."""
    return Observer(networks, threads)
