"""A small TCP proxy that breaks connections in chosen ways, between a station and its platform.

A `Fault` strikes one connection, in one direction, after so many bytes have passed. Which connection gets which fault is
decided by a plan, so that a seeded plan can be replayed.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_CHUNK = 16 * 1024
_STALL_S = 60.0


class Break(StrEnum):
    """What happens to a connection."""

    REFUSE = "refuse"  # closed at once
    DROP = "drop"  # closed in good order, in the middle of something
    RESET = "reset"  # RST
    STALL = "stall"  # nothing more passes, nothing is closed
    CORRUPT = "corrupt"  # one bit differs
    SWALLOW = "swallow"  # everything sent arrives, the answer never does
    DELAY = "delay"
    LIMIT = "limit"  # from there on slowly


@dataclass(frozen=True, slots=True)
class Fault:
    """What strikes a connection: `to_platform` says in which direction, `after` how many bytes of it pass before."""

    what: Break
    to_platform: bool = True
    after: int = 0
    seconds: float = 0.05
    bytes_per_s: int = 500_000  # of LIMIT


Plan = Callable[[int], Fault | None]


def no_faults(_: int) -> Fault | None:
    return None


class ChaosProxy:
    """Listens on an ephemeral port; `plan` is asked for each connection, counted from 0, and may be replaced any time.

    `up_bytes_per_s` is what all connections together may send towards the platform: a link, not a fault.
    """

    def __init__(self, target: tuple[str, int], plan: Plan = no_faults, *, up_bytes_per_s: int | None = None) -> None:
        self._up_bytes_per_s = up_bytes_per_s
        self._free_at = 0.0
        self.target = target
        self.plan = plan
        self.connections = 0
        self.struck = 0
        self.passed_up = 0  # bytes that came from stations
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="chaos-proxy", daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> ChaosProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for end in list(self._open):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            fault = self.plan(self.connections)
            self.connections += 1
            threading.Thread(target=self._serve, args=(near, fault), daemon=True).start()

    def _serve(self, near: socket.socket, fault: Fault | None) -> None:
        if fault is not None and fault.what is Break.REFUSE:
            self.struck += 1
            near.close()
            return
        try:
            far = socket.create_connection(self.target, timeout=5)
        except OSError:
            near.close()
            return
        with self._lock:
            self._open |= {near, far}
        for end in (near, far):
            end.settimeout(None)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        up = fault if fault is not None and fault.to_platform else None
        down = fault if fault is not None and not fault.to_platform else None
        back = threading.Thread(target=self._pump, args=(far, near, down), kwargs={"upward": False}, daemon=True)
        back.start()
        self._pump(near, far, up, upward=True)
        back.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()

    def _pump(self, source: socket.socket, sink: socket.socket, fault: Fault | None, *, upward: bool) -> None:
        with contextlib.suppress(OSError):
            passed = 0
            for data in _pieces(source):
                if upward:
                    self.passed_up += len(data)
                    self._take_turn(len(data))
                if fault is not None and fault.what is Break.LIMIT and passed + len(data) > fault.after:
                    self.struck += passed <= fault.after
                    time.sleep(len(data) / fault.bytes_per_s)
                    sink.sendall(data)
                elif fault is not None and passed + len(data) > fault.after:
                    if not self._strike(fault, source, sink, data, passed):
                        return
                    fault = None
                else:
                    sink.sendall(data)
                passed += len(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _take_turn(self, count: int) -> None:
        if self._up_bytes_per_s is None:
            return
        with self._lock:
            begin = max(self._free_at, time.monotonic())
            self._free_at = begin + count / self._up_bytes_per_s
        time.sleep(max(0.0, self._free_at - time.monotonic()))

    def _strike(self, fault: Fault, source: socket.socket, sink: socket.socket, data: bytes, passed: int) -> bool:
        """Apply a fault to `data`; whether the connection goes on."""
        self.struck += 1
        keep = fault.after - passed
        match fault.what:
            case Break.CORRUPT:
                sink.sendall(data[:keep] + bytes([data[keep] ^ 0x10]) + data[keep + 1 :])
                return True
            case Break.DELAY:
                time.sleep(fault.seconds)
                sink.sendall(data)
                return True
            case Break.STALL:
                sink.sendall(data[:keep])
                self._closed.wait(_STALL_S)
            case Break.RESET:
                sink.sendall(data[:keep])
                for end in (source, sink):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case Break.SWALLOW:
                pass
            case _:
                sink.sendall(data[:keep])
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        return False


def _pieces(source: socket.socket) -> Iterator[bytes]:
    while data := source.recv(_CHUNK):
        yield data
