"""What is refused before any route looks at it: requests for other hosts, and bodies without bounds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from appliance.portrait.measurement import Message
from appliance.web.problems import ProblemError, problem

HEAD_LIMIT = 16_384  # bytes of a request's line and headers
JSON_LIMIT = 256_000  # bytes; the longest form of a visit is a few kilobytes
FILE_LIMIT = 21_000_000  # of anything else: routes that take pictures refuse theirs by size and kind, with the reason
_JSON = ("application/json", "")
_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+))(?::[0-9]{1,5})?")


class Bounds:
    """ASGI middleware. 431 for a head beyond `HEAD_LIMIT`, 413 for a body beyond `JSON_LIMIT`, or `FILE_LIMIT` for files.

    421 for a Host that is no address and not in the local network: a page of the internet whose name was made to point at the
    station (DNS rebinding) has such a one. `refused` is told each kind and address.
    """

    def __init__(self, app: ASGIApp, refused: Callable[[str, str], None] = lambda _kind, _address: None) -> None:
        self._app = app
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within bounds."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if _head(scope) > HEAD_LIMIT:
            # The server stops reading endless ones; what came at once it has read already.
            self._refused("too-large", _address(scope))
            await _refuse(scope, receive, send, _head_too_large())
            return
        headers = Headers(scope=scope)
        host = _name(headers.get("host", ""))
        if not self._local(host):
            self._refused("other-host", _address(scope))
            await _refuse(scope, receive, send, _other_host(host))
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        if "transfer-encoding" in headers and "content-length" in headers:
            # Two lengths: who stands between might see another request where this one ends (RFC 9112, 6.1).
            self._refused("two-lengths", _address(scope))
            await _refuse(scope, receive, send, _two_lengths())
            return
        limit = JSON_LIMIT if headers.get("content-type", "").partition(";")[0] in _JSON else FILE_LIMIT
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced) > limit:
            self._refused("too-large", _address(scope))
            await _refuse(scope, receive, send, _too_large(limit))
            return
        received = 0

        async def counted() -> AsgiMessage:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)

    @staticmethod
    def _local(host: str) -> bool:
        if _HOST.fullmatch(host) and (host == "localhost" or host.endswith((".local", ".localhost"))):
            return True
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True


def _address(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else ""


def _name(host: str) -> str:
    """The host without its port, lower case, an IPv6 address without its brackets; as it is when it is no host (RFC 9110, 7.2)."""
    found = _HOST.fullmatch(host)
    return host if found is None else (found["six"] or found["name"].rstrip(".")).lower()


def _too_large(limit: int) -> ProblemError:
    kb = limit // 1000
    message = Message(zh=f"请求超过 {kb} KB，被拒绝", en=f"a request may carry {kb} KB")
    return ProblemError(413, "too-large", message, limit=limit)


def _two_lengths() -> ProblemError:
    message = Message(zh="请求给出了两种长度，被拒绝", en="a request says its length once")
    return ProblemError(400, "two-lengths", message)


def _head(scope: Scope) -> int:
    """Bytes of a request's line and headers."""
    fields = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return fields + len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")


def _head_too_large() -> ProblemError:
    kb = HEAD_LIMIT // 1024
    message = Message(zh=f"请求头超过 {kb} KB，被拒绝", en=f"a request's address and headers may have {kb} KB")
    return ProblemError(431, "head-too-large", message, limit=HEAD_LIMIT)


def _other_host(host: str) -> ProblemError:
    message = Message(
        zh="请用本机的地址打开：屏幕或标签上的地址，或“名称.local”",
        en=f"this station is not {host[:100] or 'a host without a name'}: open the address on its label, or NAME.local",
    )
    return ProblemError(421, "other-host", message)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: ProblemError) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await problem(error.status, error.code, error.message, **error.extra)(scope, receive, send)
