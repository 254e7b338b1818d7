"""Many files, several processes: a process that dies costs no other file its result."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import cv2
import numpy as np
import pytest
from deadly_files import refuse, work_on

from appliance.portrait.check import Task, broke_down, check_files
from appliance.portrait.side_by_side import each_file


def files(folder: Path, *names: str) -> list[Path]:
    return [folder / f"{name}.png" for name in names]


def outcome(paths: list[Path], workers: int = 2) -> dict[int, str]:
    return dict(each_file(paths, "did", workers, work_on, lambda path: f"broke over {path.stem}"))


def test_a_worker_that_dies_once_costs_no_result(tmp_path: Path) -> None:
    done = outcome(files(tmp_path, "a", "once", "b", "c"))
    assert done == {0: "did a", 1: "did once", 2: "did b", 3: "did c"}
    assert (tmp_path / "once.survived").exists(), "nobody died: the test showed nothing"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_over_which_workers_die_is_named_and_the_rest_is_done(tmp_path: Path, place: int) -> None:
    names = ["a", "b"]
    names.insert(place, "always")
    assert outcome(files(tmp_path, *names)) == {
        number: "broke over always" if name == "always" else f"did {name}" for number, name in enumerate(names)
    }


def test_what_the_work_raises_comes_out_and_no_process_is_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^[ab]$"):
        dict(each_file(files(tmp_path, "a", "b"), "did", 2, refuse, str))
    assert [child for child in multiprocessing.active_children() if child.name.startswith("SpawnProcess")] == []


@pytest.mark.networks
def test_pictures_are_judged_by_several_processes_as_by_one(tmp_path: Path, networks_dir: Path) -> None:
    paths = files(tmp_path, "black", "grey", "white")
    for path, level in zip(paths, (0, 128, 255), strict=True):
        assert cv2.imwrite(str(path), np.full((900, 900, 3), level, np.uint8))
    task = Task(networks_dir, "moe-2017-99")
    alone, beside = dict(check_files(paths, task, workers=1)), dict(check_files(paths, task, workers=2))
    for result in (*alone.values(), *beside.values()):
        del result["timings_ms"]
    assert alone == beside
    assert all(result["verdict"] == "refuse" for result in beside.values())


def test_a_file_that_breaks_the_program_is_told_in_two_languages(tmp_path: Path) -> None:
    told = broke_down(tmp_path / "a.png", Task(tmp_path, "moe-2017-99"))
    assert told["verdict"] == "unmeasurable"
    assert set(told["error"]) == {"zh", "en"}
