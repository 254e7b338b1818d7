"""The page's files by themselves: texts complete, colours readable, nothing inline, nothing from elsewhere, not too heavy."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "appliance" / "web" / "ui"
SHIPPED_AS = {".js", ".css", ".html", ".svg", ".json", ".webmanifest"}
SHIPPED = sorted(path for path in UI.rglob("*") if path.is_file() and path.suffix in SHIPPED_AS)
SCRIPTS = [path for path in SHIPPED if path.suffix == ".js"]
KEY = re.compile(r'"([a-z_]+\.[a-z0-9_]+)"')
FILE_NAME = re.compile(r"\.(js|css|json|svg|html)$")
TEXTS = {name: json.loads((UI / "texts" / f"{name}.json").read_text(encoding="utf-8")) for name in ("zh", "en")}


def keys_in_scripts() -> set[str]:
    """Every text key that the scripts name; keys are always written out, never put together."""
    groups = {key.split(".")[0] for text in TEXTS.values() for key in text}
    found = {key for path in SCRIPTS for key in KEY.findall(path.read_text(encoding="utf-8"))}
    return {key for key in found if key.split(".")[0] in groups and not FILE_NAME.search(key)} - {"station.language"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_missing_or_unused(language: str) -> None:
    used = keys_in_scripts()
    assert used - set(TEXTS[language]) == set(), "used by the page, not in the text file"
    assert set(TEXTS[language]) - used == set(), "in the text file, used by nothing"


def test_keys_are_never_put_together_from_parts() -> None:
    for path in SCRIPTS:
        for call in re.findall(r"(?:text|label|hint): `[^`]*`", path.read_text(encoding="utf-8")):
            pytest.fail(f"{path.name}: {call}: the test above cannot see such a key")


def test_both_languages_fill_the_same_braces() -> None:
    for key, zh in TEXTS["zh"].items():
        assert sorted(re.findall(r"\{(\w+)\}", zh)) == sorted(re.findall(r"\{(\w+)\}", TEXTS["en"][key])), key


@pytest.mark.parametrize("language", ["zh", "en"])
def test_texts_are_sorted_and_none_is_empty(language: str) -> None:
    assert list(TEXTS[language]) == sorted(TEXTS[language])
    assert all(text.strip() for text in TEXTS[language].values())


def test_english_texts_hold_no_chinese_but_names() -> None:
    """A text left untranslated shows; Chinese names of things to look for stand in quotes, the other language by itself."""
    for key, text in TEXTS["en"].items():
        bare = re.sub(r"“[^”]*”", "", text)
        if key not in {"language.other", "language.switch"}:
            assert not re.search(r"[\u4e00-\u9fff]", bare), key


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    for page in UI.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
        assert "<style" not in html
        assert "style=" not in html
        assert not re.search(r"\son\w+=", html)
    for path in SHIPPED:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), path.name
        assert "innerHTML" not in text, path.name
        assert 'setAttribute("style"' not in text, path.name


def test_every_import_and_link_leads_to_a_file() -> None:
    for path in SCRIPTS:
        for target in re.findall(r'(?:from|import\()\s*"(\.[^"]+)"', path.read_text(encoding="utf-8")):
            file = path.parent / target
            # TypeScript names a declaration file as if it were the script that it declares.
            assert file.is_file() or file.with_suffix(".d.ts").is_file(), f"{path.name} → {target}"
    for page in UI.glob("*.html"):
        for target in re.findall(r'(?:href|src)="/ui/([^"]+)"', page.read_text(encoding="utf-8")):
            assert (UI / target).is_file(), f"{page.name} → {target}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_judges_figures_can_be_told_from_its_sentence(language: str) -> None:
    """The page shows what to do and keeps the figures a tap away; it knows them by how the judge's texts end."""
    texts = tomllib.loads((UI.parents[1] / "portrait" / "texts.toml").read_text(encoding="utf-8"))
    ending = texts["general"]["figures"][language].format(measured="11.4°", limit="200 – 300 px")
    script = (UI / "elements" / "rule_list.js").read_text(encoding="utf-8")
    pattern = re.search(rf"FIGURES = .*\b{language}: /(.*?)\$/", script)
    assert pattern is not None
    assert re.fullmatch(pattern[1], ending)


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r"^  (\w+):", (UI / "icons.js").read_text(encoding="utf-8"), re.M))
    calls = re.compile(r'icon\(([^()]*)\)|(?:icon|drawing): ("\w+")')
    named = {
        name
        for path in SCRIPTS
        if path.name != "icons.js"
        for call in calls.findall(path.read_text(encoding="utf-8"))
        for name in re.findall(r'"(\w+)"', "".join(call))
    }
    assert len(named) > 20
    assert named - drawn == set()


def test_what_is_kept_for_offline_is_all_there_is() -> None:
    script = (UI / "sw.js").read_text(encoding="utf-8")
    kept = set(re.findall(r'^  "(/[^"]*)",$', script, re.M))
    served = {f"/ui/{path.relative_to(UI).as_posix()}" for path in SHIPPED if path.name not in {"types.js", "sw.js"}}
    assert kept == served | {"/"}


def test_no_script_is_longer_than_an_idea() -> None:
    for path in SCRIPTS:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path.name


def test_all_files_together_are_light_when_packed() -> None:
    """What a tablet fetches is measured in the browser (`test_page.py`); this bounds everything there is."""
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in SHIPPED)
    assert packed < 160_000


# --- colours ----------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
LIGHT, DARK = (UI / "css" / "tokens.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
SCHEMES = {"light": dict(TOKEN.findall(LIGHT)), "dark": dict(TOKEN.findall(LIGHT)) | dict(TOKEN.findall(DARK))}
READ_ON = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "bad", "good") for ground in ("ground", "surface")],
    *[("ink", ground) for ground in ("sunk", "accent-soft", "good-soft", "bad-soft", "warn-soft")],
    *[
        ("ink-soft", "sunk"),
        ("ink-soft", "accent-soft"),
        ("bad", "bad-soft"),
        ("warn", "warn-soft"),
        ("good", "good-soft"),
    ],
    *[
        ("accent-ink", "accent"),
        ("accent-ink", "accent-strong"),
        ("good-ink", "good"),
        ("bad-ink", "bad"),
        ("accent", "accent-soft"),
    ],
    *[("stage-ink", "stage"), ("ground", "ink"), ("warn", "surface")],
]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), READ_ON)
def test_text_can_be_read_on_its_ground(scheme: str, ink: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["ground", "surface"])
def test_borders_of_controls_can_be_seen(scheme: str, ground: str) -> None:
    assert contrast(SCHEMES[scheme]["line-strong"], SCHEMES[scheme][ground]) >= 3.0
