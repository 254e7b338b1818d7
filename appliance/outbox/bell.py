"""What one worker of the process has done may be what another waits for: it is told at once, not at its next look."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Bell:
    """Rung after each delivery, and when the process ends. Thread-safe."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0

    def ring(self) -> None:
        """Wake everybody who rests."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    def listener(self) -> Callable[[float], object]:
        """A wait of at most so many seconds for one worker: over at once when the bell rang since its last wait."""
        heard = self._count

        def wait(seconds: float) -> None:
            nonlocal heard
            with self._rung:
                self._rung.wait_for(lambda: self._count != heard, seconds)
                heard = self._count

        return wait
