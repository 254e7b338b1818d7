"""Patterns of a plan: the same answers fit as with `re`, and no pattern keeps the station busy."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.visit.answer_pattern import AnswerPattern
from appliance.visit.pattern_syntax import PatternRefused

LETTERS = "ab1-"
ATOMS = st.sampled_from(
    ["a", "b", "1", "\\-", ".", "[ab]", "[^a]", "[a-b1]", "\\d", "\\w", "[\\d\\-]", "\\p{L}", "(?:ab)"]
)
QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,}", "{0,2}"])


def with_brackets(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    branches = st.lists(inner, min_size=1, max_size=3).map("|".join)
    return st.lists(st.builds("({}){}".format, branches, QUANTIFIERS), min_size=1, max_size=3).map("".join)


PATTERNS = st.recursive(
    st.lists(st.builds("{}{}".format, ATOMS, QUANTIFIERS), max_size=4).map("".join), with_brackets, max_leaves=5
)


@settings(max_examples=150, deadline=None)
@given(pattern=PATTERNS, answers=st.lists(st.text(LETTERS, max_size=7), max_size=8))
def test_the_same_answers_fit_as_with_regular_expressions(pattern: str, answers: list[str]) -> None:
    known = re.compile(pattern.replace("\\p{L}", "[a-z]"))
    found = AnswerPattern(pattern)
    for answer in ["", *answers]:
        assert found.fits(answer) == (known.fullmatch(answer) is not None), (pattern, answer)


@pytest.mark.parametrize(
    ("pattern", "fits", "not_"),
    [
        ("[A-Z]{2}", ["AB"], ["A", "ABC", "ab"]),
        (r"^\d{6}$", ["510000"], ["51000", "５１００００"]),
        (r"20(2[0-9]|30)级[一二三]班", ["2026级二班"], ["2036级二班"]),
        (r"\p{Lu}\p{Ll}+( \p{Lu}\p{Ll}+)*", ["Li Hua"], ["li Hua"]),
        (r"[^\s@]+@[^\s@]+", ["a@b"], ["a@@b", "a b@c"]),
        (r"\+86-?1\d{10}", ["+86-13800000000", "+8613800000000"], ["8613800000000"]),
        ("", [""], ["a"]),
    ],
)
def test_what_plans_ask_for(pattern: str, fits: list[str], not_: list[str]) -> None:
    found = AnswerPattern(pattern)
    assert all(map(found.fits, fits))
    assert not any(map(found.fits, not_))


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "([a-z]*)*1", "(.*a){12}", "(((a*)*)*)*b"])
def test_no_pattern_takes_longer_than_its_size_allows(pattern: str) -> None:
    found = AnswerPattern(pattern)
    begun = time.process_time()
    found.fits("a" * 200 + "!")
    assert time.process_time() - begun < 2.0  # one that tries every way would take for ever


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("([", "not closed"),
        ("(a", "not closed"),
        ("a)", "not opened"),
        ("(?=a)", "look-around"),
        (r"(a)\1", "not supported"),
        (r"\bword", "not supported"),
        ("a{2", "a count"),
        ("a{3,1}", "a count"),
        ("a{,3}", "missing"),
        ("a+?", "twice over"),
        ("*a", "on its own"),
        ("[z-a]", "backwards"),
        ("[]", "empty"),
        ("\\", "at the end"),
        (r"\p{Greek}", "category"),
        ("(" * 30 + "a" + ")" * 30, "brackets within brackets"),
        ("((a{100}){100}){100}", "too much"),
    ],
)
def test_what_cannot_be_read_or_is_too_large_is_refused_with_the_place(pattern: str, says: str) -> None:
    with pytest.raises(PatternRefused, match=says) as refused:
        AnswerPattern(pattern)
    assert refused.value.zh
    assert "character" in refused.value.en or "steps" in refused.value.en
