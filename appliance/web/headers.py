"""Headers every answer carries: what a page may load, and that nobody may frame or guess it."""

from __future__ import annotations

import re

from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'{socket}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",  # pages are revalidated, so that an update of the station reaches the tablet at once
}


_HSTS = "max-age=31536000"  # a year; browsers heed it only where they trust the certificate
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,100}")


class Headers:
    """Adds what the answer has not set itself; plain ASGI, so that endless streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        socket = _socket_of(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value.replace("{socket}", socket))
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = _HSTS
            await send(message)

        await self._app(scope, receive, with_headers)


def _socket_of(scope: Scope) -> str:
    """The station's own websocket, which older Safari does not take for `'self'`."""
    host = RequestHeaders(scope=scope).get("host", "")
    return f" {'wss' if scope['scheme'] == 'https' else 'ws'}://{host}" if _HOST.fullmatch(host) else ""
