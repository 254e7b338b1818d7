"""Many pictures, resumably: what stands in the results file is not judged again, what changed is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from appliance.portrait.batch import check_many, engine_named
from appliance.portrait.check import Task
from appliance.portrait.errors import EngineMissing, ResultsUnusable

TASK = Task(Path("networks"), "moe-2017-99")


class Counting:
    """An engine that judges nothing and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, paths: Sequence[Path], task: Task, _: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for place, path in reversed(list(enumerate(paths))):
            self.asked.append(path.name)
            yield place, {"file": str(path), "profile": task.profile, "verdict": "pass", "rules": []}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.jpg" for number in range(3)]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def run(files: list[Path], results: Path, task: Task = TASK) -> tuple[list[str], dict[int, dict[str, Any]]]:
    engine = Counting()
    found = dict(check_many(files, task, 1, engine, results))
    assert sorted(found) == list(range(len(files)))
    assert [found[place]["file"] for place in range(len(files))] == [str(path) for path in files]
    return sorted(engine.asked), found


def test_what_was_judged_is_not_judged_again(files: list[Path], tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    asked, first = run(files[:2], results)
    assert asked == ["0.jpg", "1.jpg"]
    asked, second = run(files, results)
    assert asked == ["2.jpg"]
    assert second[0] == first[0]
    assert run(files, results)[0] == []
    assert len(results.read_text().splitlines()) == 3


def test_a_changed_picture_and_another_profile_are_judged_again(files: list[Path], tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    run(files, results)
    files[1].write_bytes(b"another picture")
    os.utime(files[2], ns=(1, 1))
    assert run(files, results)[0] == ["1.jpg", "2.jpg"]
    assert run(files, results, Task(Path("networks"), "cet"))[0] == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_line_cut_short_is_judged_again_and_the_file_is_whole_afterwards(files: list[Path], tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    run(files, results)
    results.write_bytes(results.read_bytes()[:-20])
    assert run(files, results)[0] == ["0.jpg"], "the engine works backwards: its last result is the first file's"
    assert {json.loads(line)["file"] for line in results.read_text().splitlines()} == {str(path) for path in files}


def test_an_engine_that_breaks_off_leaves_what_it_did(files: list[Path], tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"

    def breaks_off(paths: Sequence[Path], task: Task, workers: int) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from list(Counting()(paths, task, workers))[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(check_many(files, TASK, 1, breaks_off, results))
    assert run(files, results)[0] == ["0.jpg"]


def test_a_file_of_something_else_or_in_use_is_refused(files: list[Path], tmp_path: Path) -> None:
    results = tmp_path / "notes.txt"
    results.write_text("milk\n")
    with pytest.raises(ResultsUnusable, match="line 1"):
        run(files, results)
    assert results.read_text() == "milk\n", "it stays as it was"
    results.unlink()
    begun = check_many(files, TASK, 1, Counting(), results)
    next(begun)
    with pytest.raises(ResultsUnusable, match="another run"):
        run(files, results)
    assert len(list(begun)) == 2


def test_engines_have_names_and_a_missing_one_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(engine_named("pool"))
    with pytest.raises(ValueError, match="pool or ray"):
        engine_named("slurm")
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    monkeypatch.delitem(__import__("sys").modules, "appliance.portrait.ray_engine", raising=False)
    with pytest.raises(EngineMissing, match="batch"):
        engine_named("ray")
