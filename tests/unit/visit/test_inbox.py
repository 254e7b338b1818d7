from __future__ import annotations

import threading

from appliance.visit.inbox import CAPACITY, Inbox


def test_jobs_run_in_order_and_a_failing_one_does_not_end_the_thread() -> None:
    inbox, done, finished = Inbox("test"), [], threading.Event()
    inbox.start()
    inbox.put(lambda: done.append(1))
    inbox.put(lambda: 1 / 0)
    inbox.put(lambda: done.append(2))
    inbox.put(finished.set)
    assert finished.wait(5)
    inbox.stop()
    assert done == [1, 2]


def test_a_full_inbox_refuses_instead_of_growing() -> None:
    inbox, gate, entered = Inbox("test"), threading.Event(), threading.Event()
    inbox.start()

    def block() -> None:
        entered.set()
        gate.wait(5)

    inbox.put(block)
    assert entered.wait(5)
    taken = [inbox.put(lambda: None) for _ in range(CAPACITY + 3)]
    assert taken == [True] * CAPACITY + [False] * 3
    gate.set()
    inbox.stop()


def test_stopping_a_full_inbox_ends_it_and_starting_again_works() -> None:
    inbox, gate, entered = Inbox("test"), threading.Event(), threading.Event()
    inbox.start()

    def block() -> None:
        entered.set()
        gate.wait(5)

    inbox.put(block)
    assert entered.wait(5)
    for _ in range(CAPACITY):
        inbox.put(lambda: None)
    threading.Timer(0.05, gate.set).start()
    inbox.stop()
    again = threading.Event()
    inbox.start()
    inbox.put(again.set)
    assert again.wait(5)
    inbox.stop()
