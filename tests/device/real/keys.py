"""A keyboard of the kernel's (uinput) that types the code which is held before it, as a USB scanner does."""

from __future__ import annotations

import threading
import time
from typing import Any

import evdev
from evdev import ecodes
from scanner_fakes import PLAIN, SHIFTED

ENTER, SHIFT = ecodes.KEY_ENTER, ecodes.KEY_LEFTSHIFT
AGAIN_S = 0.1
STROKE_S = 0.002  # full-speed USB reports every millisecond, scanners leave one between keys


class RealKeys:
    """`path` is the input device that others open."""

    def __init__(self) -> None:
        self._device: Any = evdev.UInput({ecodes.EV_KEY: list(range(1, 120))}, name="simulated scanner")
        self.path: str = self._device.device.path
        self._held: str | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def hold(self, payload: str) -> None:
        """Type `payload` again and again."""
        self._held = payload

    def take_away(self) -> None:
        """Type nothing more."""
        self._held = None

    def key(self, code: int, down: bool) -> None:
        """One key."""
        self._device.write(ecodes.EV_KEY, code, int(down))
        self._device.syn()

    def stop(self) -> None:
        """Unplug it."""
        self._end.set()
        self._thread.join()
        self._device.close()

    def _play(self) -> None:
        while not self._end.wait(AGAIN_S):
            held = self._held
            if held is not None:
                for letter in held:
                    self._type(letter)
                self._press(ENTER)

    def _type(self, letter: str) -> None:
        if letter in PLAIN:
            self._press(PLAIN[letter])
            return
        self.key(SHIFT, down=True)
        self._press(PLAIN[SHIFTED[letter]])
        self.key(SHIFT, down=False)

    def _press(self, code: int) -> None:
        time.sleep(STROKE_S)
        self.key(code, down=True)
        self.key(code, down=False)
