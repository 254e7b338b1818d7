"""Run the reference platform: in the foreground, or beside something else in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType

import uvicorn

from .app import create_app
from .composition import Platform

_GRACE_S = 2  # long polls are cut off after this when the platform stops


def serve(platform: Platform, host: str, port: int, ready: Callable[[str], None], *, share_port: bool = False) -> None:
    """Serve until a signal; `ready` gets the address once connections are taken (port 0: a free one). OSError if taken.

    With `share_port` any number of processes serve one address, and the kernel gives each new connection to one of them
    (SO_REUSEPORT); they must stand on the same PostgreSQL, object store and keys.
    """
    try:
        with _listen(host, port, share=share_port) as listener:
            _server(platform, ready=lambda: ready(_address(listener))).run(sockets=[listener])
    finally:
        platform.close()


class PlatformServer:
    """The platform in a thread, as a context manager; `address` is its base URL."""

    def __init__(self, platform: Platform, host: str = "127.0.0.1", port: int = 0) -> None:
        self.platform = platform
        self._listener = _listen(host, port)
        self.address = _address(self._listener)
        self._started = threading.Event()
        self._server = _server(platform, ready=self._started.set)
        self._thread = threading.Thread(target=self._run, name="reference-platform", daemon=True)

    def __enter__(self) -> PlatformServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to serve; returns when connections are taken. RuntimeError when it does not come up."""
        self._thread.start()
        if not self._started.wait(timeout=20):
            raise RuntimeError("the reference platform did not start within 20 s")

    def stop(self) -> None:
        """Finish open requests, within two seconds, and close."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()
        self.platform.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], let_go: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._let_go = let_go

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so once connections are taken."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Long polls first, else they would be cut off."""
        self._let_go()
        await super().shutdown(sockets)


def _server(platform: Platform, ready: Callable[[], None]) -> uvicorn.Server:
    app = create_app(platform)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        lifespan="on",
        ws="none",
    )

    def let_go() -> None:
        app.state.events.close()  # there since the application started

    return _Announcing(config, ready, let_go)


def _listen(host: str, port: int, *, share: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP in so many words: only then asyncio sets TCP_NODELAY, without which each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if share:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
