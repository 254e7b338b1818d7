"""Every rule speaks both languages, says what to do, and every reason for not measuring is translated."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from appliance.portrait import measure
from appliance.portrait.measurement import Measurement, Outcome
from appliance.portrait.rulebook import RULES
from appliance.portrait.texts import instruction, load_texts, say

SOURCES = [*sorted(Path(measure.__file__).parent.glob("*.py")), Path(measure.__file__).parent.parent / "measurement.py"]


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_rule_says_what_to_do_in_both_languages(rule: str) -> None:
    row = load_texts()["rule"][rule]
    assert chinese(row["title"]["zh"])
    for name, texts in row.items():
        assert chinese(texts["zh"]), name
        assert texts["en"].isascii(), name


def test_no_text_is_left_over() -> None:
    assert set(load_texts()["rule"]) == {rule.id for rule in RULES}


def reasons() -> set[str]:
    """Every constant reason that a measure gives for failing."""
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "failed":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_the_reasons_were_found() -> None:
    assert {"no face", "the top of the hair was not found"} <= reasons()


@pytest.mark.parametrize("reason", sorted(reasons()))
def test_a_reason_is_translated(reason: str) -> None:
    message = say("eyes.open", Outcome.UNKNOWN, Measurement.failed(reason), 1.0)
    assert reason in message.en
    assert reason not in message.zh


def test_a_reason_with_a_name_keeps_it() -> None:
    message = say("truth.unedited", Outcome.UNKNOWN, Measurement.failed("saved by Retoucher 9"), "camera")
    assert "Retoucher 9" in message.zh
    assert "saved" not in message.zh


def test_a_refusal_shows_figure_and_limit_and_the_student_none() -> None:
    found = Measurement.of(12.3456, "°", "turn_left")
    message = say("pose.frontal", Outcome.FAIL, found, 8.0)
    assert "12.3°" in message.zh
    assert "8°" in message.en
    spoken = instruction("pose.frontal", "turn_left")
    assert spoken.zh == "头请向左转一点"
    assert not any(letter.isdigit() for letter in spoken.zh + spoken.en)


def test_an_unknown_hint_falls_back_to_the_plain_sentence() -> None:
    assert instruction("mouth.closed", "sideways") == instruction("mouth.closed", None)
