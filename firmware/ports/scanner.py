"""What a reader of capture codes promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from firmware.ports.frames import Frame
from firmware.ports.status import DeviceStatus


@dataclass(frozen=True, slots=True)
class CodeScan:
    """A code that a scanner read, or saw without being able to read it (`payload is None`)."""

    payload: str | None
    scanner: str
    scanned_at: float


@runtime_checkable
class CodeScanner(Protocol):
    """A reader of capture codes. One code held up is one scan, however often it is seen."""

    def start(self, listener: Callable[[CodeScan], None]) -> None:
        """Begin to read; each scan goes to `listener`. Raises `DeviceUnavailable`."""
        ...

    def stop(self) -> None:
        """Stop reading; no call to the listener happens after this returns."""
        ...

    def forget(self) -> None:
        """Treat the next sight of any code as a new scan (a new visit begins)."""
        ...

    def status(self) -> DeviceStatus:
        """How the scanner is doing now; never blocks."""
        ...


@runtime_checkable
class FrameScanner(CodeScanner, Protocol):
    """A scanner that reads codes in camera frames offered to it."""

    def offer(self, frame: Frame) -> None:
        """Look at `frame` when there is time for it; returns at once, keeps at most the newest frame."""
        ...
