"""Work over many files in several processes: a process that dies over a file costs no other file its result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

File = TypeVar("File")
Order = TypeVar("Order")
Result = TypeVar("Result")
TRIES = 2  # of a file whose worker died, before the file is blamed


def each_file(
    files: Sequence[File],
    order: Order,
    workers: int,
    work: Callable[[File, Order], Result],
    broken: Callable[[File], Result],
) -> Iterator[tuple[int, Result]]:
    """`work(file, order)` for each, in `workers` processes, as they come, each with its file's place in `files`.

    For a file that killed its worker `TRIES` times, `broken(file)`. What `work` raises comes out here. `work`, the files and the
    order are pickled. One file, or one worker, is worked on in this process.
    """
    if len(files) == 1 or workers <= 1:
        yield from ((place, work(file, order)) for place, file in enumerate(files))
        return
    left = dict.fromkeys(range(len(files)), 0)
    while left:
        lone = any(left.values())  # after a death, one at a time: whoever dies then is the one
        batch = [next(place for place, tries in left.items() if tries)] if lone else list(left)
        count, spawn = 1 if lone else workers, get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=spawn, initializer=_end_with_parent) as pool:
            for place, done in _finished(_started(pool, work, files, order, batch)):
                if done is not None:
                    del left[place]
                    yield place, done.result()
                    continue
                left[place] += 1
                if left[place] >= TRIES:
                    del left[place]
                    yield place, broken(files[place])


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
    work: Callable[[File, Order], Result],
    files: Sequence[File],
    order: Order,
    batch: list[int],
) -> dict[Future[Result], int]:
    """The files handed to workers; where one dies meanwhile, the rest is left for the next round."""
    running: dict[Future[Result], int] = {}
    for place in batch:
        try:
            running[pool.submit(work, files[place], order)] = place
        except BrokenProcessPool:
            break
        except OSError as error:  # the pool was taken down while a worker of it was being started ("handle is closed")
            lost: Future[Result] = Future()
            lost.set_exception(BrokenProcessPool(str(error)))
            running[lost] = place
            break
    return running


def _finished(running: dict[Future[Result], int]) -> Iterator[tuple[int, Future[Result] | None]]:
    """Each with its place as it ends; `None` where the worker died."""
    waiting = set(running)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            died = isinstance(future.exception(), BrokenProcessPool)
            yield running[future], None if died else future
