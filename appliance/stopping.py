"""Ending many things in the time of the slowest: each is asked at once, in a thread of its own, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import structlog

log = structlog.get_logger(__name__)


def stop_together(stops: Iterable[Callable[[], None]]) -> None:
    """Call every one; one that fails is reported, and keeps no other on. Returns when all have ended."""
    threads = [threading.Thread(target=_reported, args=(stop,), name="stopping", daemon=True) for stop in stops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _reported(stop: Callable[[], None]) -> None:
    try:
        stop()
    except Exception:  # at the end of everything: what is said here is all that can be done
        log.exception("stop.failed", part=getattr(stop, "__qualname__", repr(stop)))
