"""A plain page of what arrived: captures with photo, verdict, exception and receipt. For the platform's own machine only."""

from __future__ import annotations

import json
from html import escape
from string import Template
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse, Response
from sqlmodel import col, func, select

from .access import PlatformPart
from .captures import photo_key
from .composition import Platform
from .desk_access import spectator
from .html import FOLDER, HEADERS, Html, both, element, joined
from .problems import Refusal
from .tables import CaptureRow

_SHOWN = 200
_VERDICTS = {"pass": ("合格", "pass"), "refuse": ("不合格", "refuse"), "unmeasurable": ("无法判定", "unmeasurable")}


router = APIRouter(include_in_schema=False, dependencies=[Depends(spectator)])
public = APIRouter(include_in_schema=False)  # nothing here is anybody's


@router.get("/")
def captures_page(platform: PlatformPart) -> HTMLResponse:
    """The newest captures."""
    with platform.database.read() as session:
        rows = session.exec(select(CaptureRow).order_by(col(CaptureRow.received_at).desc()).limit(_SHOWN)).all()
        total, receipted = session.exec(select(func.count(), func.count(col(CaptureRow.receipt_id)))).one()
    template = Template((FOLDER / "captures.html").read_text())
    page = template.substitute(
        summary=escape(f"{total} 条采集，{receipted} 条已出回执 · {total} captures, {receipted} with receipt"),
        rows="\n".join(_row(row) for row in rows),
    )
    return HTMLResponse(page, headers=HEADERS)


@public.get("/pages/{name}.css")
def stylesheet(name: Literal["captures", "platform"]) -> FileResponse:
    """The pages' style."""
    return FileResponse(FOLDER / f"{name}.css", media_type="text/css", headers=HEADERS)


@router.get("/photos/{capture_id}.jpg")
def photo(platform: PlatformPart, capture_id: UUID) -> Response:
    """A stored standard photo."""
    return Response(_photo_of(platform, str(capture_id)), media_type="image/jpeg", headers=HEADERS)


def _photo_of(platform: Platform, capture_id: str) -> bytes:
    try:
        return platform.objects.get(photo_key(capture_id))
    except FileNotFoundError as error:
        raise Refusal("unknown-capture", f"no photo of capture {capture_id} is here") from error


def _row(row: CaptureRow) -> Html:
    record = json.loads(row.record)
    identity, verdict, exception = record["identity"], record["verdict"], record["exception"]
    failed = [rule["message"]["zh"] for rule in verdict["rules"] if rule["outcome"] == "fail"]
    image = f"/photos/{row.capture_id}.jpg"
    cells = [
        element("img", src=image, alt="标准照片", width="96", height="128") if row.photo_at else _text("等待 waiting"),
        _lines(identity["name"], identity["number"], identity["school"], identity["class_name"]),
        joined(
            element("b", both(*_VERDICTS[verdict["verdict"]]), class_=verdict["verdict"]),
            _lines(*failed, *([f"例外 exception: {exception['reason']} {exception['note']}"] if exception else [])),
        ),
        _lines(
            record["station"]["name"],
            "替身硬件 stand-in" if record["station"]["stand_in"] else "",
            row.received_at[:16].replace("T", " ") + " UTC",
        ),
        element("code", row.receipt_id) if row.receipt_id else _text("等待 waiting"),
    ]
    return element("tr", *(element("td", cell) for cell in cells))


def _text(text: str) -> Html:
    return element("span", text, class_="waiting")


def _lines(*lines: str) -> Html:
    return joined(*(element("div", line) for line in lines if line))
