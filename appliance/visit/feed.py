"""The newest live picture with the judgement that belongs to that very frame; readers pull, nobody is queued for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import cv2

from appliance.portrait.pipeline import LiveView
from firmware.ports import Frame

PREVIEW_QUALITY = 70  # JPEG; about 25 KB at 640x480, which a tablet's Wi-Fi carries 30 times a second


@dataclass(frozen=True, slots=True)
class LivePicture:
    """A preview frame and, while framing, what the judge saw in it."""

    frame: Frame
    view: LiveView | None


class LiveFeed:
    """Holds one picture; `publish` replaces it and wakes who waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: LivePicture | None = None
        self._encoded: tuple[LivePicture, bytes] | None = None
        self._closed = False
        self._listeners: list[Callable[[], None]] = []

    def publish(self, picture: LivePicture) -> None:
        """Replace the newest picture."""
        with self._changed:
            self._newest = picture
            self._changed.notify_all()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each picture (it must return at once); returns what ends that."""
        with self._changed:
            self._listeners.append(listener)

        def leave() -> None:
            with self._changed:
                self._listeners.remove(listener)

        return leave

    def close(self) -> None:
        """Wake everybody; from now on `newer` returns at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    @property
    def closed(self) -> bool:
        """Whether no picture will come any more."""
        return self._closed

    def newest(self) -> LivePicture | None:
        """What there is now."""
        with self._changed:
            return self._newest

    def newer(self, after: int, timeout: float) -> LivePicture | None:
        """The first picture that is not frame `after`; `None` after `timeout` seconds or when the feed is closed.

        Not the same as "with a greater sequence": a restarted camera counts from zero again.
        """

        def ready() -> bool:
            return self._closed or (self._newest is not None and self._newest.frame.sequence != after)

        with self._changed:
            self._changed.wait_for(ready, timeout)
            return self._newest if ready() and not self._closed else None

    def jpeg(self, picture: LivePicture) -> bytes:
        """The picture encoded; once for all readers of the same frame."""
        with self._changed:
            if self._encoded is not None and self._encoded[0] is picture:
                return self._encoded[1]
        done, data = cv2.imencode(".jpg", picture.frame.pixels, [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_QUALITY])
        if not done:
            msg = f"preview frame of shape {picture.frame.pixels.shape} could not be encoded"
            raise RuntimeError(msg)
        encoded = data.tobytes()
        with self._changed:
            self._encoded = (picture, encoded)
        return encoded
