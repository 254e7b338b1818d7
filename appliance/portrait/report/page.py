"""The report of a check as one HTML file that needs nothing else: no network, no script to be read, no file beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from appliance.portrait.profile import Profile
from appliance.portrait.report.evidence import Evidence, Examined
from appliance.portrait.report.histogram import Series, histogram, series_of
from appliance.portrait.report.sketch import sketch, thumbnail, uri
from appliance.portrait.rulebook import RULES, Reads
from appliance.portrait.texts import load_texts

_HERE = Path(__file__).parent
_PRIORITY = {rule.id: rule.priority for rule in RULES}
_ORDER = {"fail": 0, "unknown": 1, "pass": 2, "exempt": 3}
_SIGNS = {Reads.AT_MOST: "≤ ", Reads.MAGNITUDE: "≤ ", Reads.AT_LEAST: "≥ "}
_READS = {  # where all parts of a rule read their limits alike
    rule.id: _SIGNS.get(rule.parts[0].reads, "") for rule in RULES if len({part.reads for part in rule.parts}) == 1
}
_MARKS = {"fail": "✕", "unknown": "?", "pass": "✓", "exempt": "–"}
_VERDICTS = {
    "pass": ("合格", "pass"),
    "refuse": ("不合格", "refused"),
    "unmeasurable": ("无法判定", "could not be measured"),
}
_JUDGED_AS = {"capture": ("原始拍摄", "a capture"), "photo": ("成品照片", "a finished photo")}


def page(examined: Sequence[Examined], profile: Profile, made: str) -> str:
    """The whole page; `made` says when and by which version, in one line."""
    names = [Path(each.result["file"]).name for each in examined]
    counts = Counter(each.result["verdict"] for each in examined)
    return "\n".join(
        [
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>检查报告 Check report · {escape(profile.name)}</title>",
            f"<style>{_data('page.css')}</style></head><body>",
            _head(profile, made, counts, len(examined)),
            _faults(examined),
            _sheet(examined, names),
            _histograms(examined, names),
            '<section><h2>逐张说明 <span lang="en">Picture by picture</span></h2>',
            _switches(),
            *(_picture(number, each, names[number], profile) for number, each in enumerate(examined)),
            f"</section><script>{_data('page.js')}</script></body></html>",
        ]
    )


def _data(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _head(profile: Profile, made: str, counts: Counter[str], total: int) -> str:
    tiles = "".join(
        f'<button class="tile {key}" data-verdict="{key}"><b>{counts[key]}</b><span>{zh}</span><span lang="en">{en}</span></button>'
        for key, (zh, en) in _VERDICTS.items()
        if counts[key] or key != "unmeasurable"
    )
    return (
        f'<header><h1>检查报告 <span lang="en">Check report</span></h1>'
        f'<p class="standard">{escape(profile.title_zh)}<br><span lang="en">{escape(profile.title_en)} · '
        f"<code>{escape(profile.name)}</code></span></p>"
        f'<div class="tiles"><button class="tile all" data-verdict="">'
        f'<b>{total}</b><span>全部</span><span lang="en">pictures</span></button>{tiles}</div>'
        f'<p class="made">{escape(made)}</p></header>'
    )


def _faults(examined: Sequence[Examined]) -> str:
    """Which rules refuse how many: the bars choose what the sheet shows."""
    failed: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for each in examined:
        for rule in _deciding(each):
            failed[rule["id"]] += rule["outcome"] == "fail"
            unknown[rule["id"]] += rule["outcome"] == "unknown"
    ranked = sorted((rule for rule in failed if failed[rule] + unknown[rule]), key=lambda r: (-failed[r], -unknown[r]))
    if not ranked:
        return ""
    most = max(failed[rule] + unknown[rule] for rule in ranked)
    rows = "".join(
        f'<button class="fault" data-rule="{rule}"><span>{_title(rule)}</span>'
        f'<span class="bar"><i class="fail" style="width:{100 * failed[rule] / most:.1f}%"></i>'
        f'<i class="unknown" style="width:{100 * unknown[rule] / most:.1f}%"></i></span>'
        f"<span>{failed[rule]}{f' + {unknown[rule]} ?' if unknown[rule] else ''}</span></button>"
        for rule in ranked
    )
    hint = "点选一条规则，只看它不通过的照片 <span lang='en'>choose a rule to see only what it refuses</span>"
    return (
        f'<section><h2>哪些规则不通过 <span lang="en">What was refused</span></h2>'
        f'<p class="hint">{hint}</p><div class="faults">{rows}</div></section>'
    )


def _sheet(examined: Sequence[Examined], names: Sequence[str]) -> str:
    cards = []
    for number, each in enumerate(examined):
        result = each.result
        failing = [rule["id"] for rule in _deciding(each) if rule["outcome"] in ("fail", "unknown")]
        said = _worst(each)
        drawn = '<div class="nothing">✕</div>' if each.evidence is None else thumbnail(number, each.evidence)
        cards.append(
            f'<a class="card {result["verdict"]}" href="#p{number}" data-verdict="{result["verdict"]}" '
            f'data-rules="{" ".join(failing)}">{drawn}<span class="name">{escape(names[number])}</span>'
            f'<span class="why">{said}</span></a>'
        )
    return (
        '<section id="sheet"><h2>总览 <span lang="en">Contact sheet</span> <small id="shown"></small></h2>'
        f'<div class="sheet">{"".join(cards)}</div></section>'
    )


def _deciding(each: Examined) -> list[dict[str, Any]]:
    """The rules of a result that decide, the most helpful to say first; the others are questions to the operator."""
    rules = (rule for rule in each.result["rules"] if not rule["advisory"])
    return sorted(rules, key=lambda rule: _PRIORITY[rule["id"]])


def _worst(each: Examined) -> str:
    """Why a picture is not passed, in a few words."""
    result = each.result
    if "error" in result:
        return escape(result["error"]["zh"])
    if result["verdict"] == "pass":
        return f"✓ {_VERDICTS['pass'][0]}"
    wanted = "fail" if result["verdict"] == "refuse" else "unknown"
    failed = [rule["id"] for rule in _deciding(each) if rule["outcome"] == wanted]
    more = f" +{len(failed) - 1}" if len(failed) > 1 else ""
    return f"{_MARKS[wanted]} {_title(failed[0], english=False)}{more}"


def _histograms(examined: Sequence[Examined], names: Sequence[str]) -> str:
    figures = "".join(_figure(series, names) for series in series_of([each.result for each in examined]))
    zh, en = "每一格是一张照片，点击可查看；竖线是限值", "one block is one picture, click to see it; lines are limits"
    return (
        f'<section><h2>各项测量的分布 <span lang="en">Every measure</span></h2>'
        f'<p class="hint">{zh} <span lang="en">{en}</span></p><div class="figures">{figures}</div></section>'
    )


def _figure(series: Series, names: Sequence[str]) -> str:
    drawn = histogram(series, names)
    if not drawn:
        return ""
    part = series.key.removeprefix(series.rule).lstrip(".")
    missing = f' · <span class="unknown">? {series.unmeasured}</span>' if series.unmeasured else ""
    failed = f' · <span class="fail">✕ {series.failed}</span>' if series.failed else ""
    caption = f"{_title(series.rule)}{f' <code>{escape(part)}</code>' if part else ''}{failed}{missing}"
    return f"<figure><figcaption>{caption}</figcaption>{drawn}</figure>"


def _switches() -> str:
    layers = (("mesh", "关键点", "landmarks"), ("bands", "构图范围", "bands"), ("segments", "分割", "segments"))
    return (
        '<p class="switches">'
        + "".join(
            f'<label><input type="checkbox" data-layer="{key}"{"" if key == "segments" else " checked"}> {zh} '
            f'<span lang="en">{en}</span></label>'
            for key, zh, en in layers
        )
        + "</p>"
    )


def _picture(number: int, each: Examined, name: str, profile: Profile) -> str:
    result = each.result
    zh, en = _VERDICTS[result["verdict"]]
    badge = f'<span class="badge {result["verdict"]}">{zh} <span lang="en">{en}</span></span>'
    title = f'<h3><a href="#p{number}">{escape(name)}</a> {badge}</h3>'
    opened = f'<article id="p{number}" data-verdict="{result["verdict"]}">{title}'
    if each.evidence is None:
        error = result["error"]
        return f'{opened}<p>{escape(error["zh"])}<br><span lang="en">{escape(error["en"])}</span></p></article>'
    outcomes = {rule["id"]: rule["outcome"] for rule in result["rules"]}
    judged = _JUDGED_AS[result["judged_as"]]
    took = sum(result["timings_ms"].values())
    rows = "".join(_row(rule) for rule in sorted(result["rules"], key=_place))
    return (
        f'{opened}<div class="pair"><div>{sketch(number, each.evidence, profile, outcomes)}'
        f'<p class="made">按{judged[0]}检查 <span lang="en">judged as {judged[1]}</span> · {took:.0f} ms</p>'
        f"{_photo(each.evidence)}</div>"
        f'<table><thead><tr><th></th><th>规则 <span lang="en">rule</span></th><th>测得 <span lang="en">measured</span></th>'
        f'<th>限值 <span lang="en">limit</span></th>'
        f'<th>得分 <span lang="en">score</span></th></tr></thead><tbody>{rows}</tbody></table></div></article>'
    )


def _place(rule: dict[str, Any]) -> tuple[bool, int, int]:
    """Where a rule stands in the table: questions to the operator last, what is wrong first, the most helpful first."""
    return rule["advisory"], _ORDER[rule["outcome"]], _PRIORITY[rule["id"]]


def _photo(seen: Evidence) -> str:
    """What the station would hand in of this picture, or why nothing."""
    if seen.no_photo is not None:
        return f'<p>{escape(seen.no_photo.zh)}<br><span lang="en">{escape(seen.no_photo.en)}</span></p>'
    if seen.photo is None:
        return ""
    photo = seen.photo
    told = f"{photo.width}×{photo.height} px, {len(photo.jpeg) / 1024:.1f} KB, JPEG {photo.quality}"
    return (
        f'<div class="made-photo"><img alt="" loading="lazy" src="{uri("jpeg", photo.jpeg)}">'
        f'<p>制成的标准照 <span lang="en">the standard photo made of it</span><br>{told}</p></div>'
    )


def _row(rule: dict[str, Any]) -> str:
    outcome = rule["outcome"]
    said = ""
    if outcome in ("fail", "unknown"):
        message = rule["message"]
        said = f'<p>{escape(message["zh"])}<br><span lang="en">{escape(message["en"])}</span></p>'
    return (
        f'<tr class="{outcome}"><td class="mark">{_MARKS[outcome]}</td><td>{_title(rule["id"])}{_parts(rule)}{said}</td>'
        f'<td class="figure">{escape(_value(rule["measured"], rule["unit"]))}</td>'
        f'<td class="figure">{_READS.get(rule["id"], "")}{escape(_value(rule["limit"], ""))}</td>'
        f"<td>{_gauge(rule['score'])}</td></tr>"
    )


def _parts(rule: dict[str, Any]) -> str:
    """Every measure of a rule that has several, and the standard's name for the one that decides."""
    iso = f'<span class="iso">ISO/IEC 29794-5: {escape(rule["iso"])}</span>' if rule["iso"] else ""
    if len(rule["parts"]) < 2:
        return iso
    told = " · ".join(
        f"{_MARKS[part['outcome']]} {escape(str(part['measure']).removeprefix(rule['id'] + '.'))} "
        f"{escape(_value(part['measured'], part['unit']))}"
        for part in sorted(rule["parts"], key=lambda part: str(part["measure"]))
    )
    return f'{iso}<span class="iso">{told}</span>'


def _gauge(score: float | None) -> str:
    """The score, 0 to 100; the line in the middle, at 50, is the limit."""
    if score is None:
        return ""
    return f'<span class="gauge" title="{score:.0f} / 100"><i style="width:{score:.0f}%"></i></span>'


def _value(value: object, unit: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g} {unit}".strip()
    if isinstance(value, list | tuple):
        return " – ".join(f"{part:g}" if isinstance(part, int | float) else str(part) for part in value)
    return f"{value} {unit}".strip()


def _title(rule: str, *, english: bool = True) -> str:
    title = load_texts()["rule"][rule]["title"]
    zh, en = escape(title["zh"]), escape(title["en"])
    return f'{zh} <span lang="en">{en}</span> <code>{rule}</code>' if english else zh
