"""A USB foot switch that types a key, through evdev, grabbed so that the key is not typed into the page as well."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable

from firmware.ports import DeviceFault, DeviceStatus, DeviceUnavailable, TriggerEvent
from firmware.scanner.finding import typing_switch
from firmware.scanner.hid import DOWN, KEY_EVENTS, UP, Keys, open_keys
from firmware.trigger.debounce import Debounce
from firmware.worker import Worker

SAMPLE = 0.02  # seconds; a keyboard debounces its own contacts


class _Pedal:
    """The grabbed device, in the trigger's owner thread; any of its keys is the pedal."""

    def __init__(self, trigger: KeyTrigger, path: str, opener: Callable[[str], Keys], long_press_s: float) -> None:
        self._trigger = trigger
        self._path = path
        self._opener = opener
        self._debounce = Debounce(steady_s=0.0, long_press_s=long_press_s)
        self._held: set[int] = set()
        self._keys: Keys | None = None

    def open(self) -> None:
        path = typing_switch(self._path)
        self._keys = self._opener(path)
        try:
            self._keys.grab()
        except OSError as error:
            raise DeviceUnavailable(
                f"foot switch {path} is held by another program: {error}", DeviceFault.IN_USE
            ) from error

    def step(self) -> float:
        keys = self._keys
        if keys is None:
            raise DeviceUnavailable("foot switch is not open")
        try:
            ready, _, _ = select.select([keys.fileno()], [], [], SAMPLE)
            for event in keys.read() if ready else ():
                if event.type == KEY_EVENTS and event.value in (UP, DOWN):
                    (self._held.add if event.value == DOWN else self._held.discard)(event.code)
                    self._sample()
        except BlockingIOError:  # nothing after all
            return 0.0
        except (OSError, ValueError) as error:
            raise DeviceUnavailable(f"foot switch was unplugged: {error}") from error
        self._sample()
        return 0.0

    def close(self) -> None:
        keys, self._keys = self._keys, None
        if keys is not None:
            try:
                keys.ungrab()
            finally:
                keys.close()

    def _sample(self) -> None:
        for _ in range(2):  # the first sees the change, the second accepts it: nothing bounces here
            event = self._debounce.sample(bool(self._held), time.monotonic())
            if event is not None:
                self._trigger.tell(event)


class KeyTrigger:
    """A `Trigger` on an input device, such as `/dev/input/by-id/usb-...FootSwitch-event-kbd`, or "auto"."""

    def __init__(
        self,
        path: str = "auto",
        long_press_s: float = 1.5,
        opener: Callable[[str], Keys] = open_keys,
        name: str = "trigger",
    ) -> None:
        self._lock = threading.RLock()
        self._listener: Callable[[TriggerEvent], None] | None = None
        self._worker: Worker[_Pedal] = Worker(name, lambda: _Pedal(self, path, opener, long_press_s))

    def start(self, listener: Callable[[TriggerEvent], None]) -> None:
        """Begin to listen. Raises `DeviceUnavailable` when the switch cannot be had now; it goes on trying."""
        with self._lock:
            if self._listener is None:
                self._listener = listener
        self._worker.start()
        self._worker.wait_open(2.0)

    def stop(self) -> None:
        """Stop; no call to the listener happens after this returns."""
        with self._lock:
            self._listener = None
        self._worker.stop()

    def status(self) -> DeviceStatus:
        """See `firmware.ports.Trigger`."""
        return self._worker.status("Plug the foot switch in again; the station takes it back by itself.")

    def tell(self, event: TriggerEvent) -> None:
        """A press was recognised. Called by the owner thread."""
        with self._lock:
            if self._listener is not None:
                self._listener(event)
