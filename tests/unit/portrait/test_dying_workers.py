"""Many files, several processes: a process that dies costs no other file its result."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.portrait.check import Task, check_files

pytestmark = pytest.mark.networks


def pictures(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        assert cv2.imwrite(str(path), np.full((900, 900, 3), 20 * number, np.uint8))
    return paths


WORKERS = 2


class Killer(threading.Thread):
    """Kills `deaths` worker processes: one of the first pool, then each that is started alone in its place.

    Processes are numbered as they are made (`SpawnProcess-7`), so that two of one pool never count as two deaths.
    """

    def __init__(self, deaths: int) -> None:
        super().__init__(daemon=True)
        self.left = deaths
        self._least = 0  # the lowest number that is still to die

    def run(self) -> None:
        deadline = time.monotonic() + 60
        while self.left and time.monotonic() < deadline:
            numbered = {int(child.name.rsplit("-", 1)[1]): child for child in multiprocessing.active_children()}
            number = min((number for number in numbered if number >= self._least), default=None)
            if number is not None and (pid := numbered[number].pid) is not None:
                os.kill(pid, signal.SIGKILL)
                self._least = number + (WORKERS if self._least == 0 else 1)
                self.left -= 1
            time.sleep(0.02)


def judged(paths: list[Path], networks: Path, deaths: int) -> dict[int, dict[str, object]]:
    killer = Killer(deaths)
    killer.start()
    results = dict(check_files(paths, Task(networks, "moe-2017-99"), workers=WORKERS))
    killer.join(timeout=60)
    assert killer.left == 0, "nobody was killed: the test showed nothing"
    return results


def test_a_worker_that_dies_once_costs_no_result(tmp_path: Path, networks_dir: Path) -> None:
    results = judged(pictures(tmp_path, 4), networks_dir, deaths=1)
    assert sorted(results) == [0, 1, 2, 3]
    assert all(result["verdict"] == "refuse" for result in results.values())


def test_a_file_over_which_workers_die_is_named_and_the_rest_judged(tmp_path: Path, networks_dir: Path) -> None:
    results = judged(pictures(tmp_path, 3), networks_dir, deaths=2)
    assert sorted(results) == [0, 1, 2]
    broken = [place for place, result in results.items() if "error" in result]
    assert broken == [0]
    assert results[0]["verdict"] == "unmeasurable"
    assert all(result["verdict"] == "refuse" for place, result in results.items() if place)
