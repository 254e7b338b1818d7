"""What the platform shows of its stations: the list with heartbeats, and figures for Prometheus."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from fastapi import Request
from platform_fixtures import Counterpart, charge, order_request, plain

from appliance.platform.client import PlatformClient
from appliance.platform.contract import Heartbeat
from appliance.platform.reference import metrics
from appliance.platform.reference.composition import utc_now
from appliance.platform.reference.problems import Refusal
from appliance.platform.reference.stations import revoke

BEAT = Heartbeat(
    version="1.2.3",
    boot_id="b",
    uptime_s=5,
    clock_offset_s=-2.5,
    waiting=3,
    parked=0,
    receipted=7,
    bytes_waiting=9_000_000,
)


def shown(counterpart: Counterpart, path: str) -> str:
    with plain(counterpart.address) as http:
        answer = http.get(path)
    assert answer.status_code == 200
    return answer.text


def test_a_station_is_shown_well_then_in_need_then_silent_then_revoked(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    assert "没有心跳" in shown(counterpart, "/stations")
    client.heartbeat(BEAT)
    page = shown(counterpart, "/stations")
    assert "正常" in page
    assert "1.2.3" in page
    assert "9.0 MB" in page
    assert "-2.5 s" in page
    client.heartbeat(BEAT.model_copy(update={"parked": 1}))
    assert "需要处理" in shown(counterpart, "/stations")
    object.__setattr__(counterpart.platform, "now", lambda: utc_now() + timedelta(hours=2))
    page = shown(counterpart, "/stations")
    assert "没有心跳" in page
    assert "2 小时前" in page
    revoke(counterpart.platform, client.identity.station_id)
    assert "已停用" in shown(counterpart, "/stations")


def test_a_platform_without_stations_says_so(counterpart: Counterpart) -> None:
    assert "还没有采集站" in shown(counterpart, "/stations")


def test_the_figures_are_those_of_the_tables(counterpart: Counterpart, client: PlatformClient) -> None:
    pytest.importorskip("prometheus_client")
    charge(counterpart)
    client.create_order(order_request(counterpart, counterpart.roster.students[0]), "v")
    capture = counterpart.capture(client.identity)
    client.put_record(capture.capture_id, capture.record)
    client.withdraw(capture.capture_id, "student-wish")
    client.heartbeat(BEAT)
    text = shown(counterpart, "/metrics")
    station = client.identity.station_id
    for line in (
        'platform_captures{state="known"} 1.0',
        'platform_captures{state="receipted"} 0.0',
        'platform_orders{state="pending"} 1.0',
        'platform_reviews{state="withdrawn"} 1.0',
        f'station_waiting{{station="{station}"}} 3.0',
        f'station_revoked{{station="{station}"}} 0.0',
        f'station_clock_offset_s{{station="{station}"}} -2.5',
        'platform_request_seconds_count{method="PUT",route="/v1/captures/{capture_id}",status="201"} 1.0',
    ):
        assert line in text
    assert "disk_free_bytes{" not in text, "what a station does not know is not said"
    assert counterpart.roster.students[0].identity["name"] not in text


@pytest.mark.parametrize(("authorization", "allowed"), [("", False), ("Bearer guessed", False), ("right", True)])
def test_figures_from_elsewhere_need_their_token(counterpart: Counterpart, authorization: str, allowed: bool) -> None:
    pytest.importorskip("prometheus_client")
    sent = f"Bearer {counterpart.platform.keys.metrics}" if authorization == "right" else authorization
    app = SimpleNamespace(state=SimpleNamespace(metrics=metrics.new_registry(counterpart.platform)))
    headers = [(b"authorization", sent.encode())]
    request = Request({"type": "http", "client": ("192.168.1.7", 1), "headers": headers, "app": app})
    if allowed:
        assert b"platform_captures" in bytes(metrics.metrics(request, counterpart.platform).body)
    else:
        with pytest.raises(Refusal, match=r"metrics\.token"):
            metrics.metrics(request, counterpart.platform)


def test_without_the_library_the_extra_is_named(counterpart: Counterpart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "find_spec", lambda _: None)
    app = SimpleNamespace(state=SimpleNamespace(metrics=metrics.new_registry(counterpart.platform)))
    request = Request({"type": "http", "client": ("127.0.0.1", 1), "headers": [], "app": app})
    with pytest.raises(Refusal, match=r"\[platform\]"):
        metrics.metrics(request, counterpart.platform)
