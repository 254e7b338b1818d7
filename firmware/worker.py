"""One owner thread per device: nobody else touches it, so nothing about it needs a lock.

A `Worker` runs a `Task` (open, step, step, ..., close) in its own thread. Others hand it jobs and get futures. A task
that raises is closed and a fresh one is opened after a pause; a task that hangs is left to its thread, which may
never come back, and a fresh one is opened in a new thread.

Errors
------
DeviceError (firmware.ports)
├── DeviceBusy            the job queue is full: an answer, never a hidden wait
├── DeviceTimeout         the deadline of a job passed before it began
└── DeviceUnavailable     the worker is stopped, or its task ended before the job ran
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from firmware.life import Life, Patience
from firmware.ports import DeviceError, DeviceFault, DeviceState, DeviceStatus, DeviceTimeout, DeviceUnavailable

__all__ = ["DeviceBusy", "Patience", "Task", "Worker"]

log = logging.getLogger(__name__)


class DeviceBusy(DeviceError):
    """The device has as many jobs as it takes; ask again."""


class Task(Protocol):
    """What an owner thread does with its device. All three run in that thread only."""

    def open(self) -> None:
        """Claim the device."""
        ...

    def step(self) -> float:
        """Do one short piece of work; returns the seconds until the next one is due (jobs run in between)."""
        ...

    def close(self) -> None:
        """Release the device; called once after every `open`, also after one that raised."""
        ...


T = TypeVar("T", bound=Task)
R = TypeVar("R")


@dataclass(slots=True)
class _Job(Generic[T]):
    run: Callable[[T], Any]
    future: Future[Any]
    deadline: float


class Worker(Generic[T]):
    """Owner thread of one device; see the module. `make` gives a fresh task for each opening; `on_failure` must return at once."""

    MOST_ABANDONED = 3  # threads stuck inside a driver that may be left behind before only a new process helps

    def __init__(
        self,
        name: str,
        make: Callable[[], T],
        capacity: int = 8,
        patience: Patience | None = None,
        on_failure: Callable[[BaseException], None] | None = None,
    ) -> None:
        self.name = name
        self._make = make
        self._patience = patience or Patience()
        self._capacity = capacity
        self._on_failure = on_failure
        self._lock = threading.Condition(threading.RLock())
        self._jobs: deque[_Job[T]] = deque()
        self._life: Life | None = None
        self._abandoned: list[Life] = []
        self._state = DeviceState.STOPPED
        self._error: BaseException | None = None
        self._failures = 0
        self._failed_at = 0.0
        self._nudged = False

    # -- asked by others ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the owner thread; does nothing when it runs."""
        with self._lock:
            if self._life is None:
                self._failures, self._error = 0, None
                self._begin()

    def wait_open(self, timeout: float) -> None:
        """Wait until the device is open, at most `timeout` seconds; it is tried again in any case.

        Raises `DeviceUnavailable` with what went wrong, or when it was not open in time.
        """
        with self._lock:
            self._lock.wait_for(lambda: self._state is not DeviceState.STARTING, timeout)
            if self._state is not DeviceState.READY:
                why = self._error or f"it did not open within {timeout:.1f} s"
                raise DeviceUnavailable(f"{self.name}: {why}") from self._error

    def stop(self) -> None:
        """End the task and wait for its thread, at most `Patience.close`; jobs not yet run get `DeviceUnavailable`."""
        with self._lock:
            life, self._life = self._life, None
            self._state = DeviceState.STOPPED
            self._fail_jobs(DeviceUnavailable(f"{self.name} was stopped"))
            if life is None:
                return
            life.ended.set()
            self._lock.notify_all()
        thread = life.thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(self._patience.close)
            if thread.is_alive():
                log.error("%s did not let go within %.1f s; its thread is left behind", self.name, self._patience.close)

    def submit(self, job: Callable[[T], R], deadline: float = 2.0) -> Future[R]:
        """Have `job(task)` run between two steps, at the latest `deadline` seconds from now.

        Raises `DeviceBusy` when the queue is full and `DeviceUnavailable` when the worker is stopped.
        """
        future: Future[R] = Future()
        with self._lock:
            if self._life is None:
                raise DeviceUnavailable(f"{self.name} is stopped; start it first")
            if len(self._jobs) >= self._capacity:
                raise DeviceBusy(f"{self.name} is busy with {len(self._jobs)} jobs; try again in a moment")
            self._jobs.append(_Job(job, future, time.monotonic() + deadline))
            self._lock.notify_all()
        return future

    def wake(self) -> None:
        """Have the next step now instead of when it is due."""
        with self._lock:
            self._nudged = True
            self._lock.notify_all()

    @property
    def failures(self) -> int:
        """Failures in a row, forgotten after a sound stretch."""
        if self._failures and self._state is DeviceState.READY:
            sound = time.monotonic() - self._failed_at > self._patience.sound_after
            return 0 if sound else self._failures
        return self._failures

    @property
    def hopeless(self) -> bool:
        """Whether only a new process can help: too many threads hang inside the driver."""
        return len(self._still_stuck()) >= self.MOST_ABANDONED

    def status(self, advice: str = "") -> DeviceStatus:
        """The device's state with its last error; notices a hung device. `advice` is shown while it fails."""
        self.watch()
        state, error = self._state, self._error
        detail = str(error) if error is not None and state is not DeviceState.READY else ""
        hopeless = self.hopeless
        if hopeless:
            advice = "Restart the station program: the driver hangs and cannot be reopened."
        failing = state is DeviceState.FAILING
        fault = getattr(error, "fault", DeviceFault.OTHER) if failing else None
        return DeviceStatus(
            self.name, state, detail, advice if failing else "", self.failures if failing else 0, hopeless, fault
        )

    def watch(self) -> None:
        """Replace a thread that hangs inside its device; cheap, to be called by whoever waits for the device."""
        with self._lock:
            life = self._life
            spent = life.overdue() if life is not None else None
            if life is None or spent is None or self.hopeless:
                return
            life.ended.set()
            self._abandoned = [*self._still_stuck(), life]
            self._note(DeviceTimeout(f"{self.name} has not answered for {spent:.1f} s"))
            self._fail_jobs(DeviceTimeout(f"{self.name} hangs"))
            if not self.hopeless:
                self._begin()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        life = Life()
        life.thread = threading.Thread(target=self._live, args=(life,), name=self.name, daemon=True)
        self._life = life
        if self._state is not DeviceState.FAILING:
            self._state = DeviceState.STARTING
        life.thread.start()

    def _live(self, life: Life) -> None:
        while not life.ended.is_set():
            task = self._make()
            try:
                with life.at(self._patience.open):
                    task.open()
                self._run(task, life)
            except Exception as error:  # whatever a driver raises: noted, shown, and tried again
                log.warning("%s failed: %s", self.name, error, exc_info=not isinstance(error, DeviceError))
                with self._lock:
                    if self._life is life:
                        self._note(error)
            finally:
                self._close(task, life)
            life.ended.wait(self._pause())

    def _run(self, task: T, life: Life) -> None:
        due = 0.0
        while not life.ended.is_set():
            self._run_jobs(task, life)
            with life.at(self._patience.step):
                due = task.step()
            with self._lock:
                if life.ended.is_set():
                    return
                self._state = DeviceState.READY
                self._lock.notify_all()
                if due > 0 and not self._jobs and not self._nudged:
                    self._lock.wait(due)
                self._nudged = False

    def _run_jobs(self, task: T, life: Life) -> None:
        while not life.ended.is_set():
            with self._lock:
                if not self._jobs:
                    return
                job = self._jobs.popleft()
            if not job.future.set_running_or_notify_cancel():
                continue
            if time.monotonic() > job.deadline:
                job.future.set_exception(DeviceTimeout(f"{self.name} did not come to the job in time"))
                continue
            try:
                with life.at(self._patience.step):
                    result = job.run(task)
            except DeviceError as error:  # the device's own refusal is an answer to the asker, not a crash
                job.future.set_exception(error)
            except Exception as error:
                job.future.set_exception(error)
                raise
            else:
                job.future.set_result(result)

    def _close(self, task: T, life: Life) -> None:
        try:
            with life.at(self._patience.step):
                task.close()
        except Exception as error:  # it is gone already; the reopening will tell
            log.warning("%s could not be closed: %s", self.name, error)

    def _note(self, error: BaseException) -> None:
        self._failures = self.failures + 1
        self._failed_at = time.monotonic()
        self._error = error
        self._state = DeviceState.FAILING
        self._lock.notify_all()
        if self._on_failure is not None:
            self._on_failure(error)

    def _pause(self) -> float:
        doubled: float = self._patience.pause * 2.0 ** min(max(self._failures - 1, 0), 10)
        return min(doubled, self._patience.longest_pause)

    def _fail_jobs(self, error: DeviceError) -> None:
        while self._jobs:
            future = self._jobs.popleft().future
            if future.set_running_or_notify_cancel():
                future.set_exception(error)

    def _still_stuck(self) -> list[Life]:
        return [life for life in self._abandoned if life.thread is not None and life.thread.is_alive()]
