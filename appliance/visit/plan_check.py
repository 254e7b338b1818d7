"""Whether this station can honour a plan, key by key: what it cannot do is refused before the first student comes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from appliance.platform.contract import ExtraField, LocalText, Plan, PrintLayout
from appliance.portrait.measurement import Message
from appliance.visit.answer_pattern import AnswerPattern
from appliance.visit.pattern_syntax import PatternRefused

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this station has: profiles of the photo standard, a reader for ID cards, a network that compares faces."""

    profiles: Sequence[str]
    id_card: bool
    face: bool


@dataclass(frozen=True, slots=True)
class Unhonoured:
    """One key of a plan that the station cannot honour, and why."""

    key: str
    message: Message


def unhonoured(plan: Plan, abilities: Abilities, today: date | None) -> tuple[Unhonoured, ...]:
    """Every key that stands in the way; none when the plan can be used. `today` is None where no clock can be trusted."""
    found = [
        *_abilities(plan, abilities),
        *_texts(plan),
        *_fields(plan.extra_fields),
        *_prints(plan),
        *outside_dates(plan, today),
    ]
    return tuple(found)


def outside_dates(plan: Plan, today: date | None) -> tuple[Unhonoured, ...]:
    """Why the plan cannot be used on this day; dates are days in China."""
    starts, ends = plan.starts_on, plan.ends_on
    if starts is not None and ends is not None and ends < starts:
        return (
            _no("ends_on", f"结束日 {ends} 早于开始日 {starts}", f"it ends on {ends}, before it starts on {starts}"),
        )
    if today is None:
        return ()
    if starts is not None and today < starts:
        return (_no("starts_on", f"{starts} 才开始，今天是 {today}", f"it starts on {starts}, today is {today}"),)
    if ends is not None and today > ends:
        return (_no("ends_on", f"已于 {ends} 结束，今天是 {today}", f"it ended on {ends}, today is {today}"),)
    return ()


def plan_day(now: datetime | None) -> date | None:
    """The day that a plan's dates are compared with; None where the time is not known."""
    if now is None:
        return None
    return now.astimezone(timezone(timedelta(hours=_limits()["clock"]["utc_offset_hours"]))).date()


def _abilities(plan: Plan, abilities: Abilities) -> Iterator[Unhonoured]:
    if plan.profile not in abilities.profiles:
        known = ", ".join(abilities.profiles)
        yield _no(
            "profile", f"没有标准“{plan.profile}”，可用：{known}", f"no profile {plan.profile!r}; there are: {known}"
        )
    if plan.verification == "id_card" and not abilities.id_card:
        yield _no(
            "verification",
            "本机没有安装身份证识别（rapidocr），请安装或改用其他核验方式",
            "this station has no ID card reader (rapidocr): install it, or verify in another way",
        )
    if plan.id_card_face and plan.verification != "id_card":
        yield _no(
            "id_card_face",
            "要比对身份证照片，核验方式须为 id_card",
            f"the card's portrait is only seen when verification is id_card, not {plan.verification}",
        )
    elif plan.id_card_face and not abilities.face:
        yield _no(
            "id_card_face",
            "本机没有安装人脸比对模型：station models install",
            "the network that compares faces is not installed: station models install",
        )


def _texts(plan: Plan) -> Iterator[Unhonoured]:
    """Every text must be there in each language that the plan promises."""
    texts: list[tuple[str, LocalText]] = [("title", plan.title), ("consent.text", plan.consent.text)]
    texts += [(f"extra_fields.{field.id}.label", field.label) for field in plan.extra_fields]
    for number, entry in enumerate(plan.help):
        texts += [(f"help.{number}.question", entry.question), (f"help.{number}.answer", entry.answer)]
    for key, text in texts:
        for language in plan.languages:
            if not getattr(text, language).strip():
                yield _no(f"{key}.{language}", "没有文字", f"empty, though languages names {language!r}")


def _fields(fields: Sequence[ExtraField]) -> Iterator[Unhonoured]:
    seen: set[str] = set()
    for field in fields:
        key = f"extra_fields.{field.id}"
        if field.id in seen:
            yield _no(key, "编号重复", "the id is used twice")
        seen.add(field.id)
        if field.pattern is not None:
            try:
                AnswerPattern(field.pattern)
            except PatternRefused as refused:
                yield _no(f"{key}.pattern", f"格式（I-Regexp）有误：{refused.zh}", f"not an I-Regexp: {refused.en}")
        if (field.kind == "choice") != bool(field.choices):
            yield _no(f"{key}.choices", "选择题要有选项，其他题不能有", "a choice needs choices, other kinds have none")


def _prints(plan: Plan) -> Iterator[Unhonoured]:
    for layout in plan.print_layouts:
        key = f"print_layouts.{layout.id}"
        wanted, paper = sheet_size(layout)
        if not _fits(wanted, paper):
            size = f"{wanted[0]:g} × {wanted[1]:g} mm"
            yield _no(
                key,
                f"{layout.rows} 行 × {layout.columns} 列需要 {size}，{layout.paper} 纸放不下",
                f"{layout.rows} rows of {layout.columns} need {size}, more than {layout.paper} paper has",
            )
        yield from _names(f"{key}.caption", layout.caption, _limits()["names"]["caption"])
    yield from _names("archive_name", plan.archive_name, _limits()["names"]["archive"])


def sheet_size(layout: PrintLayout) -> tuple[tuple[float, float], tuple[float, float]]:
    """What a layout needs, margins included, and its upright paper: (width, height) in mm each."""
    limits = _limits()
    width, height = limits["photo"][layout.photo]
    sheet = limits["sheet"]
    below = sheet["caption"] if layout.caption else 0.0
    needed = (
        layout.columns * width + (layout.columns - 1) * sheet["gap"] + 2 * sheet["margin"],
        layout.rows * (height + below) + (layout.rows - 1) * sheet["gap"] + 2 * sheet["margin"],
    )
    paper = limits["paper"][layout.paper]
    return needed, (paper[0], paper[1])


def _fits(wanted: tuple[float, float], paper: tuple[float, float]) -> bool:
    lying = (paper[1], paper[0])
    return any(wanted[0] <= width and wanted[1] <= height for width, height in (paper, lying))


def _names(key: str, template: str, known: Sequence[str]) -> Iterator[Unhonoured]:
    try:
        names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError as error:
        yield _no(key, f"模板有误：{error}", f"not a template: {error}")
        return
    for name in names:
        if name not in known:
            listed = ", ".join(f"{{{name}}}" for name in known)
            yield _no(key, f"不认识 {{{name}}}，可用：{listed}", f"unknown {{{name}}}; there are: {listed}")


def _no(key: str, zh: str, en: str) -> Unhonoured:
    return Unhonoured(key, Message(zh=f"{key}：{zh}", en=f"{key}: {en}"))


@cache
def _limits() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("plan_limits.toml").read_text(encoding="utf-8"))
