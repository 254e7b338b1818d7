"""The way back: rosters with ETag and cursor, events by long poll, heartbeats."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from platform_fixtures import Counterpart
from sqlmodel import select

from appliance.platform.answers import check_digest
from appliance.platform.client import PlatformClient
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import ElsewhereEntry, Heartbeat, RosterEntry
from appliance.platform.errors import PlatformRefused
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.seed import DemoRoster, demo_roster, plant
from appliance.platform.reference.tables import StationRow
from appliance.platform.roster import answer_is_right
from appliance.platform.roster_store import RosterStore
from appliance.platform.signing import StationSignature


def test_the_roster_knows_its_students_their_answers_and_strangers(
    counterpart: Counterpart, client: PlatformClient, tmp_path: Path
) -> None:
    page = client.rosters()
    assert page is not None
    [roster], refused = RosterStore(tmp_path / "rosters", client.identity).take(page, client.clock.now())
    assert not refused
    assert roster.plan == counterpart.roster.plan
    for student in counterpart.roster.students:
        entry = roster.find(student.payload)
        assert isinstance(entry, RosterEntry)
        assert answer_is_right(entry, student.payload, "last_four", student.last_four.lower())
        assert student.last_four not in entry.identity.number
    for stranger in counterpart.roster.strangers:
        entry = roster.find(stranger.payload)
        assert isinstance(entry, ElsewhereEntry)
        assert entry.plan_title == counterpart.roster.other_plan.title


def test_nothing_is_sent_twice_until_something_changed(counterpart: Counterpart, client: PlatformClient) -> None:
    first = client.rosters()
    assert first is not None
    assert client.rosters(first.cursor) is None
    plant(counterpart.platform, demo_roster(9))
    second = client.rosters(first.cursor)
    assert second is not None
    assert second.cursor != first.cursor


def test_the_etag_alone_is_enough(counterpart: Counterpart, identity: StationIdentity) -> None:
    auth = StationSignature(identity.key, identity.station_id, PlatformClock())
    with httpx2.Client(base_url=counterpart.address, auth=auth, trust_env=False) as http:
        etag = http.get("/v1/roster").headers["etag"]
        assert http.get("/v1/roster", headers={"If-None-Match": etag}).status_code == 304


def test_an_event_waits_for_its_station_and_is_acknowledged_by_cursor(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    assert client.events().events == []
    plant(counterpart.platform, demo_roster(9))
    page = client.events()
    assert [event.kind for event in page.events] == ["roster-changed"]
    assert client.events() == page, "what was not acknowledged is told again"
    assert client.events(page.cursor).events == []


def test_a_long_poll_answers_when_something_happens(counterpart: Counterpart, client: PlatformClient) -> None:
    threading.Timer(0.3, lambda: plant(counterpart.platform, demo_roster(9))).start()
    begun = time.monotonic()
    page = client.events(wait_s=20)
    assert page.events
    assert time.monotonic() - begun < 5


def test_a_long_poll_without_news_ends_in_time(client: PlatformClient) -> None:
    begun = time.monotonic()
    assert client.events(wait_s=0.5).events == []
    assert 0.4 < time.monotonic() - begun < 4


def test_events_are_a_stations_own(counterpart: Counterpart, client: PlatformClient) -> None:
    plant(counterpart.platform, demo_roster(9))
    with PlatformClient(counterpart.enrol()) as late:
        assert late.events().events == []
    assert len(client.events().events) == 1


def test_a_cursor_from_nowhere_is_refused(client: PlatformClient) -> None:
    with pytest.raises(PlatformRefused, match="bad-request"):
        client.events("x1")


def test_a_heartbeat_is_kept_with_its_time(counterpart: Counterpart, client: PlatformClient) -> None:
    beat = Heartbeat(version="1", boot_id="b", uptime_s=5, waiting=3, parked=1, receipted=7, bytes_waiting=9)
    answer = client.heartbeat(beat)
    assert abs((answer.at - datetime.now(UTC)).total_seconds()) < 60
    with counterpart.platform.database.read() as session:
        station = session.exec(select(StationRow)).one()
    assert station.heartbeat is not None
    assert Heartbeat.model_validate_json(station.heartbeat) == beat


def test_the_made_up_day_is_the_same_for_the_same_seed_and_travels_in_a_file(tmp_path: Path) -> None:
    one, two, other = demo_roster(5), demo_roster(5), demo_roster(5, seed=7)
    assert one == two
    assert {student.payload for student in one.students}.isdisjoint(student.payload for student in other.students)
    assert {len(student.payload) for student in one.students} == {300}
    one.write(tmp_path / "seed.json")
    assert DemoRoster.read(tmp_path / "seed.json") == one
    assert one.students[0].answer("last_four") == one.students[0].last_four
    assert one.students[0].answer("none") == ""
    (tmp_path / "seed.json").write_text("{}")
    with pytest.raises(ValueError, match="no seed file"):
        DemoRoster.read(tmp_path / "seed.json")


def test_answers_carry_the_digest_of_their_body(counterpart: Counterpart, client: PlatformClient) -> None:
    answered = client._http.get("v1/station/events", params={"after": "", "wait": "0"})
    assert answered.headers["content-digest"].startswith("sha-256=:")
    check_digest(answered)
    refused = client._http.get("v1/orders/or-nothing")
    assert refused.status_code == 404
    check_digest(refused)
    assert "content-digest" in refused.headers
