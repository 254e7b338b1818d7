"""The review desk: nobody looks without its token; a decision taken there reaches the station as an event."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from platform_fixtures import Counterpart, MadeCapture, plain

from appliance.platform.client import PlatformClient
from appliance.platform.contract import ProblemReport
from appliance.platform.digests import canonical_json
from appliance.platform.reference.composition import utc_now
from appliance.platform.reference.desk import standard_reasons
from appliance.platform.sealing import seal


def hand_over(client: PlatformClient, capture: MadeCapture, **changes: object) -> str:
    record = canonical_json({**json.loads(capture.record), **changes})
    client.put_record(capture.capture_id, record)
    client.put_photo(capture.capture_id, capture.photo)
    path = client.create_upload(capture.capture_id, len(capture.original), capture.original_sha256)
    client.append(path, 0, capture.original)
    return capture.capture_id


@pytest.fixture
def capture(counterpart: Counterpart, client: PlatformClient) -> MadeCapture:
    made = counterpart.capture(client.identity, original_bytes=20_000)
    hand_over(client, made)
    return made


@pytest.fixture
def desk(counterpart: Counterpart) -> Iterator[httpx2.Client]:
    """Somebody signed in."""
    with plain(counterpart.address) as http:
        answer = http.post("/desk/sign-in", data={"token": counterpart.platform.keys.desk})
        assert answer.headers["location"] == "/desk"
        yield http


def test_nobody_looks_or_decides_without_the_token(counterpart: Counterpart, capture: MadeCapture) -> None:
    with plain(counterpart.address) as http:
        for path in ("/desk", f"/desk/{capture.capture_id}", f"/desk/{capture.capture_id}/original.jpg"):
            assert http.get(path).headers["location"] == "/desk/sign-in"
        assert http.post(f"/desk/{capture.capture_id}/accept").headers["location"] == "/desk/sign-in"
        wrong = http.post("/desk/sign-in", data={"token": "guessed"}, follow_redirects=True)
    assert "口令不对" in wrong.text
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize("cookie", ["", "9999999999.", "9999999999.00", "x.y", "."])
def test_a_made_up_session_opens_nothing(counterpart: Counterpart, cookie: str) -> None:
    with plain(counterpart.address) as http:
        assert http.get("/desk", headers={"cookie": f"desk={cookie}"}).status_code == 303


def test_a_session_ends(counterpart: Counterpart, desk: httpx2.Client) -> None:
    assert desk.get("/desk").status_code == 200
    object.__setattr__(counterpart.platform, "now", lambda: utc_now() + timedelta(hours=13))
    assert desk.get("/desk").headers["location"] == "/desk/sign-in"


def test_signing_out_ends_it_and_a_form_of_another_site_is_refused(desk: httpx2.Client, capture: MadeCapture) -> None:
    forged = desk.post(f"/desk/{capture.capture_id}/accept", headers={"origin": "https://elsewhere.example"})
    assert forged.json()["code"] == "local-only"
    desk.post("/desk/sign-out")
    assert desk.get("/desk").status_code == 303


def test_photo_and_original_are_shown_as_stored_with_the_verdicts_measures(
    desk: httpx2.Client, capture: MadeCapture
) -> None:
    assert capture.capture_id in desk.get("/desk").text
    page = desk.get(f"/desk/{capture.capture_id}").text
    assert "双眼睁开" in page
    assert "0.31" in page
    assert desk.get(f"/desk/{capture.capture_id}/photo.jpg").content == capture.photo
    assert desk.get(f"/desk/{capture.capture_id}/original.jpg").content == capture.original
    assert desk.get(f"/desk/{capture.capture_id}/record.jpg").status_code == 404


def test_accepting_tells_the_station_and_goes_on_with_the_next(
    counterpart: Counterpart, client: PlatformClient, desk: httpx2.Client, capture: MadeCapture
) -> None:
    second = hand_over(client, counterpart.capture(client.identity, original_bytes=20_000))
    following = desk.post(f"/desk/{capture.capture_id}/accept")
    assert following.headers["location"] == f"/desk/{second}"
    assert desk.post(f"/desk/{second}/accept").headers["location"] == "/desk"
    states = [event.data["state"] for event in client.events().events if event.kind == "review"]
    assert states == ["accepted", "accepted"]
    assert "没有照片" in desk.get("/desk").text
    assert second in desk.get("/desk?state=accepted").text


def test_refusing_needs_a_reason_and_carries_the_standard_text_in_two_languages(
    client: PlatformClient, desk: httpx2.Client, capture: MadeCapture
) -> None:
    without = desk.post(f"/desk/{capture.capture_id}/refuse", data={"rule": "no.such.rule"}, follow_redirects=True)
    assert "请至少选择一条原因" in without.text
    assert client.review(capture.capture_id).state == "reviewing"
    chosen = {"rule": ["eyes.open", "glasses.glare"], "other": "请换一件 <b>深色</b> 衣服"}
    desk.post(f"/desk/{capture.capture_id}/refuse", data=chosen)
    review = client.review(capture.capture_id)
    assert (review.state, [reason.rule for reason in review.reasons]) == (
        "refused",
        ["eyes.open", "glasses.glare", "other"],
    )
    assert review.reasons[0].message.en == "Please open both eyes naturally."
    page = desk.get(f"/desk/{capture.capture_id}").text
    assert "<b>深色" not in page
    assert "&lt;b&gt;深色" in page


def test_a_withdrawn_capture_is_marked_and_cannot_be_decided(
    client: PlatformClient, desk: httpx2.Client, capture: MadeCapture
) -> None:
    client.withdraw(capture.capture_id, "better-photo")
    assert capture.capture_id not in desk.get("/desk").text
    assert "学生已撤回" in desk.get("/desk?state=withdrawn").text
    assert "/accept" not in desk.get(f"/desk/{capture.capture_id}").text
    assert desk.post(f"/desk/{capture.capture_id}/accept").json()["code"] == "withdrawn"


def test_a_hostile_record_is_shown_as_text(
    counterpart: Counterpart, client: PlatformClient, desk: httpx2.Client
) -> None:
    made = counterpart.capture(client.identity, original_bytes=20_000)
    identity = {**json.loads(made.record)["identity"], "name": "<script>alert(1)</script>", "major": '"><img src=x>'}
    capture_id = hand_over(client, made, identity=identity, exception={"reason": "religious", "note": "<i>n</i>"})
    for path in ("/desk", f"/desk/{capture_id}"):
        page = desk.get(path)
        assert "<script>" not in page.text
        assert "<i>n" not in page.text
        assert "<img src=x>" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


def test_reports_are_opened_at_the_desk_and_shown_as_text(
    counterpart: Counterpart, client: PlatformClient, desk: httpx2.Client, capture: MadeCapture
) -> None:
    assert "还没有问题报告" in desk.get("/desk/reports").text
    report = ProblemReport(
        report_id=uuid.uuid4(),
        capture_id=uuid.UUID(capture.capture_id),
        category="verdict",
        sealed_text=seal("镜片没有反光 <b>真的</b>", client.identity.sealing_key),
        evidence={"rule": "glasses.glare", "measured": 0.031},
        at=utc_now(),
    )
    client.report(report)
    page = desk.get("/desk/reports").text
    assert "镜片没有反光 &lt;b&gt;真的&lt;/b&gt;" in page
    assert "0.031" in page
    assert f"/desk/{capture.capture_id}" in page
    with plain(counterpart.address) as http:
        assert http.get("/desk/reports").headers["location"] == "/desk/sign-in"


def test_every_standard_reason_is_a_rule_with_a_text_in_two_languages() -> None:
    reasons = standard_reasons()
    assert len({reason.rule for reason in reasons}) == len(reasons) > 20
    assert all(reason.message.zh and reason.message.en for reason in reasons)


def test_a_form_too_long_is_refused(desk: httpx2.Client, capture: MadeCapture) -> None:
    answer = desk.post(f"/desk/{capture.capture_id}/refuse", data={"other": "x" * 20_000})
    assert answer.json()["code"] == "too-large"
