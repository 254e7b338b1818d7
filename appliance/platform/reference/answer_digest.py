"""Every answer of the contract with the digest of its body (RFC 9530), so that a station can tell one that was changed on the way.

Receipts and rosters are signed besides; reviews and orders have this, and TLS.
"""

from __future__ import annotations

import base64
import hashlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class AnswerDigest:
    """ASGI middleware: adds `Content-Digest` to answers under /v1/ that come in one piece."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer with the digest."""
        if scope["type"] != "http" or scope["method"] == "HEAD" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        begun: Message | None = None

        async def digested(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = message
                return
            if begun is not None:
                body = message.get("body", b"")
                if body and not message.get("more_body"):
                    begun["headers"] = [*begun["headers"], (b"content-digest", _digest(body))]
                start, begun = begun, None
                await send(start)
            await send(message)

        await self._app(scope, receive, digested)


def _digest(body: bytes) -> bytes:
    return b"sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()) + b":"
