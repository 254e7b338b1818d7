"""Problem reports at the desk: what a station wrote, opened with the platform's key, with the evidence it sent along."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from appliance.platform.contract import LocalText, ProblemReport
from appliance.platform.sealing import unseal

from .access import PlatformPart
from .composition import Platform
from .desk_access import Reviewer
from .html import Html, both, element, joined, page
from .tables import CaptureRow, ReportRow, StationRow

router = APIRouter(include_in_schema=False, prefix="/desk")
_SHOWN = 100
_CATEGORIES: Mapping[str, LocalText] = {
    "code": LocalText(zh="采集码", en="code"),
    "identity": LocalText(zh="身份信息", en="identity"),
    "payment": LocalText(zh="缴费", en="payment"),
    "camera": LocalText(zh="相机", en="camera"),
    "verdict": LocalText(zh="检查结果", en="verdict"),
    "photo": LocalText(zh="照片", en="photo"),
    "other": LocalText(zh="其他", en="other"),
}


@router.get("/reports")
def reports_page(platform: PlatformPart, _: Reviewer) -> HTMLResponse:
    """The newest reports."""
    with platform.database.read() as session:
        rows = session.exec(select(ReportRow).order_by(col(ReportRow.received_at).desc()).limit(_SHOWN)).all()
        names = {row.station_id: row.name for row in session.exec(select(StationRow)).all()}
        whole = set(session.exec(select(CaptureRow.capture_id).where(col(CaptureRow.receipt_id).is_not(None))).all())
    cards = [_card(platform, row, names.get(row.station_id, row.station_id), whole) for row in rows]
    empty = element("p", both("还没有问题报告。", "No report was sent."), class_="empty")
    back = element("a", both("审核台", "Review desk"), href="/desk")
    bar = element("header", element("h1", both("问题报告", "Reports")), element("nav", back), class_="bar")
    return page("问题报告 · Reports", joined(bar, element("main", *(cards or [empty]), class_="stations")), kind="desk")


def _card(platform: Platform, row: ReportRow, station: str, whole: set[str]) -> Html:
    report = ProblemReport.model_validate_json(row.body)
    category = _CATEGORIES[report.category]
    text = "" if report.sealed_text is None else unseal(report.sealed_text, platform.keys.sealing)
    evidence = [joined(element("dt", name), element("dd", str(value))) for name, value in report.evidence.items()]
    capture_id = str(report.capture_id)
    link = element("a", both("查看照片", "the photo"), href=f"/desk/{capture_id}") if capture_id in whole else Html("")
    return element(
        "section",
        element("h2", both(category.zh, category.en)),
        element("p", f"{station} · {row.received_at[:16].replace('T', ' ')} UTC", class_="small"),
        element("p", text, class_="told"),
        element("dl", *evidence),
        link,
        class_="station",
    )
