"""systemd hears that the station is ready and goes on working; and hears nothing more when a piece of it stands still."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.supervision import Pulse, Supervisor, Watchdog


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """What systemd listens on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(5)
        yield line


def told(manager: socket.socket) -> dict[str, str]:
    return dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())


def supervisor(manager: socket.socket, **more: str) -> Supervisor:
    return Supervisor({"NOTIFY_SOCKET": manager.getsockname(), **more})


def test_ready_and_stopping_are_told(manager: socket.socket) -> None:
    line = supervisor(manager)
    line.ready("serving")
    assert told(manager) == {"READY": "1", "STATUS": "serving"}
    line.stopping()
    assert told(manager) == {"STOPPING": "1"}


def test_an_abstract_socket_is_reached_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0station-test-{os.getpid()}")
        line.settimeout(5)
        Supervisor({"NOTIFY_SOCKET": f"@station-test-{os.getpid()}"}).alive()
        assert told(line) == {"WATCHDOG": "1"}


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "20000000"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid())}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}, None),  # meant for another process
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdogs_period_is_read_as_systemd_gives_it(environ: dict[str, str], seconds: float | None) -> None:
    assert Supervisor(environ).watchdog_s == seconds


def test_what_stands_still_ends_the_feeding_and_is_named(
    manager: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    beats = {"camera": 100.0, "loop": 100.0}
    pulses = [Pulse(name, lambda name=name: beats[name], 10.0) for name in beats]
    watchdog = Watchdog(supervisor(manager), pulses, lambda: now[0])
    assert watchdog.look() == ()
    assert told(manager) == {"WATCHDOG": "1"}
    now[0], beats["loop"] = 111.0, 111.0
    assert watchdog.look() == ("camera",)
    assert told(manager) == {"STATUS": "standing still: camera"}
    assert "standing still: camera" in caplog.text
    manager.settimeout(0.05)
    with pytest.raises(TimeoutError):
        told(manager)
    beats["camera"] = 111.0
    manager.settimeout(5)
    assert watchdog.look() == ()
    assert told(manager) == {"STATUS": "working"}
    assert told(manager) == {"WATCHDOG": "1"}


def test_the_thread_feeds_in_time(manager: socket.socket) -> None:
    line = supervisor(manager, WATCHDOG_USEC="90000")
    watchdog = Watchdog(line, [])
    watchdog.start()
    try:
        assert [told(manager) for _ in range(3)] == [{"WATCHDOG": "1"}] * 3
    finally:
        watchdog.stop()


def test_a_service_manager_that_is_gone_breaks_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready("serving")
    assert "systemd could not be told" in caplog.text
