"""Scanners made of nothing but a pseudo terminal or a pipe: what sends on the other end is played here."""

from __future__ import annotations

import binascii
import contextlib
import os
import pty
import termios
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SPEEDS = {
    9600: termios.B9600,
    115200: termios.B115200,
    57600: termios.B57600,
    38400: termios.B38400,
    19200: termios.B19200,
}


class FakeGm65:
    """A GM65 on a pty: answers commands at its own speed only, repeats the code that is held before it."""

    def __init__(self, baud: int = 9600, speaks: bool = True) -> None:
        self.master, self._slave = pty.openpty()
        self.path = os.ttyname(self._slave)
        self.commands: list[bytes] = []
        self.mode = 0b11010100
        self._baud = baud
        self._speaks = speaks
        self._held: str | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def hold(self, payload: str) -> None:
        self._held = payload

    def take_away(self) -> None:
        self._held = None

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def unplug(self) -> None:
        """The terminal hangs up."""
        self._end.set()
        self._thread.join()
        for end in (self._slave, self.master):
            with contextlib.suppress(OSError):
                os.close(end)

    def _play(self) -> None:
        os.set_blocking(self.master, False)
        received = b""
        shown_at = 0.0
        while not self._end.wait(0.005):
            with contextlib.suppress(BlockingIOError, OSError):
                received += os.read(self.master, 4096)
            received = self._obey(received)
            if self._held is not None and time.monotonic() - shown_at > 0.1:
                shown_at = time.monotonic()
                self.send(self._held.encode() + b"\r\n")

    def _obey(self, received: bytes) -> bytes:
        if termios.tcgetattr(self.master)[4] != SPEEDS[self._baud]:
            return b""  # at another speed it hears noise
        start = received.find(b"\x7e\x00")
        if start < 0 or len(received) < start + 9:
            return received
        command, rest = received[start : start + 9], received[start + 9 :]
        if binascii.crc_hqx(command[2:7], 0).to_bytes(2, "big") != command[7:]:
            return rest
        self.commands.append(command)
        if self._speaks:
            self.send(self._answer(command))
        return rest

    def _answer(self, command: bytes) -> bytes:
        kind, zone = command[2], command[4:6]
        data = b"\x00"
        if kind == 0x08 and zone == b"\x00\x00":
            self.mode = command[6]
        elif kind == 0x07:
            data = bytes((self.mode,)) if zone == b"\x00\x00" else b"\x39\x01"
        body = bytes((0, len(data))) + data
        return b"\x02\x00" + body + binascii.crc_hqx(body, 0).to_bytes(2, "big")


# Key codes of Linux's input-event-codes.h on a US keyboard, written down apart from the product's own table.
PLAIN = {char: 2 + place for place, char in enumerate("1234567890-=")}
PLAIN |= {char: 16 + place for place, char in enumerate("qwertyuiop[]")}
PLAIN |= {char: 30 + place for place, char in enumerate("asdfghjkl;'`")}
PLAIN |= {char: 43 + place for place, char in enumerate("\\zxcvbnm,./")}
PLAIN[" "] = 57
SHIFTED = dict(zip("!@#$%^&*()_+:?", "1234567890-=;/", strict=True)) | {
    c.upper(): c for c in "abcdefghijklmnopqrstuvwxyz"
}


@dataclass
class Stroke:
    """A key event."""

    code: int
    value: int
    at: float
    type: int = 1

    def timestamp(self) -> float:
        return self.at


class FakeKeys:
    """An evdev device on a pipe; types the code that is held before it, again and again, on a US keyboard."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self.plugged = True
        self.grabbed = self.taken = False
        self._lock = threading.Lock()
        self._waiting: list[Stroke] = []
        self._held: str | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def open(self, path: str) -> FakeKeys:
        return self

    def hold(self, payload: str) -> None:
        self._held = payload

    def take_away(self) -> None:
        self._held = None

    def type(self, strokes: Iterable[Stroke]) -> None:
        with self._lock:
            self._waiting += strokes
        os.write(self._write, b"!")

    def strokes(self, text: str, end: int = 28) -> Iterator[Stroke]:
        now = time.monotonic()
        for char in text:
            shifted = char in SHIFTED
            code = PLAIN[SHIFTED.get(char, char)]
            if shifted:
                yield Stroke(42, 1, now)
            yield Stroke(code, 1, now)
            yield Stroke(code, 0, now)
            if shifted:
                yield Stroke(42, 0, now)
        yield Stroke(end, 1, now)
        yield Stroke(end, 0, now)

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def fileno(self) -> int:
        return self._read

    def grab(self) -> None:
        if self.taken:
            raise OSError(16, "Device or resource busy")
        self.grabbed = True

    def ungrab(self) -> None:
        self.grabbed = False

    def read(self) -> list[Stroke]:
        os.read(self._read, 1)
        if not self.plugged:
            raise OSError(19, "No such device")
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        """The pipe stays for the next opening."""

    def _play(self) -> None:
        while not self._end.wait(0.1):
            if self._held is not None:
                self.type(self.strokes(self._held))
