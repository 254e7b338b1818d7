"""A bar over things that are worked through one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


def counted(what: str, total: int, items: Iterable[Item]) -> Iterator[Item]:
    """`items`, with a bar on standard error that counts them to `total`; none for a single one."""
    with counting(what, total) as advance:
        for item in items:
            yield item
            advance()


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """The same where something else goes through them: what is given counts one more."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=total <= 1) as progress:
        bar = progress.add_task("", total=total)
        yield lambda: progress.advance(bar)
