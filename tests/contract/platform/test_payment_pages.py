"""The payment page on any phone, the gateway's signed notice, and the notice that got lost."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from platform_fixtures import Counterpart, charge, order_request, plain, wait_until

from appliance.platform.client import PlatformClient
from appliance.platform.contract import Order
from appliance.platform.reference.composition import utc_now
from appliance.platform.reference.jobs import ask_gateway
from appliance.platform.reference.notices import FIELD, send


@pytest.fixture
def order(counterpart: Counterpart, client: PlatformClient) -> Order:
    charge(counterpart, fen=1550)
    return client.create_order(order_request(counterpart, counterpart.roster.students[0]), "visit-1")


@pytest.fixture
def path(counterpart: Counterpart, order: Order) -> str:
    assert order.pay_url is not None
    return order.pay_url.removeprefix(counterpart.address)


def deaf(counterpart: Counterpart) -> None:
    """From now on the gateway's notices lead nowhere."""
    object.__setattr__(counterpart.platform.settings, "public_url", "http://127.0.0.1:9")


def test_a_friend_sees_what_is_paid_for_whom_and_pays_from_any_phone(
    counterpart: Counterpart, client: PlatformClient, order: Order, path: str
) -> None:
    cursor = client.events().cursor
    with plain(counterpart.address) as phone:
        page = phone.get(path)
        assert "15.50" in page.text
        assert counterpart.roster.students[0].identity["name"] in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert client.order(order.order_id).state == "pending", "looking pays nothing"
        thanks = phone.post(path, follow_redirects=True)
    assert "支付成功" in thanks.text
    [event] = client.events(cursor, wait_s=20).events
    assert (event.kind, event.data["state"]) == ("order", "paid")


def test_declining_pays_nothing_and_leaves_the_order_open(
    counterpart: Counterpart, client: PlatformClient, order: Order, path: str
) -> None:
    with plain(counterpart.address) as phone:
        assert "没有扣款" in phone.get(f"{path}?declined=true").text
    assert client.order(order.order_id).state == "pending"


def test_a_page_whose_order_ended_says_so_and_takes_no_money(
    counterpart: Counterpart, client: PlatformClient, order: Order, path: str
) -> None:
    client.cancel_order(order.order_id)
    with plain(counterpart.address) as phone:
        assert "订单已关闭" in phone.post(path, follow_redirects=True).text
        unknown = phone.get("/pay/nothing")
    assert unknown.status_code == 404
    assert "没有这笔付款" in unknown.text
    assert client.order(order.order_id).state == "cancelled"


def test_a_page_whose_time_is_over_says_so_and_takes_no_money(
    counterpart: Counterpart, order: Order, path: str
) -> None:
    object.__setattr__(counterpart.platform, "now", lambda: utc_now() + timedelta(hours=1))
    object.__setattr__(counterpart.platform.gateway, "_now", counterpart.platform.now)
    with plain(counterpart.address) as phone:
        page = phone.post(path, follow_redirects=True).text
    assert "订单已过期" in page or "订单已关闭" in page, "the platform's job may have closed it meanwhile"
    payment = counterpart.platform.gateway.query(order.order_id)
    assert payment is not None
    assert payment.state != "paid"


def test_a_payment_the_platform_was_not_told_of_is_found_by_asking(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    charge(counterpart)
    deaf(counterpart)
    object.__setattr__(counterpart.platform.settings, "ask_gateway_after_s", 3600.0)
    order = client.create_order(order_request(counterpart, counterpart.roster.students[1]), "visit-1")
    assert order.pay_url is not None
    assert order.pay_url.startswith("http://127.0.0.1:9/pay/")
    with plain(counterpart.address) as phone:
        phone.post(order.pay_url.removeprefix("http://127.0.0.1:9"))
    assert client.order(order.order_id).state == "pending"
    object.__setattr__(counterpart.platform.settings, "ask_gateway_after_s", 0.0)
    wait_until("the platform asked", lambda: client.order(order.order_id).state == "paid")
    assert ask_gateway(counterpart.platform) == 0, "nothing is left to ask for"


def test_only_the_gateways_own_fresh_notices_are_taken(counterpart: Counterpart, order: Order) -> None:
    body = json.dumps({"order_id": order.order_id, "transaction_id": "tx-1"}).encode()

    def notice(secret: bytes, stamp: str, content: bytes = body) -> httpx2.Response:
        mac = hmac.new(secret, stamp.encode() + b"." + content, hashlib.sha256).hexdigest()
        with plain(counterpart.address) as gateway:
            return gateway.post("/gateway/notices", content=content, headers={FIELD: f"t={stamp},v1={mac}"})

    secret, now = counterpart.platform.keys.notices, str(int(time.time()))
    assert notice(b"guessed", now).json()["code"] == "unsigned"
    assert notice(secret, str(int(time.time()) - 4000)).json()["code"] == "unsigned"
    assert notice(secret, now, b"{}").json()["code"] == "body-unreadable"
    assert notice(secret, now).status_code == 204


def test_a_notice_of_what_was_not_paid_makes_nothing_paid(
    counterpart: Counterpart, client: PlatformClient, order: Order
) -> None:
    payment = counterpart.platform.gateway.query(order.order_id)
    assert payment is not None
    assert send(replace(payment, transaction_id="tx-made-up"), counterpart.platform.keys.notices, utc_now())
    assert client.order(order.order_id).state == "pending"
