"""Digests: what compares equal, what cannot be searched."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.platform.digests import (
    answer_digest,
    canonical_json,
    code_digest,
    normal_answer,
    salt_bytes,
    salt_text,
    same_digest,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_code_digest_is_hmac_sha256_under_the_salt() -> None:
    assert code_digest(b"salt", "payload") == hmac.new(b"salt", b"payload", hashlib.sha256).hexdigest()


@given(salt=st.binary(min_size=16, max_size=32), left=st.text(min_size=1), right=st.text(min_size=1))
def test_codes_have_the_same_digest_only_when_they_are_the_same(salt: bytes, left: str, right: str) -> None:
    assert same_digest(code_digest(salt, left), code_digest(salt, right)) is (left == right)


@given(payload=st.text(min_size=8), other=st.text(min_size=8))
def test_the_same_answer_digests_differently_for_every_code(payload: str, other: str) -> None:
    assert same_digest(answer_digest(payload, "last_four", "123X"), answer_digest(other, "last_four", "123X")) is (
        payload == other
    )


def test_an_answer_of_one_kind_is_none_of_another() -> None:
    assert answer_digest("payload", "last_four", "2022") != answer_digest("payload", "student_number", "2022")


@pytest.mark.parametrize("typed", ["123x", "123X", " 123x ", "１２３Ｘ", "12 3x", "123ｘ"])
def test_the_answer_may_be_typed_in_any_width_and_case(typed: str) -> None:
    assert normal_answer(typed) == "123X"
    assert answer_digest("payload", "last_four", typed) == answer_digest("payload", "last_four", "123X")


@given(document=JSON)
def test_canonical_json_reads_back_and_is_the_same_for_the_same_document(document: object) -> None:
    once = canonical_json(document)
    assert json.loads(once) == document
    assert canonical_json(json.loads(once)) == once


def test_canonical_json_does_not_care_for_the_order_of_keys_and_refuses_nan() -> None:
    assert canonical_json({"b": 1, "a": "李"}) == canonical_json({"a": "李", "b": 1}) == '{"a":"李","b":1}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})


@given(salt=st.binary(max_size=64))
def test_a_salt_travels_as_text(salt: bytes) -> None:
    assert salt_bytes(salt_text(salt)) == salt
