"""Before any route looks at a request: who asks, how often, and from which page.

Bodies are not even read for strangers (a framework that reads first and asks later answers them with what is wrong with theirs).
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from appliance.portrait.measurement import Message
from appliance.web.access import Access, same_origin
from appliance.web.buckets import Buckets, Rate
from appliance.web.problems import ProblemError, problem

OPEN = frozenset({"/api/health", "/api/pairing", "/api/pairing/proof"})  # what a stranger may ask
# The student's screen looks on, and does the two things a student does.
STUDENT_READS = frozenset({"/api/state", "/api/events", "/api/preview", "/api/visit", "/api/visit/payment/qr.svg"})
STUDENT_PICTURES = "/api/shots/"
STUDENT_STEPS = frozenset({"/api/visit/accept", "/api/visit/retake"})
_READING = frozenset({"GET", "HEAD"})

TABLET = Rate(600, 120)  # a page fetches its hundred files, then some requests a second
STRANGER = Rate(300, 15)  # the page and its pairing screen
STRANGERS = Rate(900, 60)  # all of them together
_POLICY_VIOLATION, _TRY_LATER = 1008, 1013


class Front:
    """ASGI middleware. 401 for strangers, 403 for pages of others and for what a student's screen may not do, 429 for too often.

    `refused` is told each kind and address.
    """

    def __init__(
        self, app: ASGIApp, access: Access, monotonic: Callable[[], float], refused: Callable[[str, str], None]
    ) -> None:
        self._app, self._access, self._refused = app, access, refused
        self._buckets = Buckets(monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may go on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        error = self._wrong_with(connection, scope)
        if error is None:
            await self._app(scope, receive, send)
            return
        self._refused(error.code, connection.client.host if connection.client else "")
        if scope["type"] == "websocket":
            close = _TRY_LATER if error.status == 429 else _POLICY_VIOLATION
            await send({"type": "websocket.close", "code": close})
            return
        await problem(error.status, error.code, error.message, **error.extra)(scope, receive, send)

    def _wrong_with(self, connection: HTTPConnection, scope: Scope) -> ProblemError | None:
        local = self._access.local(connection)
        tablet = None if local else self._access.paired(connection)
        if not local and self._too_often(connection, None if tablet is None else tablet.id):
            return _too_often()
        path = _plain(scope["path"])
        if not path.startswith("/api"):
            return None
        if not local and tablet is None and path not in OPEN:
            return _moved() if self._access.moved(connection) else _unpaired()
        if not same_origin(connection):
            return _other_origin()
        reading = scope["type"] == "websocket" or scope["method"] in _READING
        if tablet is not None and tablet.screen == "student" and not _for_students(path, reading=reading):
            return _student_screen()
        return None

    def _too_often(self, connection: HTTPConnection, tablet: str | None) -> bool:
        if tablet is not None:
            return not self._buckets.take(tablet, TABLET)
        address = connection.client.host if connection.client else ""
        return not (self._buckets.take(address, STRANGER) and self._buckets.take("strangers", STRANGERS))


def _plain(path: str) -> str:
    """The path as routes see it; `//api` and the like are no way around."""
    return "/" + path.lstrip("/")


def _for_students(path: str, *, reading: bool) -> bool:
    if path in OPEN:
        return True
    if reading:
        return path in STUDENT_READS or path.startswith(STUDENT_PICTURES)
    return path in STUDENT_STEPS


def _unpaired() -> ProblemError:
    message = Message(zh="平板尚未配对：请输入本机显示的配对码", en="not paired: enter the code shown by the station")
    return ProblemError(401, "unpaired", message)


def _moved() -> ProblemError:
    message = Message(
        zh="平板换了网络地址或浏览器，需要先确认是同一台；若没有自动恢复，请重新配对",
        en="the tablet comes from another address or browser and must prove itself; if that fails, pair it anew",
    )
    return ProblemError(401, "moved", message)


def _other_origin() -> ProblemError:
    return ProblemError(403, "other-origin", Message(zh="请求来自别的网页", en="the request came from another page"))


def _student_screen() -> ProblemError:
    message = Message(zh="学生屏只能观看和确认照片", en="a student's screen only shows, and takes the student's answer")
    return ProblemError(403, "student-screen", message)


def _too_often() -> ProblemError:
    message = Message(zh="请求太频繁，请稍候", en="too many requests: wait a moment")
    return ProblemError(429, "too-often", message, retry_after=2)
