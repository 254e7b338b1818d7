"""What an answer means: each kind of refusal leads to the one thing the station does about it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json

import httpx2
import pytest

from appliance.outbox.delivery import Remedy, remedy_for
from appliance.platform.answers import check, check_digest, read, retry_after
from appliance.platform.contract import CaptureState
from appliance.platform.errors import PlatformError, PlatformUnreachable
from appliance.platform.reference.problems import CATALOGUE, Refusal


def answer(status: int, body: bytes = b"", **headers: str) -> httpx2.Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=fields, content=body, request=httpx2.Request("GET", "http://p/"))


def problem(code: str, **extra: object) -> httpx2.Response:
    made = Refusal(code, "detail", **extra).response()
    return answer(made.status_code, bytes(made.body), content_type="application/problem+json")


def remedy_of(response: httpx2.Response, last_error: str | None = None) -> Remedy:
    with pytest.raises(PlatformError) as error:
        check(response)
    return remedy_for(error.value, last_error)


EXPECTED = {
    "bad-request": Remedy.TRY_LATER,
    "body-unreadable": Remedy.TRY_LATER,
    "unsigned": Remedy.TRY_LATER,
    "clock-skew": Remedy.TRY_LATER,
    "unknown-station": Remedy.HOLD_STATION,
    "revoked": Remedy.HOLD_STATION,
    "bad-token": Remedy.TRY_LATER,
    "not-yours": Remedy.TRY_LATER,
    "local-only": Remedy.TRY_LATER,
    "unknown-capture": Remedy.TRY_LATER,
    "unknown-upload": Remedy.TRY_LATER,
    "not-found": Remedy.WAIT_FOR_LINK,
    "method-not-allowed": Remedy.WAIT_FOR_LINK,
    "other-record": Remedy.TRY_LATER,
    "parts-missing": Remedy.TRY_LATER,
    "wrong-offset": Remedy.TRY_LATER,
    "upload-gone": Remedy.TRY_LATER,
    "tus-version": Remedy.WAIT_FOR_LINK,
    "too-large": Remedy.TRY_LATER,
    "media-type": Remedy.TRY_LATER,
    "wrong-digest": Remedy.TRY_LATER,
    "checksum-mismatch": Remedy.TRY_LATER,
    "disk-full": Remedy.TRY_LATER,
    "unavailable": Remedy.TRY_LATER,
    "not-installed": Remedy.TRY_LATER,
    "key-used": Remedy.TRY_LATER,  # said of a change of keys alone
    # Of fees, reviews and reports; a delivery never hears them.
    "unknown-plan": Remedy.TRY_LATER,
    "unknown-order": Remedy.TRY_LATER,
    "no-fee": Remedy.TRY_LATER,
    "paid": Remedy.TRY_LATER,
    "other-order": Remedy.TRY_LATER,
    "other-report": Remedy.TRY_LATER,
    "locked": Remedy.TRY_LATER,
    "already-refused": Remedy.TRY_LATER,
    "withdrawn": Remedy.TRY_LATER,
    "wrong-code": Remedy.TRY_LATER,
    "wrong-amount": Remedy.TRY_LATER,
    "no-reason": Remedy.TRY_LATER,
}
PARKED_WHEN_REPEATED = {
    "bad-request",
    "body-unreadable",
    "bad-token",
    "not-yours",
    "local-only",
    "unknown-capture",
    "other-record",
    "parts-missing",
    "too-large",
    "media-type",
    "unknown-plan",
    "unknown-order",
    "no-fee",
    "paid",
    "other-order",
    "other-report",
    "locked",
    "already-refused",
    "withdrawn",
    "wrong-code",
    "wrong-amount",
    "no-reason",
    "key-used",
}


def test_every_refusal_the_platform_knows_has_a_remedy() -> None:
    assert set(EXPECTED) == set(CATALOGUE)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_the_remedy_of_each_refusal(code: str) -> None:
    assert remedy_of(problem(code)) is EXPECTED[code]


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_refusal_for_good_is_believed_when_it_is_said_twice(code: str) -> None:
    with pytest.raises(PlatformError) as error:
        check(problem(code))
    repeated = remedy_for(error.value, str(error.value))
    assert repeated is (Remedy.PARK if code in PARKED_WHEN_REPEATED else EXPECTED[code])


@pytest.mark.parametrize("code", ["unknown-capture", "parts-missing"])
def test_parts_the_platform_lacks_are_sent_again(code: str) -> None:
    assert remedy_of(problem(code, missing=["record"])) is Remedy.SEND_PARTS_AGAIN


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 507])
def test_trouble_on_the_way_is_waited_out(status: int) -> None:
    assert remedy_of(answer(status, b"<html>")) is Remedy.TRY_LATER


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 407, 409, 422, 511])
def test_an_answer_that_is_not_the_platforms_counts_as_none(status: int) -> None:
    expected = Remedy.TRY_LATER if status >= 500 else Remedy.WAIT_FOR_LINK
    assert remedy_of(answer(status, b"<html>please log in</html>", content_type="text/html")) is expected


def test_a_login_page_that_says_200_is_no_document() -> None:
    page = answer(200, b"<html>Welcome to the gym's Wi-Fi</html>", content_type="text/html")
    with pytest.raises(PlatformError, match="login page") as error:
        read(page, CaptureState)
    assert remedy_for(error.value) is Remedy.WAIT_FOR_LINK


def test_a_problem_that_is_cut_short_counts_as_no_answer() -> None:
    cut = problem("other-record").content[:-20]
    assert remedy_of(answer(409, cut, content_type="application/problem+json")) is Remedy.WAIT_FOR_LINK


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", None),
        ("7", 7.0),
        ("0", 0.0),
        ("soon", None),
        ("-3", None),
        ("Mon, 01 Jun 2026 08:00:30 GMT", 30.0),
        ("Mon, 01 Jun 2026 07:00:00 GMT", 0.0),
        ("99999999", 86400.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_by_the_platforms_own_clock(value: str, seconds: float | None) -> None:
    response = answer(503, retry_after=value, date="Mon, 01 Jun 2026 08:00:00 GMT")
    assert retry_after(response) == seconds


def test_problem_documents_are_rfc_9457_with_both_languages() -> None:
    for code in CATALOGUE:
        body = json.loads(Refusal(code, "detail").response().body)
        assert body["type"].endswith(code)
        assert body["title"]
        assert body["message"]["zh"]
        assert body["message"]["en"]


@pytest.mark.parametrize("digest", ["sha-256=:{}:", "unixsum=:30637:, sha-256=:{}:"])
def test_an_answer_changed_on_the_way_counts_as_none(digest: str) -> None:
    body = b'{"rule": "mouth.closed"}'
    named = digest.format(base64.b64encode(hashlib.sha256(body).digest()).decode())
    check_digest(answer(200, body, content_digest=named))
    with pytest.raises(PlatformUnreachable, match="changed on the way"):
        check_digest(answer(200, body.replace(b"closed", b"closet"), content_digest=named))


def test_an_answer_compressed_on_the_way_is_not_held_against_the_digest_of_what_it_was() -> None:
    body = gzip.compress(b"{}")
    check_digest(answer(200, body, content_encoding="gzip", content_digest="sha-256=:" + "A" * 43 + "=:"))


def test_an_answer_without_a_digest_is_taken() -> None:
    check_digest(answer(200, b"{}"))
    check_digest(answer(200, b"{}", content_digest="sha-512=:abc=:"))
