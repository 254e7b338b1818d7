"""Where device threads leave what they noticed: a bounded queue and one thread that acts on it.

Listeners of scanners and triggers must return at once; the acting (database, camera) happens here.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

CAPACITY = 16


class Inbox:
    """Runs jobs one after another; when it is full the newest job is refused, which the caller is told."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(maxsize=CAPACITY)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work; does nothing when running."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Finish the job at hand and end; jobs still waiting are dropped."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        while True:
            try:
                self._jobs.put_nowait(None)
                break
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self._jobs.get_nowait()
        thread.join(timeout)

    def put(self, job: Callable[[], None]) -> bool:
        """Leave a job; `False` when there are too many already."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            log.warning("inbox.full", inbox=self._name, capacity=CAPACITY)
            return False
        return True

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("inbox.job_failed", inbox=self._name)
