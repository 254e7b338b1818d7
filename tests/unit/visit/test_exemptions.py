from __future__ import annotations

import pytest

from appliance.visit import exemptions
from appliance.visit.errors import ExceptionUnknown, NotAcceptable
from appliance.visit.exemptions import Exemption


def test_a_passed_photo_needs_no_reason_and_a_refused_one_does() -> None:
    exemptions.check(None, passed=True)
    with pytest.raises(NotAcceptable, match="reason"):
        exemptions.check(None, passed=False)


@pytest.mark.parametrize("reason", exemptions.reasons())
def test_every_reason_on_the_list_is_taken_and_said_in_both_languages(reason: str) -> None:
    exemptions.check(Exemption(reason, "seen by the teacher"), passed=False)
    text = exemptions.reasons()[reason]
    assert text.zh
    assert text.en
    assert text.zh != text.en


@pytest.mark.parametrize("given", [Exemption("because"), Exemption("medical", "x" * 201), Exemption("")])
def test_other_reasons_and_long_notes_are_refused(given: Exemption) -> None:
    with pytest.raises(ExceptionUnknown):
        exemptions.check(given, passed=False)
