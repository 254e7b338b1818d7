"""Judging files on Ray: the same function, in worker processes of this machine or of a cluster (`RAY_ADDRESS`).

On a cluster, pictures and networks must lie at the same path on every machine. A worker that is killed costs no other file its
result; a file that kills its worker twice is reported. Nothing is sent home: usage statistics and dashboard are off.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

# Both are read when Ray is imported or started, and inherited by its workers.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray

from appliance.portrait.check import Source, Task, broke_down, check_file
from appliance.portrait.side_by_side import TRIES

_AHEAD = 3  # files a worker has in hand or waiting
_STORE_BYTES = 100_000_000  # results are small
_GONE = (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError, ray.exceptions.OutOfMemoryError)


def check_files_on_ray(paths: Sequence[Source], task: Task, workers: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Results as they come, each with its file's place in `paths`. Raises `ProfileError`, `NetworkMissing`."""
    with redirect_stdout(sys.stderr):  # Ray tells of dead workers there, in the middle of what the caller prints
        started_here = _start(workers)
        try:
            yield from _judged(paths, task, workers)
        finally:
            if started_here:
                ray.shutdown()


def _start(workers: int) -> bool:
    """Join the cluster that `RAY_ADDRESS` names, or start Ray on this machine alone; whether it was started here."""
    if ray.is_initialized():
        return False
    if os.environ.get("RAY_ADDRESS"):
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    else:
        ray.init(
            num_cpus=max(workers, 1),
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            object_store_memory=_STORE_BYTES,
            _node_ip_address="127.0.0.1",
        )
    return True


def _judged(paths: Sequence[Source], task: Task, workers: int) -> Iterator[tuple[int, dict[str, Any]]]:
    work = ray.remote(num_cpus=1, max_retries=0)(check_file)
    waiting = list(range(len(paths)))[::-1]
    deaths: dict[int, int] = {}
    running: dict[Any, int] = {}
    while waiting or running:
        while waiting and len(running) < max(workers, 1) * _AHEAD:
            place = waiting.pop()
            path = paths[place]  # workers stand in folders of their own
            running[work.remote(path.absolute() if isinstance(path, Path) else path, task)] = place
        [done], _ = ray.wait(list(running), num_returns=1)
        place = running.pop(done)
        try:
            result = ray.get(done)
        except _GONE:
            deaths[place] = deaths.get(place, 0) + 1
            if deaths[place] < TRIES:
                waiting.append(place)
            else:
                yield place, broke_down(paths[place], task)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error  # what `check_file` raised over there
        else:
            yield place, {**result, "file": str(paths[place])}
