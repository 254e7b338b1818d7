"""Reads cards in a child process that is started when first needed and ended after a rest, so that its memory is given back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
import structlog

from appliance.visit.errors import UnreadableCard
from appliance.visit.id_card.child import LONGEST_SIDE, receive, send
from appliance.visit.id_card.text import Line
from appliance.visit.pictures import jpeg_of
from firmware.ports import Pixels

log = structlog.get_logger(__name__)

PATIENCE_S = 40.0  # a Pi loads the networks in 6 s and reads a card in about 5
REST_S = 90.0  # without a card, after which the process ends; a queue of students keeps it warm
_QUALITY = 92


class TextReader(Protocol):
    """Finds texts in a picture."""

    def read(self, pixels: Pixels) -> Sequence[Line]:
        """Every text in a picture (H, W, 3), uint8, BGR. Raises `UnreadableCard` when there is no reader or no time."""
        ...


class ChildReader:
    """One child at a time; whoever comes second waits. A child that hangs or dies costs one reading."""

    def __init__(
        self, command: Sequence[str] | None = None, patience_s: float = PATIENCE_S, rest_s: float = REST_S
    ) -> None:
        self._command = list(command or (sys.executable, "-m", "appliance.visit.id_card.child"))
        self._patience_s, self._rest_s = patience_s, rest_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._resting: threading.Timer | None = None

    def read(self, pixels: Pixels) -> Sequence[Line]:
        """Every text in the picture, which is reduced to what digits need."""
        data = jpeg_of(_reduced(pixels), _QUALITY)
        with self._lock:
            if self._resting is not None:
                self._resting.cancel()
            answer = self._ask(data)
            self._resting = threading.Timer(self._rest_s, self.close)
            self._resting.daemon = True
            self._resting.start()
        if answer is None:
            raise UnreadableCard(
                "身份证识别没有响应，请再拍一次；仍不行请由老师核对身份",
                "the card reader gave no answer: photograph it once more, or have a teacher check the identity",
            )
        return [Line(text, (x, y)) for text, x, y in json.loads(answer)]

    @property
    def running(self) -> bool:
        """Whether the child lives."""
        return self._child is not None and self._child.poll() is None

    def close(self) -> None:
        """End the child; the next picture starts another."""
        with self._lock:
            if self._resting is not None:
                self._resting.cancel()
            self._end()

    def _ask(self, data: bytes) -> bytes | None:
        if not self.running:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            return None
        limit = threading.Timer(self._patience_s, child.kill)
        limit.daemon = True
        limit.start()
        try:
            send(child.stdin, data)
            answer = receive(child.stdout)
        except OSError:
            answer = None
        finally:
            limit.cancel()
        if answer is None:
            log.warning("id_card.reader_failed", exit_code=child.poll())
            self._end()
        return answer

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait(5)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    log.debug("id_card.pipe_closed")


def _reduced(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
