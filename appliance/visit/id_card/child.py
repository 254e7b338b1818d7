"""The reader as a process of its own: a picture in, its texts out. Its memory, 0.4 GB at most, goes when the process ends.

On standard input: 4 bytes of length (big endian), then an encoded picture. On standard output: the same with JSON,
`[[text, x, y], ...]`. Nothing is written elsewhere.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import IO, Any

import cv2
import numpy as np

LONGEST_SIDE = 1400  # pixels; a card that fills the picture has digits 40 px high then
DETECTED_SIDE = (
    960  # pixels in which lines are looked for; reading them uses the full picture, and a third of the time is saved
)
_LENGTH = struct.Struct(">I")


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Read pictures until the other side closes."""
    engine = _engine()
    while (data := receive(source)) is not None:
        send(sink, json.dumps(_texts(engine, data), ensure_ascii=False).encode())


def receive(source: IO[bytes]) -> bytes | None:
    """One message; None at the end."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = source.read(length)
    return body if len(body) == length else None


def send(sink: IO[bytes], body: bytes) -> None:
    """One message."""
    sink.write(_LENGTH.pack(len(body)) + body)
    sink.flush()


def _engine() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415 - takes a second and much memory: only here

    return RapidOCR(
        params={
            "Global.log_level": "critical",  # it would print what it reads
            "EngineConfig.onnxruntime.intra_op_num_threads": 2,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTED_SIDE,
        }
    )


def _texts(engine: Any, data: bytes) -> list[list[Any]]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    found = None if pixels is None else engine(pixels)
    if found is None or found.txts is None or found.boxes is None:
        return []
    centres = np.asarray(found.boxes, np.float64).mean(axis=1)
    return [[text, float(x), float(y)] for text, (x, y) in zip(found.txts, centres, strict=True)]


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
