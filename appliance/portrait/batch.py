"""Many pictures, resumably: what was judged stands in a results file, and only the rest is handed to an engine.

The results file has one JSON object a line: the result as `check_file` gives it, and `of`, what it was made from (size and time
of the file or ETag of the object, profile, stage, software). A line cut short by a power failure is dropped; a picture that
changed is judged again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from appliance.portrait.bucket import BucketPicture
from appliance.portrait.check import Source, Task, check_files
from appliance.portrait.errors import EngineMissing, ResultsUnusable

EngineName = Literal["pool", "ray"]
Engine = Callable[[Sequence[Source], Task, int], Iterator[tuple[int, dict[str, Any]]]]


def engine_named(name: str) -> Engine:
    """How files are spread: `pool` over processes of this machine, `ray` over a cluster. Raises `EngineMissing`, ValueError."""
    if name == "pool":
        return check_files
    if name != "ray":
        raise ValueError(f"--engine {name}: choose pool or ray")
    try:
        from appliance.portrait.ray_engine import check_files_on_ray  # noqa: PLC0415 - seconds to load, and optional
    except ModuleNotFoundError as error:
        raise EngineMissing("没有安装 Ray", "Ray is not installed: pip install 'capture-station[batch]'") from error
    return check_files_on_ray


def check_many(
    paths: Sequence[Source], task: Task, workers: int, engine: Engine, results: Path | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Results with each file's place in `paths`, those of earlier runs first. Raises what `engine` and `ResultsFile` raise."""
    if results is None:
        yield from engine(paths, task, workers)
        return
    with ResultsFile(results, task) as kept:
        done = {place: result for place, path in enumerate(paths) if (result := kept.result(path)) is not None}
        yield from done.items()
        left = [place for place in range(len(paths)) if place not in done]
        for index, result in engine([paths[place] for place in left], task, workers) if left else ():
            kept.add(paths[left[index]], result)
            yield left[index], result


class ResultsFile:
    """Results of this task by file; one process at a time. Raises `ResultsUnusable`, `OSError`."""

    def __init__(self, path: Path, task: Task) -> None:
        self._path = path
        self._task = [task.profile, task.stage and str(task.stage), _software()]
        self._known: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> ResultsFile:
        """Take the file and read what stands in it."""
        self._file = self._path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise ResultsUnusable(
                f"另一个程序正在写 {self._path}", f"another run writes {self._path}: wait for it, or name another file"
            ) from error
        try:
            self._read()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back, durably."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def result(self, path: Source) -> dict[str, Any] | None:
        """What an earlier run found for this very file; None when it is to be judged."""
        line = self._known.get(str(path))
        if line is None or line["of"] != self._of(path):
            return None
        return {name: value for name, value in line.items() if name != "of"}

    def add(self, path: Source, result: dict[str, Any]) -> None:
        """Write a result down; another run finds it from now on."""
        line = json.dumps({**result, "of": self._of(path)}, ensure_ascii=False)
        self._file.write(line.encode() + b"\n")
        self._file.flush()

    def _read(self) -> None:
        self._file.seek(0)
        whole = 0
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                break  # cut short: judged again
            whole += len(line)
            try:
                found = json.loads(line)
                self._known[found["file"]] = {"of": found["of"], **found}
            except (ValueError, KeyError, TypeError) as error:
                raise ResultsUnusable(
                    f"{self._path} 第 {number} 行不是判定结果，请换一个文件名",
                    f"line {number} of {self._path} is no result of a check: name another file",
                ) from error
        self._file.truncate(whole)
        self._file.seek(0, os.SEEK_END)

    def _of(self, path: Source) -> list[Any]:
        if isinstance(path, BucketPicture):
            return [path.size, path.etag, *self._task]
        try:
            facts = path.stat()
        except OSError:
            return [None, None, *self._task]
        return [facts.st_size, facts.st_mtime_ns, *self._task]


def _software() -> str:
    try:
        return version("capture-station")
    except PackageNotFoundError:
        return "0+checkout"
