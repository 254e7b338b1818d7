"""The list of stations: who speaks, who fell silent, what waits where."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from appliance.platform.contract import Heartbeat

from .access import PlatformPart
from .desk_access import spectator
from .html import Html, both, element, joined, page
from .tables import StationRow

router = APIRouter(include_in_schema=False, dependencies=[Depends(spectator)])
_SILENT_AFTER_S = 180.0  # three heartbeats
_UNITS = ((86400.0, "天", "d"), (3600.0, "小时", "h"), (60.0, "分钟", "min"), (1.0, "秒", "s"))


@router.get("/stations")
def stations_page(platform: PlatformPart) -> HTMLResponse:
    """Every enrolled station, those that need somebody first; the page loads itself again."""
    with platform.database.read() as session:
        rows = session.exec(select(StationRow).order_by(col(StationRow.name))).all()
    now = platform.now()
    cards = [_card(row, now) for _, row in sorted(((_rank(row, now), row) for row in rows), key=lambda pair: pair[0])]
    empty = element("p", both("还没有采集站注册。", "No station is enrolled yet."), class_="empty")
    bar = element("header", element("h1", both("采集站", "Stations")), element("span", str(len(rows))), class_="bar")
    body = joined(bar, element("main", *(cards or [empty]), class_="stations"))
    return page("采集站 · Stations", body, kind="desk", refresh_s=15)


def _rank(row: StationRow, now: datetime) -> int:
    beat = _beat(row)
    if row.revoked_at is not None:
        return 3
    return 0 if beat and beat.parked else 1 if _silent_s(row, now) > _SILENT_AFTER_S else 2


def _card(row: StationRow, now: datetime) -> Html:
    beat = _beat(row)
    facts = [("编号 · id", row.station_id), ("上次心跳 · heard", _ago(_silent_s(row, now)) if beat else "从未 · never")]
    if beat is not None:
        facts += [
            ("版本 · version", beat.version),
            ("待传 · waiting", f"{beat.waiting} · {beat.bytes_waiting / 1e6:.1f} MB"),
            ("搁置 · parked", str(beat.parked)),
            ("已回执 · receipted", str(beat.receipted)),
            ("磁盘 · disk free", "" if beat.disk_free_bytes is None else f"{beat.disk_free_bytes / 1e9:.1f} GB"),
            ("时钟偏差 · clock", "" if beat.clock_offset_s is None else f"{beat.clock_offset_s:+.1f} s"),
        ]
    lines = [joined(element("dt", name), element("dd", value)) for name, value in facts if value]
    return element("section", element("h2", row.name), _mark(row, beat, now), element("dl", *lines), class_="station")


def _mark(row: StationRow, beat: Heartbeat | None, now: datetime) -> Html:
    if row.revoked_at is not None:
        return element("mark", both("已停用", "revoked"), class_="bad")
    if beat is None or _silent_s(row, now) > _SILENT_AFTER_S:
        return element("mark", both("没有心跳", "silent"), class_="warn")
    if beat.parked:
        return element("mark", both("需要处理", "needs somebody"), class_="bad")
    return element("mark", both("正常", "well"), class_="good")


def _beat(row: StationRow) -> Heartbeat | None:
    return None if row.heartbeat is None else Heartbeat.model_validate_json(row.heartbeat)


def _silent_s(row: StationRow, now: datetime) -> float:
    since = row.last_seen_at or row.enrolled_at
    return max((now - datetime.fromisoformat(since)).total_seconds(), 0.0)


def _ago(seconds: float) -> str:
    size, zh, en = next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])
    return f"{seconds // size:.0f} {zh}前 · {seconds // size:.0f} {en} ago"
