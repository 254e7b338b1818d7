"""Scanners on a serial line (GM65 and its kin, or any that types lines), through pyserial.

The speed is found by asking at each usual one; a scanner that does not answer questions is listened to at the first.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from typing import Any, Protocol

from firmware.claim import fault_of
from firmware.ports import CodeScan, DeviceFault, DeviceStatus, DeviceTimeout, DeviceUnavailable
from firmware.scanner.gm65 import ASK_BAUD, ASK_MODE, SCAN_NOW, Answer, LineParser, scan_on_sight
from firmware.scanner.sightings import GONE_AFTER
from firmware.scanner.teller import ScanTeller
from firmware.worker import Worker

BAUDS = (9600, 115200, 57600, 38400, 19200)  # the factory's first
ANSWERS_WITHIN = 0.25  # seconds
READ_FOR = 0.1  # seconds a read waits for the first byte
MOST_AT_ONCE = 4096  # bytes
ADVICE = "Check the scanner's cable; the station takes it back by itself. If it never reads, scan its 'serial output' set-up code."


class Line(Protocol):
    """What is used of `serial.Serial`."""

    baudrate: int

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once."""
        ...

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes, fewer after the timeout."""
        ...

    def write(self, data: bytes, /) -> int | None:
        """Write all of `data`."""
        ...

    def reset_input_buffer(self) -> None:
        """Drop what came and was not read."""
        ...

    def close(self) -> None:
        """Release the line."""
        ...


def open_line(path: str) -> Line:
    """The serial device at `path`, held exclusively. Raises `DeviceUnavailable`."""
    try:
        serial: Any = importlib.import_module("serial")  # only stations with such a scanner have it
    except ImportError as error:
        raise DeviceUnavailable(
            "serial scanner: pyserial is not installed; type: sudo apt install python3-serial",
            DeviceFault.NO_LIBRARY,
        ) from error
    try:
        line: Any = serial.Serial(path, BAUDS[0], timeout=READ_FOR, write_timeout=1.0, exclusive=True)
    except (serial.SerialException, ValueError) as error:
        raise DeviceUnavailable(f"serial scanner {path} cannot be opened: {error}", fault_of(error)) from error
    opened: Line = line
    return opened


class _Listening:
    """The open line, in the scanner's owner thread."""

    def __init__(self, path: str, opener: Callable[[str], Line], teller: ScanTeller) -> None:
        self._path = path
        self._opener = opener
        self._teller = teller
        self._parser = LineParser()
        self._line: Line | None = None

    def open(self) -> None:
        self._line = self._opener(self._path)
        for baud in BAUDS:
            self._line.baudrate = baud
            if self._ask(ASK_BAUD) is not None:
                self._have_it_scan_on_sight()
                return
        self._line.baudrate = BAUDS[0]

    def step(self) -> float:
        for payload in self._received():
            if isinstance(payload, str):
                self._teller.read(payload)
        return 0.0

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def scan_now(self) -> None:
        """Switch the scanner's light on. Raises `DeviceTimeout` when it does not answer."""
        if self._ask(SCAN_NOW) is None:
            raise DeviceTimeout(f"serial scanner {self._path} did not answer the command to scan")

    def _have_it_scan_on_sight(self) -> None:
        mode = self._ask(ASK_MODE)
        if mode is None or not mode.data or self._ask(scan_on_sight(mode.data[0])) is None:
            raise DeviceTimeout(f"serial scanner {self._path} answered first and then no more")

    def _ask(self, command: bytes) -> Answer | None:
        line = self._open_line()
        line.reset_input_buffer()
        self._parser.reset()
        line.write(command)
        end = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < end:
            for found in self._received():
                if isinstance(found, Answer):
                    return found
                self._teller.read(found)
        return None

    def _received(self) -> list[str | Answer]:
        line = self._open_line()
        try:
            first = line.read(1)
            data = first + (line.read(min(line.in_waiting, MOST_AT_ONCE)) if first else b"")
        except OSError as error:  # pyserial's errors are OSErrors
            raise DeviceUnavailable(f"serial scanner {self._path} was unplugged: {error}") from error
        return list(self._parser.feed(data))

    def _open_line(self) -> Line:
        if self._line is None:
            raise DeviceUnavailable(f"serial scanner {self._path} is not open")
        return self._line


class SerialScanner:
    """A `CodeScanner` on the serial device at `path`, such as `/dev/serial/by-id/...`."""

    def __init__(
        self,
        path: str,
        opener: Callable[[str], Line] = open_line,
        name: str = "serial scanner",
        gone_after: float = GONE_AFTER,
    ) -> None:
        self._teller = ScanTeller(name, gone_after)
        self._worker: Worker[_Listening] = Worker(name, lambda: _Listening(path, opener, self._teller))

    def start(self, listener: Callable[[CodeScan], None]) -> None:
        """Begin to read; a scanner that is not there is waited for, and `status` says so."""
        self._teller.listen(listener)
        self._worker.start()

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        self._teller.silence()
        self._worker.stop()

    def forget(self) -> None:
        """The next sight of any code is a new scan."""
        self._teller.forget()

    def trigger(self) -> None:
        """Have it scan now, for those that wait for a command. Raises `DeviceTimeout`, `DeviceUnavailable`."""
        self._worker.submit(lambda listening: listening.scan_now()).result(timeout=3.0)

    def status(self) -> DeviceStatus:
        """See `firmware.ports.CodeScanner`."""
        return self._worker.status(ADVICE)
