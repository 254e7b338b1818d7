"""USB scanners that pretend to be keyboards, through evdev, grabbed so that nothing of a code is typed into the page."""

from __future__ import annotations

import importlib
import select
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from firmware.claim import fault_of
from firmware.ports import CodeScan, DeviceFault, DeviceStatus, DeviceUnavailable
from firmware.scanner.keyboard import Typing
from firmware.scanner.sightings import GONE_AFTER
from firmware.scanner.teller import ScanTeller
from firmware.worker import Worker

KEY_EVENTS = 1  # EV_KEY
OVERRUN = (0, 3)  # EV_SYN, SYN_DROPPED: the kernel's buffer ran over, keys are missing
UP, DOWN = 0, 1  # 2 is a repeat: a scanner holds no key
WAIT = 0.2  # seconds
ADVICE = "Plug the scanner in again; the station takes it back by itself. If it never reads, scan its 'USB keyboard' set-up code."


class KeyEvent(Protocol):
    """What is used of `evdev.InputEvent`."""

    type: int
    code: int
    value: int

    def timestamp(self) -> float:
        """Seconds."""
        ...


class Keys(Protocol):
    """What is used of `evdev.InputDevice`."""

    def fileno(self) -> int:
        """Its file descriptor."""
        ...

    def grab(self) -> None:
        """Have its events alone."""
        ...

    def ungrab(self) -> None:
        """Give them back."""
        ...

    def read(self) -> Iterable[KeyEvent]:
        """The events that wait."""
        ...

    def close(self) -> None:
        """Release it."""
        ...


def open_keys(path: str) -> Keys:
    """The input device at `path`. Raises `DeviceUnavailable`."""
    try:
        evdev: Any = importlib.import_module("evdev")  # only stations with such a scanner have it
    except ImportError as error:
        raise DeviceUnavailable(
            "USB scanner: evdev is not installed; type: sudo apt install python3-evdev", DeviceFault.NO_LIBRARY
        ) from error
    try:
        device: Any = evdev.InputDevice(path)
    except OSError as error:
        raise DeviceUnavailable(f"USB scanner {path} cannot be opened: {error}", fault_of(error)) from error
    opened: Keys = device
    return opened


class _Grabbed:
    """The grabbed device, in the scanner's owner thread."""

    def __init__(self, path: str, opener: Callable[[str], Keys], teller: ScanTeller) -> None:
        self._path = path
        self._opener = opener
        self._teller = teller
        self._typing = Typing()
        self._keys: Keys | None = None

    def open(self) -> None:
        self._keys = self._opener(self._path)
        try:
            self._keys.grab()
        except OSError as error:
            raise DeviceUnavailable(
                f"USB scanner {self._path} is held by another program: {error}", DeviceFault.IN_USE
            ) from error

    def step(self) -> float:
        keys = self._keys
        if keys is None:
            raise DeviceUnavailable(f"USB scanner {self._path} is not open")
        try:
            ready, _, _ = select.select([keys.fileno()], [], [], WAIT)
            for event in keys.read() if ready else ():
                if (event.type, event.code) == OVERRUN:
                    self._typing.torn()
                elif event.type == KEY_EVENTS and event.value in (UP, DOWN):
                    payload = self._typing.key(event.code, event.value == DOWN, event.timestamp())
                    if payload is not None:
                        self._teller.read(payload)
        except BlockingIOError:  # nothing after all
            return 0.0
        except (OSError, ValueError) as error:
            raise DeviceUnavailable(f"USB scanner {self._path} was unplugged: {error}") from error
        return 0.0

    def close(self) -> None:
        keys, self._keys = self._keys, None
        if keys is not None:
            try:
                keys.ungrab()
            finally:
                keys.close()


class HidScanner:
    """A `CodeScanner` on the input device at `path`, such as `/dev/input/by-id/...-event-kbd`."""

    def __init__(
        self,
        path: str,
        opener: Callable[[str], Keys] = open_keys,
        name: str = "USB scanner",
        gone_after: float = GONE_AFTER,
    ) -> None:
        self._teller = ScanTeller(name, gone_after)
        self._worker: Worker[_Grabbed] = Worker(name, lambda: _Grabbed(path, opener, self._teller))

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

    def status(self) -> DeviceStatus:
        """See `firmware.ports.CodeScanner`."""
        return self._worker.status(ADVICE)
