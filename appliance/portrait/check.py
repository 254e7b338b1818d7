"""Judging picture files, one or many: the same rules as on the station, one result a file, whatever the others are like."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from appliance.portrait.bucket import BucketPicture
from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.observe import Observer
from appliance.portrait.picture_file import FileFacts, read_picture
from appliance.portrait.profile import Profile, load_profile
from appliance.portrait.report.evidence import Examined, evidence_of
from appliance.portrait.rules import judge
from appliance.portrait.stopwatch import Stopwatch

Source = Path | BucketPicture
Result = TypeVar("Result")
_ASPECT = 0.02  # a picture of the profile's shape within this, and not much larger, is a finished photo
TRIES = 2  # of a file whose worker died, before the file is blamed


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
    """The result for a file that killed its worker `TRIES` times."""
    zh, en = "判定这张图片时程序中断，请换一张", "the program broke down over this picture: use another copy"
    return unreadable(path, task.profile, zh, en)


def check_files(paths: Sequence[Source], task: Task, workers: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Results as they come, each with its file's place in `paths`. A file that kills its worker is reported, not the end."""
    yield from _each(paths, task, workers, check_file, lambda result: result)


def examine_files(paths: Sequence[Source], task: Task, workers: int) -> Iterator[tuple[int, Examined]]:
    """The same, with what a report draws of each picture."""
    yield from _each(paths, task, workers, examine_file, lambda result: Examined(result, None))


def _each(
    paths: Sequence[Source],
    task: Task,
    workers: int,
    work: Callable[[Source, Task], Result],
    broken: Callable[[dict[str, Any]], Result],
) -> Iterator[tuple[int, Result]]:
    """What `work` makes of each file; `broken` wraps what is said of a file that killed its worker twice."""
    if len(paths) == 1 or workers <= 1:
        yield from ((place, work(path, task)) for place, path in enumerate(paths))
        return
    left = dict.fromkeys(range(len(paths)), 0)
    while left:
        lone = any(left.values())  # after a death, one at a time: whoever dies then is the one
        batch = [next(place for place, tries in left.items() if tries)] if lone else list(left)
        count, spawn = 1 if lone else workers, get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=spawn, initializer=_end_with_parent) as pool:
            for place, result in _finished(_started(pool, work, paths, task, batch)):
                if result is not None:
                    del left[place]
                    yield place, result
                    continue
                left[place] += 1
                if left[place] >= TRIES:
                    del left[place]
                    yield place, broken(broke_down(paths[place], task))


def _end_with_parent() -> None:
    """In a worker: die with the program it works for, which may be killed before it can tell."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, name="parent", daemon=True).start()


def _started(
    pool: ProcessPoolExecutor,
    work: Callable[[Source, Task], Result],
    paths: Sequence[Source],
    task: Task,
    batch: list[int],
) -> dict[Future[Result], int]:
    """The files handed to workers; where one dies meanwhile, the rest is left for the next round."""
    running: dict[Future[Result], int] = {}
    for place in batch:
        try:
            running[pool.submit(work, paths[place], task)] = place
        except BrokenProcessPool:
            break
        except OSError as error:  # the pool was taken down while a worker of it was being started ("handle is closed")
            lost: Future[Result] = Future()
            lost.set_exception(BrokenProcessPool(str(error)))
            running[lost] = place
            break
    return running


def _finished(running: dict[Future[Result], int]) -> Iterator[tuple[int, Result | None]]:
    waiting = set(running)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            try:
                yield running[future], future.result()
            except BrokenProcessPool:
                yield running[future], None


@cache
def _observer(networks: Path, threads: int) -> Observer:
    """One set of networks a process."""
    return Observer(networks, threads)
