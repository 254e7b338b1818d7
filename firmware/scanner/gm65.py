"""The language of GM65 scanners and their kin (GM60, GM805, GM812): frames, checksums, and payload lines between them.

A command is `7E 00 type length address(2) data... crc(2)`, an answer `02 00 state length data... crc(2)`; the
checksum is CRC-16/XMODEM over everything between the two head bytes and itself (manufacturer's manual, chapter
"serial instructions"). Payloads come as lines ended by carriage return or line feed, in between.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass

HEAD, ANSWER_HEAD = b"\x7e\x00", b"\x02\x00"
READ, WRITE = 0x07, 0x08
MODE_ZONE = 0x0000  # bits 0 and 1: how it is set off; the others are its lights and its beep
MODE_BITS, ON_SIGHT = 0b11, 0b11  # "induction": it scans when something comes before it
TRIGGER_ZONE = 0x0002  # bit 0: scan now
BAUD_ZONE = 0x002A  # two bytes: the divisor, low byte first
UNCHECKED = b"\xab\xcd"  # in place of a checksum: "do not check"
LONGEST_LINE = 4096  # bytes; the longest QR code holds 2953
SHORTEST_PAYLOAD = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scanner answers to a command; `state` 0 is success."""

    state: int
    data: bytes


def checksum(body: bytes) -> bytes:
    """CRC-16/XMODEM, high byte first."""
    return binascii.crc_hqx(body, 0).to_bytes(2, "big")


def command(kind: int, zone: int, data: bytes) -> bytes:
    """A command with its checksum; `kind` is READ (`data`: how many bytes) or WRITE."""
    body = bytes((kind, 1 if kind == READ else len(data))) + zone.to_bytes(2, "big") + data
    return HEAD + body + checksum(body)


SCAN_NOW = command(WRITE, TRIGGER_ZONE, b"\x01")
ASK_BAUD = command(READ, BAUD_ZONE, b"\x02")
ASK_MODE = command(READ, MODE_ZONE, b"\x01")


def scan_on_sight(mode: int) -> bytes:
    """The command that has a scanner in `mode` (its mode zone) scan on sight; not saved, so a power cycle undoes it."""
    return command(WRITE, MODE_ZONE, bytes((mode & ~MODE_BITS | ON_SIGHT,)))


class LineParser:
    """Takes bytes as they come, gives payloads and answers; whatever is neither is dropped, and memory stays bounded."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> Iterator[str | Answer]:
        """Everything that became whole by `data`: payload text, or answers."""
        self._buffer += data
        while self._buffer:
            if self._buffer.startswith(ANSWER_HEAD[:1]):
                found = self._answer()
                if found is None:
                    return
                if isinstance(found, Answer):
                    yield found
                continue
            end = min((place for place in map(self._buffer.find, (b"\r", b"\n")) if place >= 0), default=-1)
            if end < 0:
                if len(self._buffer) > LONGEST_LINE:
                    self._buffer.clear()
                    self._overlong = True
                return
            line, self._buffer = bytes(self._buffer[:end]), self._buffer[end + 1 :]
            overlong, self._overlong = self._overlong, False
            payload = None if overlong or len(line) > LONGEST_LINE else payload_of(line)
            if payload is not None:
                yield payload

    def reset(self) -> None:
        """Forget a line that was begun: the cable was pulled."""
        self._buffer.clear()
        self._overlong = False

    def _answer(self) -> Answer | bool | None:
        """An answer at the head of the buffer; None while it is incomplete, False when it was no answer after all."""
        buffer = self._buffer
        if len(buffer) < 2 or (len(buffer) < 4 and buffer.startswith(ANSWER_HEAD)):
            return None
        if buffer.startswith(ANSWER_HEAD):
            length = 4 + buffer[3] + 2
            if len(buffer) < length:
                return None
            frame = bytes(buffer[:length])
            if checksum(frame[2:-2]) == frame[-2:] or frame.endswith(UNCHECKED):
                del buffer[:length]
                return Answer(state=frame[2], data=frame[4:-2])
        del buffer[:1]  # noise that looked like a head
        return False


def payload_of(line: bytes) -> str | None:
    """A line as text, None when it is noise: not UTF-8 (nor GB 18030), or with control characters in it."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = line.decode(encoding).strip()
        except UnicodeDecodeError:
            continue
        return text if len(text) >= SHORTEST_PAYLOAD and text.isprintable() else None
    return None
