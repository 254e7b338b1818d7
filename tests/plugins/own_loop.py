"""Coroutines of a test in an event loop of their own: the browser of other tests keeps one running in the main thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, or what it raised."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
