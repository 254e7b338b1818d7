"""How the review desk looks: a list with small photos, one capture with photo and original side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from appliance.platform.contract import LocalText, RefusalReason, Review, ReviewState

from .desk_queries import Reviewed
from .html import Html, both, element, joined

STATES: Mapping[ReviewState, LocalText] = {
    "reviewing": LocalText(zh="待审核", en="to review"),
    "accepted": LocalText(zh="已通过", en="accepted"),
    "refused": LocalText(zh="未通过", en="refused"),
    "withdrawn": LocalText(zh="已撤回", en="withdrawn"),
}
_DIFFERENT, _SAME = 0.363, 0.6
_OUTCOMES = {"fail": ("✕", "fail"), "unknown": ("?", "unknown"), "exempt": ("–", "exempt"), "pass": ("✓", "pass")}


def list_view(shown: Sequence[Reviewed], counts: Mapping[ReviewState, int], state: ReviewState) -> Html:
    """The captures of one state."""
    cards = [_card(one) for one in shown]
    empty = element("p", both("这里没有照片。", "Nothing is here."), class_="empty")
    return joined(_bar(counts, state), element("main", *(cards or [empty]), class_="cards"))


def capture_view(
    one: Reviewed, counts: Mapping[ReviewState, int], reasons: Sequence[RefusalReason], *, without_reason: bool
) -> Html:
    """One capture with pictures, verdict and decision."""
    pictures = element(
        "section",
        _figure(one, "photo", "标准照", "standard photo"),
        _figure(one, "original", "原图", "original"),
        class_="pictures",
    )
    side = element("aside", _facts(one), _decision(one, reasons, without_reason=without_reason), _rules(one.record))
    return joined(_bar(counts, one.review.state), element("main", pictures, side, class_="review"))


def _bar(counts: Mapping[ReviewState, int], current: ReviewState) -> Html:
    tabs = [
        element(
            "a",
            both(text.zh, text.en),
            element("b", str(counts.get(state, 0))),
            href=f"/desk?state={state}",
            aria_current="page" if state == current else None,
        )
        for state, text in STATES.items()
    ]
    tabs.append(element("a", both("报告", "reports"), href="/desk/reports"))
    out = element(
        "form", element("button", both("退出", "Sign out"), class_="plain"), method="post", action="/desk/sign-out"
    )
    return element("header", element("h1", both("审核台", "Review desk")), element("nav", *tabs), out, class_="bar")


def _card(one: Reviewed) -> Html:
    identity, capture_id = one.record["identity"], one.capture.capture_id
    return element(
        "a",
        element("img", src=f"/desk/{capture_id}/photo.jpg", alt="", width="120", height="160", loading="lazy"),
        element("strong", identity["name"]),
        element("span", identity["class_name"], class_="small"),
        _badges(one),
        href=f"/desk/{capture_id}",
        class_=f"card {one.review.state}",
    )


def _badges(one: Reviewed) -> Html:
    record, marks = one.record, []
    if one.review.state == "withdrawn":
        marks.append(element("mark", both("学生已撤回", "withdrawn"), class_="warn"))
    if record["verdict"]["verdict"] != "pass":
        marks.append(element("mark", both("自动检查未过", "machine: refused"), class_="bad"))
    if record["exception"]:
        marks.append(element("mark", both("例外", "exception"), class_="warn"))
    if record.get("unresolved"):
        marks.append(element("mark", both("名册外", "no roster knew the code"), class_="warn"))
    if record.get("source") == "album":
        marks.append(element("mark", both("相册", "album"), class_="warn"))
    if record.get("replaces"):
        marks.append(element("mark", both("重拍", "retake")))
    if record["station"]["stand_in"]:
        marks.append(element("mark", both("替身硬件", "stand-in")))
    return element("span", *marks, class_="badges")


def _figure(one: Reviewed, part: str, zh: str, en: str) -> Html:
    size = one.record[part]
    caption = element("figcaption", both(zh, en), f" {size['width']} × {size['height']} · {size['bytes'] // 1000} kB")
    address = f"/desk/{one.capture.capture_id}/{part}.jpg"
    return element("figure", element("a", element("img", src=address, alt=zh), href=address), caption, class_=part)


def _facts(one: Reviewed) -> Html:
    record, identity = one.record, one.record["identity"]
    exception = record["exception"]
    rows = [
        ("证件 · number", identity["number"]),
        ("学号 · student no.", identity["student_number"]),
        ("学校 · school", f"{identity['school']} · {identity['level']}"),
        ("专业 · major", f"{identity['major']} · {identity['class_name']}"),
        ("采集 · taken", f"{record['captured_at'][:16].replace('T', ' ')} · {record['station']['name']}"),
        ("人像比对 · likeness", _likeness(one.review)),
        ("例外 · exception", f"{exception['reason']} {exception['note']}" if exception else ""),
        ("更正 · corrections", "、".join(record.get("corrections") or [])),
    ]
    lines = [joined(element("dt", name), element("dd", value)) for name, value in rows if value]
    return element("section", element("h2", identity["name"], " ", _badges(one)), element("dl", *lines), class_="facts")


def _likeness(review: Review) -> str:
    """The score with what it may mean. 0.363: where OpenCV's SFace sample parts same from different; 0.6: above every pair of two
    people seen in studio pictures (0.553)."""
    score = review.face_match
    if score is None:
        return ""
    if score < _DIFFERENT:
        return joined(element("mark", f"{score:.2f} ", both("不像同一人", "seems another person"), class_="bad"))
    if score < _SAME:
        return joined(element("mark", f"{score:.2f} ", both("请仔细核对", "look closely"), class_="warn"))
    return joined(element("mark", f"{score:.2f} ", both("同一人", "the same person")))


def _decision(one: Reviewed, reasons: Sequence[RefusalReason], *, without_reason: bool) -> Html:
    review, address = one.review, f"/desk/{one.capture.capture_id}"
    if review.state == "withdrawn":
        text = both("学生已撤回这张照片，不再审核。", "The student withdrew this photo; it is no longer reviewed.")
        return element("section", element("p", text, class_="warn"), class_="decision")
    failed = {rule["id"] for rule in one.record["verdict"]["rules"] if rule["outcome"] == "fail"}
    chosen = {reason.rule for reason in review.reasons}
    boxes = [
        element(
            "label",
            element("input", type="checkbox", name="rule", value=reason.rule, checked=reason.rule in chosen),
            element("span", both(reason.message.zh, reason.message.en)),
            class_="suggested" if reason.rule in failed else None,
        )
        for reason in sorted(reasons, key=lambda reason: reason.rule not in failed)
    ]
    missing = (
        element("p", both("请至少选择一条原因。", "Choose at least one reason."), class_="warn", role="alert")
        if without_reason
        else Html("")
    )
    other = element(
        "input", name="other", maxlength="200", placeholder="其他原因 · another reason", aria_label="其他原因"
    )
    accept = element("button", both("通过", "Accept"), class_="go")
    refuse = element("button", both("不通过", "Refuse"), class_="no")
    return element(
        "section",
        _standing(review),
        element("form", accept, method="post", action=f"{address}/accept"),
        element(
            "details",
            element("summary", both("不通过，选择原因", "Refuse: choose the reasons"), class_="button plain"),
            element(
                "form",
                missing,
                element("div", *boxes, class_="reasons"),
                other,
                refuse,
                method="post",
                action=f"{address}/refuse",
            ),
            open=without_reason,
        ),
        class_="decision",
    )


def _standing(review: Review) -> Html:
    if review.state == "reviewing":
        return Html("")
    text = STATES[review.state]
    why = [element("li", both(reason.message.zh, reason.message.en)) for reason in review.reasons]
    return element("div", element("b", both(text.zh, text.en), class_=review.state), element("ul", *why))


def _rules(record: dict[str, Any]) -> Html:
    order = list(_OUTCOMES)
    rows = [
        element(
            "tr",
            element("td", _OUTCOMES[rule["outcome"]][0], class_=_OUTCOMES[rule["outcome"]][1], title=rule["outcome"]),
            element("td", both(rule["message"]["zh"], rule["message"]["en"])),
            element("td", _figures(rule), class_="figures"),
        )
        for rule in sorted(record["verdict"]["rules"], key=lambda rule: order.index(rule["outcome"]))
    ]
    caption = element("caption", both("自动检查", "automatic check"), f" · {record['verdict']['profile']}")
    return element("table", caption, element("tbody", *rows), class_="rules")


def _figures(rule: dict[str, Any]) -> str:
    measured, limit = rule["measured"], rule["limit"]
    if measured is None:
        return ""
    shown = f"{measured:.4g}" if isinstance(measured, float | int) else str(measured)
    return f"{shown} {rule['unit']} / {_limit(limit)}" if limit is not None else f"{shown} {rule['unit']}"


def _limit(limit: Any) -> str:
    if not isinstance(limit, list):
        return f"{limit:.4g}" if isinstance(limit, float | int) else str(limit)
    low, high = (
        "" if one is None else f"{one:.4g}" if isinstance(one, float | int) else str(one) for one in (*limit, None)[:2]
    )
    return f"{low}…{high}"
