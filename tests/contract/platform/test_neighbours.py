"""Whoever has only a browser gets a plain no from the platform's pages, and passes it on."""

from __future__ import annotations

import pytest
from platform_fixtures import Counterpart, free_port

from appliance.platform.client import PlatformClient
from appliance.rehearsal.neighbours import Friend, PageRefused, Reviewer


def test_a_friend_learns_that_a_page_is_not_there_or_nobody_answers(counterpart: Counterpart) -> None:
    with pytest.raises(PageRefused, match="404"):
        Friend().pay(f"{counterpart.address}/pay/nothing")
    with pytest.raises(ConnectionError, match="does not answer"):
        Friend().pay(f"http://127.0.0.1:{free_port()}/pay/x")


def test_a_reviewer_needs_the_token_a_capture_and_a_reason(counterpart: Counterpart, client: PlatformClient) -> None:
    with pytest.raises(PageRefused, match="token"), Reviewer(counterpart.address, "guessed"):
        pytest.fail("let in")
    capture = counterpart.capture(client.identity)
    client.put_record(capture.capture_id, capture.record)
    with Reviewer(counterpart.address, counterpart.platform.keys.desk) as reviewer:
        with pytest.raises(PageRefused, match="no such reason"):
            reviewer.refuse(capture.capture_id, ["no.such.rule"])
        with pytest.raises(PageRefused, match="409"):
            reviewer.accept(capture.capture_id)
