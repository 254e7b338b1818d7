from __future__ import annotations

import threading
import time

import pytest

from firmware.ports import DeviceRefused, DeviceState, DeviceTimeout, DeviceUnavailable
from firmware.worker import DeviceBusy, Patience, Worker

QUICK = Patience(step=0.2, open=0.5, close=0.4, pause=0.02, longest_pause=0.1, sound_after=0.3)


class Tape:
    """A device that does as the test says and remembers what was done to it."""

    def __init__(self, log: list[str], faults: list[Exception], hang: threading.Event) -> None:
        self.log, self.faults, self.hang = log, faults, hang
        self.thread: int | None = None

    def open(self) -> None:
        self.thread = threading.get_ident()
        self.log.append("open")

    def step(self) -> float:
        if self.faults:
            raise self.faults.pop(0)
        while self.hang.is_set():
            time.sleep(0.01)
        return 0.02

    def close(self) -> None:
        self.log.append("close")


class Bench:
    def __init__(self, capacity: int = 4) -> None:
        self.log: list[str] = []
        self.faults: list[Exception] = []
        self.hang = threading.Event()
        self.worker: Worker[Tape] = Worker(
            "tape", lambda: Tape(self.log, self.faults, self.hang), capacity=capacity, patience=QUICK
        )


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.hang.clear()
    bench.worker.stop()


def until(condition, within: float = 2.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def test_jobs_run_in_the_owner_thread_and_give_their_result(bench):
    bench.worker.start()
    thread = bench.worker.submit(lambda tape: (threading.get_ident(), tape.thread)).result(1)
    assert thread[0] == thread[1] != threading.get_ident()


def test_a_refusal_is_the_askers_and_no_crash(bench):
    bench.worker.start()

    def refuse(tape: Tape) -> None:
        raise DeviceRefused("no")

    with pytest.raises(DeviceRefused):
        bench.worker.submit(refuse).result(1)
    assert bench.worker.submit(lambda tape: 7).result(1) == 7
    assert bench.log == ["open"]


def test_a_crash_in_a_job_reaches_the_asker_and_reopens_the_device(bench):
    bench.worker.start()

    def crash(tape: Tape) -> None:
        raise ZeroDivisionError("driver bug")

    with pytest.raises(ZeroDivisionError):
        bench.worker.submit(crash).result(1)
    until(lambda: bench.log == ["open", "close", "open"])


def test_a_crash_in_a_step_reopens_the_device_and_is_told(bench):
    bench.worker.start()
    until(lambda: bench.worker.status().state is DeviceState.READY)
    bench.faults.append(OSError("cable out"))
    until(lambda: bench.worker.failures == 1)
    until(lambda: bench.worker.status().state is DeviceState.READY)
    assert bench.log == ["open", "close", "open"]
    assert bench.worker.failures == 1
    until(lambda: bench.worker.failures == 0)


def test_status_tells_the_last_error_and_the_way_out_while_it_fails(bench):
    bench.faults.extend(OSError("cable out") for _ in range(50))
    bench.worker.start()
    until(lambda: bench.worker.failures >= 3)
    status = bench.worker.status("plug it in")
    assert (status.state, status.detail, status.advice) == (DeviceState.FAILING, "cable out", "plug it in")


def test_pauses_grow_between_failures(bench):
    bench.faults.extend(OSError("cable out") for _ in range(100))
    bench.worker.start()
    time.sleep(0.6)
    # 0.02 + 0.04 + 0.08 + 0.1 + 0.1 ...: about eight openings, not thirty.
    assert 4 <= bench.log.count("open") <= 12


def test_busy_is_an_answer():
    bench = Bench(capacity=2)
    bench.worker.start()
    hold = threading.Event()
    begun = threading.Event()

    def slow(tape: Tape) -> None:
        begun.set()
        hold.wait(0.15)

    first = bench.worker.submit(slow)
    assert begun.wait(1)
    waiting = [bench.worker.submit(lambda tape: None) for _ in range(2)]
    with pytest.raises(DeviceBusy):
        bench.worker.submit(lambda tape: None)
    hold.set()
    for future in (first, *waiting):
        future.result(1)
    bench.worker.stop()


def test_a_job_that_comes_too_late_is_not_run(bench):
    bench.worker.start()
    ran: list[int] = []
    bench.worker.submit(lambda tape: time.sleep(0.1))
    late = bench.worker.submit(lambda tape: ran.append(1), deadline=0.02)
    with pytest.raises(DeviceTimeout):
        late.result(1)
    assert ran == []


def test_a_cancelled_job_is_skipped(bench):
    bench.worker.start()
    ran: list[int] = []
    bench.worker.submit(lambda tape: time.sleep(0.05))
    cancelled = bench.worker.submit(lambda tape: ran.append(1))
    assert cancelled.cancel()
    bench.worker.submit(lambda tape: None).result(1)
    assert ran == []


def test_a_hung_device_is_left_and_opened_anew(bench):
    bench.worker.start()
    until(lambda: bench.worker.status().state is DeviceState.READY)
    bench.hang.set()
    time.sleep(0.05)
    pending = bench.worker.submit(lambda tape: 1, deadline=5)
    until(lambda: bench.worker.status().state is DeviceState.FAILING, within=1)
    assert "not answered" in bench.worker.status().detail
    with pytest.raises(DeviceTimeout):
        pending.result(0)
    bench.hang.clear()
    until(lambda: bench.worker.status().state is DeviceState.READY)
    assert bench.log.count("open") == 2
    until(lambda: bench.log.count("close") == 1)  # by the thread that was left, once it came back


def test_threads_left_behind_are_bounded(bench):
    bench.worker.start()
    bench.hang.set()
    until(lambda: bench.worker.status().advice.startswith("Restart"), within=4)
    time.sleep(0.5)
    bench.worker.watch()
    assert bench.log.count("open") == Worker.MOST_ABANDONED
    assert bench.worker.hopeless


def test_stop_fails_what_waits_and_returns_soon(bench):
    bench.worker.start()
    bench.worker.submit(lambda tape: time.sleep(0.1))
    waiting = bench.worker.submit(lambda tape: None)
    started = time.monotonic()
    bench.worker.stop()
    assert time.monotonic() - started < 0.5
    with pytest.raises(DeviceUnavailable):
        waiting.result(0)
    with pytest.raises(DeviceUnavailable):
        bench.worker.submit(lambda tape: None)
    assert bench.log == ["open", "close"]
    assert bench.worker.status().state is DeviceState.STOPPED


def test_stop_does_not_wait_for_a_hung_device(bench):
    bench.worker.start()
    bench.hang.set()
    time.sleep(0.05)
    started = time.monotonic()
    bench.worker.stop()
    assert time.monotonic() - started < 1.0


def test_wake_is_never_lost(bench):
    steps: list[float] = []

    class Slow(Tape):
        def step(self) -> float:
            steps.append(time.monotonic())
            return 30.0

    worker: Worker[Tape] = Worker("slow", lambda: Slow(bench.log, [], bench.hang), patience=QUICK)
    worker.start()
    for expected in range(1, 20):
        until(lambda n=expected: len(steps) >= n)
        worker.wake()
    worker.stop()


def test_a_wake_during_a_step_is_not_lost(bench):
    steps: list[float] = []
    inside = threading.Event()

    class Slow(Tape):
        def step(self) -> float:
            steps.append(time.monotonic())
            inside.set()
            time.sleep(0.05)
            return 30.0

    worker: Worker[Tape] = Worker("slow", lambda: Slow(bench.log, [], bench.hang), patience=QUICK)
    worker.start()
    assert inside.wait(1)
    worker.wake()
    until(lambda: len(steps) == 2, within=1)
    worker.stop()


def test_starts_again_after_a_stop(bench):
    for _ in range(3):
        bench.worker.start()
        bench.worker.start()
        assert bench.worker.submit(lambda tape: 1).result(1) == 1
        bench.worker.stop()
        bench.worker.stop()
    assert bench.log == ["open", "close"] * 3
