"""A worker at rest hears of what another did at once, and misses nothing that happened while it was busy."""

from __future__ import annotations

import threading
import time

from appliance.outbox.bell import Bell

PATIENCE = 30.0


def test_a_ring_ends_a_wait() -> None:
    bell, done = Bell(), threading.Event()
    wait = bell.listener()
    threading.Thread(target=lambda: (wait(PATIENCE), done.set()), daemon=True).start()
    while not done.wait(0.01):
        bell.ring()


def test_a_ring_while_nobody_waits_is_heard_once_by_everybody() -> None:
    bell = Bell()
    waits = [bell.listener(), bell.listener()]
    bell.ring()
    begun = time.monotonic()
    for wait in waits:
        wait(PATIENCE)
    assert time.monotonic() - begun < PATIENCE / 2
    begun = time.monotonic()
    waits[0](0.05)
    assert time.monotonic() - begun >= 0.05, "the ring before was heard already"
