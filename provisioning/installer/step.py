"""One thing to be done to a machine: it knows whether it is done, does it, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioning.installer.context import Context


def _nothing(context: Context) -> None:
    del context


@dataclass(frozen=True, slots=True)
class Step:
    """`title` may name what it finds here; `undo` is called in reverse order by an uninstallation."""

    name: str
    title: Callable[[Context], str]
    done: Callable[[Context], bool]
    do: Callable[[Context], None]
    undo: Callable[[Context], None] = _nothing
    wanted: Callable[[Context], bool] = lambda context: True
