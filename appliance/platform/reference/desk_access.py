"""Who may look at students' photos: whoever signed in with the desk token, or sits at the platform's own machine (pages that
decide nothing). The session is a cookie that says until when, under an HMAC with the token: it holds in every process, and a
new token ends it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from .access import PlatformPart
from .composition import Platform
from .forms import Form
from .html import HEADERS, Html, both, element, page
from .problems import Refusal

COOKIE = "desk"
_HOURS = 12
_WRONG_TAKES_S = 1.0

router = APIRouter(include_in_schema=False)


class NotSignedIn(Exception):
    """Nobody is signed in; the sign-in page is what comes next."""


def signed_in(request: Request, platform: Platform) -> bool:
    """Whether the request carries a session that holds."""
    until, _, mac = request.cookies.get(COOKIE, "").partition(".")
    holds = hmac.compare_digest(mac.encode(), _mac(platform, until).encode())
    return holds and until.isdecimal() and int(until) > platform.now().timestamp()


def from_here(request: Request) -> bool:
    """Whether the request comes from the platform's own machine."""
    host = request.client.host if request.client else ""
    return ipaddress.ip_address(host or "0.0.0.0").is_loopback  # noqa: S104


def reviewer(request: Request, platform: PlatformPart) -> str:
    """Somebody signed in at the desk; what changes anything must come from a page of this platform.

    Raises `NotSignedIn`; refuses `local-only` a form of another site.
    """
    if not signed_in(request, platform):
        raise NotSignedIn
    if request.method != "GET" and not _own_page(request):
        raise Refusal("local-only", "the form was not sent from a page of this platform")
    return "desk"


def spectator(request: Request, platform: PlatformPart) -> None:
    """Somebody signed in, or at the platform's own machine. Refuses `local-only`."""
    if not from_here(request) and not signed_in(request, platform):
        raise Refusal("local-only", "sign in at /desk, or open this page through: ssh -L 8090:localhost:PORT HOST")


Reviewer = Annotated[str, Depends(reviewer)]


@router.get("/desk/sign-in")
def sign_in_page(wrong: bool = False) -> HTMLResponse:
    """Asks for the desk token."""
    note = (
        element(
            "p",
            both("口令不对，请核对后再试。", "That is not the token; please check it."),
            class_="warn",
            role="alert",
        )
        if wrong
        else Html("")
    )
    body = element(
        "main",
        element("h1", both("审核台", "Review desk")),
        note,
        element(
            "form",
            element("label", both("审核口令", "Desk token"), for_="token"),
            element(
                "input",
                id="token",
                name="token",
                type="password",
                autocomplete="current-password",
                required=True,
                autofocus=True,
            ),
            element("button", both("登录", "Sign in"), class_="go"),
            method="post",
            action="/desk/sign-in",
        ),
        element(
            "p",
            both("口令在平台启动时显示在终端。", "The token is printed where the platform was started."),
            class_="small",
        ),
    )
    return page("登录 · Sign in", body, kind="sign-in")


@router.post("/desk/sign-in")
async def sign_in(request: Request, platform: PlatformPart, form: Form) -> Response:
    """A session of twelve hours for the right token; a wrong one takes a second."""
    [token] = form.get("token", [""])[:1]
    if not hmac.compare_digest(token.strip().encode(), platform.keys.desk.encode()):
        await asyncio.sleep(_WRONG_TAKES_S)
        return RedirectResponse("/desk/sign-in?wrong=true", 303, headers=HEADERS)
    until = str(int(platform.now().timestamp()) + _HOURS * 3600)
    answer = RedirectResponse("/desk", 303, headers=HEADERS)
    answer.set_cookie(
        COOKIE,
        f"{until}.{_mac(platform, until)}",
        max_age=_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/desk/sign-out")
def sign_out(_: Reviewer) -> Response:
    """End the session of this browser."""
    answer = RedirectResponse("/desk/sign-in", 303, headers=HEADERS)
    answer.delete_cookie(COOKIE)
    return answer


def to_sign_in(_: Request, __: Exception) -> Response:
    """What `NotSignedIn` becomes."""
    return RedirectResponse("/desk/sign-in", 303, headers=HEADERS)


def _own_page(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _mac(platform: Platform, until: str) -> str:
    return hmac.new(platform.keys.desk.encode(), f"desk/{until}".encode(), hashlib.sha256).hexdigest()
