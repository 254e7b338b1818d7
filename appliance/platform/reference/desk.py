"""The review desk: what waits, photo beside original with the verdict's measures, accepted or refused with the standard reasons."""

from __future__ import annotations

import json
from functools import cache
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from appliance.platform.contract import LocalText, RefusalReason, ReviewState

from . import desk_queries as queries
from .access import PlatformPart
from .captures import original_key, photo_key
from .composition import Platform
from .desk_access import Reviewer
from .desk_views import STATES, capture_view, list_view
from .forms import Form
from .html import FOLDER, HEADERS, page
from .problems import Refusal
from .reviews import decide

router = APIRouter(include_in_schema=False, prefix="/desk")
OTHER = "other"
_LONGEST_REASON = 200


@router.get("")
def desk(platform: PlatformPart, _: Reviewer, state: ReviewState = "reviewing") -> HTMLResponse:
    """Captures of one state; the page loads itself again."""
    view = list_view(queries.listed(platform, state), queries.counts(platform), state)
    return page(f"审核台 · Review desk · {STATES[state].en}", view, kind="desk", refresh_s=10)


@router.get("/{capture_id}")
def capture(platform: PlatformPart, _: Reviewer, capture_id: UUID, error: str = "") -> HTMLResponse:
    """One capture, large, with everything that speaks for or against it."""
    shown = queries.found(platform, str(capture_id))
    view = capture_view(shown, queries.counts(platform), standard_reasons(), without_reason=error == "no-reason")
    return page(f"{shown.record['identity']['name']} · 审核 · Review", view, kind="desk one")


@router.get("/{capture_id}/{part}.jpg")
def picture(platform: PlatformPart, _: Reviewer, capture_id: UUID, part: str) -> Response:
    """The photo or the original of a capture."""
    keys = {"photo": photo_key, "original": original_key}
    if part not in keys:
        raise Refusal("not-found", f"a capture has a photo and an original, no {part}")
    shown = queries.found(platform, str(capture_id))
    media_type = shown.record[part]["media_type"]
    return Response(platform.objects.get(keys[part](str(capture_id))), media_type=media_type, headers=HEADERS)


@router.post("/{capture_id}/accept")
def accept(platform: PlatformPart, who: Reviewer, capture_id: UUID) -> Response:
    """Accept, and go on with what waits longest."""
    decide(platform, str(capture_id), "accepted", by=who)
    return _next(platform)


@router.post("/{capture_id}/refuse")
def refuse(platform: PlatformPart, who: Reviewer, capture_id: UUID, form: Form) -> Response:
    """Refuse with at least one reason, and go on; without one the page asks for it."""
    known = {reason.rule: reason for reason in standard_reasons()}
    reasons = [known[name] for name in form.get("rule", []) if name in known]
    for other in (text.strip()[:_LONGEST_REASON] for text in form.get("other", []) if text.strip()):
        reasons.append(RefusalReason(rule=OTHER, message=LocalText(zh=other, en=other)))
    if not reasons:
        return RedirectResponse(f"/desk/{capture_id}?error=no-reason", 303, headers=HEADERS)
    decide(platform, str(capture_id), "refused", reasons, by=who)
    return _next(platform)


@cache
def standard_reasons() -> tuple[RefusalReason, ...]:
    """The reasons of the standard, in the order of the desk."""
    told = json.loads((FOLDER / "reasons.json").read_text())
    return tuple(RefusalReason(rule=one["rule"], message=LocalText(zh=one["zh"], en=one["en"])) for one in told)


def _next(platform: Platform) -> Response:
    following = queries.next_one(platform)
    return RedirectResponse(f"/desk/{following}" if following else "/desk", 303, headers=HEADERS)
