"""Rosters: used only when the platform signed them, for this station, in time, and never going back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from appliance.platform.contract import (
    ConsentText,
    ElsewhereEntry,
    LocalText,
    MaskedIdentity,
    Plan,
    RosterDocument,
    RosterEntry,
    RosterPage,
)
from appliance.platform.digests import answer_digest, code_digest, salt_text
from appliance.platform.documents import RECEIPT_TYPE, ROSTER_TYPE, DocumentForged, sign_document
from appliance.platform.identity import StationIdentity
from appliance.platform.roster import (
    Roster,
    RosterElsewhere,
    RosterExpired,
    RosterRolledBack,
    RosterUnreadable,
    answer_is_right,
)
from appliance.platform.roster_store import RosterStore

KEY = OKPKey.generate_key("Ed25519", auto_kid=True)
SALT = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
PLAN = Plan(
    id="plan-1",
    title=LocalText(zh="甲校", en="School A"),
    school="甲校",
    level="本科",
    type="普通高等教育",
    profile="moe-2017-99",
    verification="last_four",
    consent=ConsentText(version="1", text=LocalText(zh="同意", en="consent")),
)
STUDENT = MaskedIdentity(
    name="李*明",
    number="4401**************",
    student_number="2022****17",
    school="甲校",
    level="本科",
    type="普通高等教育",
    major="会计学",
    class_name="1班",
)


def document(serial: int = 1, station_id: str = "st-1", plan: Plan = PLAN, hours: int = 24) -> RosterDocument:
    return RosterDocument(
        plan=plan,
        salt=salt_text(SALT),
        serial=serial,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=hours),
        station_id=station_id,
        entries=[
            RosterEntry(
                code_digest=code_digest(SALT, "code"),
                identity=STUDENT,
                answers={"last_four": answer_digest("code", "last_four", "123X")},
            )
        ],
        elsewhere=[ElsewhereEntry(code_digest=code_digest(SALT, "foreign"), plan_title=LocalText(zh="乙校", en="B"))],
    )


def signed(serial: int = 1, key: OKPKey = KEY, typ: str = ROSTER_TYPE, **facts: object) -> str:
    return sign_document(document(serial, **facts).model_dump_json().encode(), key, typ)  # type: ignore[arg-type]


def verify(token: str, *, now: datetime | None = NOW, seen_serial: int = 0) -> Roster:
    return Roster.verify(token, [KEY], station_id="st-1", now=now, seen_serial=seen_serial)


def test_students_are_found_by_their_code_and_foreign_codes_by_their_plan() -> None:
    roster = verify(signed())
    found = roster.find("code")
    assert isinstance(found, RosterEntry)
    assert found.identity.name == "李*明"
    foreign = roster.find("foreign")
    assert isinstance(foreign, ElsewhereEntry)
    assert foreign.plan_title.zh == "乙校"
    assert roster.find("unknown") is None
    assert len(roster) == 1


def test_only_the_right_answer_with_the_right_code_is_right() -> None:
    entry = verify(signed()).find("code")
    assert isinstance(entry, RosterEntry)
    assert answer_is_right(entry, "code", "last_four", "123x")
    assert not answer_is_right(entry, "code", "last_four", "1234")
    assert not answer_is_right(entry, "another code", "last_four", "123X")
    assert not answer_is_right(entry, "code", "student_number", "123X"), "nothing is known, so nothing is right"


@pytest.mark.parametrize("key", [OKPKey.generate_key("Ed25519", auto_kid=True)])
def test_another_key_does_not_sign_for_the_platform(key: OKPKey) -> None:
    with pytest.raises(DocumentForged):
        verify(signed(key=key))


def test_a_receipt_is_not_taken_for_a_roster() -> None:
    with pytest.raises(DocumentForged, match="station-receipt"):
        verify(signed(typ=RECEIPT_TYPE))


@pytest.mark.parametrize("place", [5, 60, -5])
def test_a_changed_character_breaks_it(place: int) -> None:
    token = signed()
    with pytest.raises(DocumentForged):
        verify(token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :])


def test_an_unsigned_document_is_refused() -> None:
    header = "eyJhbGciOiJub25lIiwidHlwIjoic3RhdGlvbi1yb3N0ZXIranNvbiJ9"
    with pytest.raises(DocumentForged):
        verify(f"{header}.{signed().split('.')[1]}.")


def test_it_is_for_this_station_only() -> None:
    with pytest.raises(RosterElsewhere, match="st-2"):
        verify(signed(station_id="st-2"))


def test_it_ends_and_a_station_without_a_clock_does_not_judge_that() -> None:
    token = signed(hours=1)
    with pytest.raises(RosterExpired, match="connect"):
        verify(token, now=NOW + timedelta(hours=1))
    assert verify(token, now=None).serial == 1


def test_it_never_goes_back_but_may_be_the_same_again() -> None:
    with pytest.raises(RosterRolledBack, match="older than 3"):
        verify(signed(2), seen_serial=3)
    assert verify(signed(3), seen_serial=3).serial == 3


def test_a_signed_document_in_another_form_says_so() -> None:
    with pytest.raises(RosterUnreadable):
        verify(sign_document(b'{"plan": {}}', KEY, ROSTER_TYPE))


@pytest.fixture
def store(tmp_path: Path) -> RosterStore:
    identity = StationIdentity("st-1", "one", "http://p", Ed25519PrivateKey.generate(), (KEY,), KEY)
    return RosterStore(tmp_path / "rosters", identity)


def test_the_store_keeps_the_newest_of_each_plan_and_refuses_to_go_back(store: RosterStore) -> None:
    other = PLAN.model_copy(update={"id": "plan-2"})
    before = store.stamp()
    kept, refused = store.take(RosterPage(documents=[signed(2), signed(1, plan=other)], cursor="c1"), NOW)
    assert [roster.plan.id for roster in kept] == ["plan-1", "plan-2"]
    assert not refused
    assert store.cursor == "c1"
    assert store.stamp() > before
    kept, refused = store.take(RosterPage(documents=[signed(1), signed(5, plan=other)], cursor="c2"), NOW)
    assert [type(error) for error in refused] == [RosterRolledBack]
    assert store.cursor == "c1", "what was refused is asked for again"
    usable, _ = store.load(NOW)
    assert {roster.plan.id: roster.serial for roster in usable} == {"plan-1": 2, "plan-2": 5}


def test_an_expired_roster_stays_kept_but_is_not_used(store: RosterStore) -> None:
    store.add(signed(hours=1), NOW)
    usable, refused = store.load(NOW + timedelta(days=1))
    assert not usable
    assert isinstance(refused[0], RosterExpired)


def test_after_a_change_of_the_platforms_keys_its_new_rosters_are_taken(tmp_path: Path, store: RosterStore) -> None:
    store.add(signed(9), NOW)
    fresh = OKPKey.generate_key("Ed25519", auto_kid=True)
    enrolled_again = StationIdentity("st-1", "one", "http://p", store.identity.key, (fresh,), fresh)
    renewed = RosterStore(store.folder, enrolled_again)
    assert renewed.add(signed(1, key=fresh), NOW).serial == 1


def test_on_disk_nothing_of_a_roster_can_be_read(store: RosterStore) -> None:
    token = signed(3)
    store.add(token, NOW)
    [path] = store.folder.glob("*.jws")
    data = path.read_bytes()
    middle = token.split(".")[1]
    assert not any(middle[start : start + 24].encode() in data for start in range(0, len(middle) - 24, 24))
    [kept], refused = store.load(NOW)
    assert (kept.serial, refused) == (3, [])


def test_a_roster_kept_before_sealing_is_still_used_and_a_changed_file_is_not(store: RosterStore) -> None:
    store.take(RosterPage(documents=[signed(3)], cursor="c1"), NOW)
    [path] = store.folder.glob("*.jws")
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    usable, [refused] = store.load(NOW)
    assert not usable
    assert "fetched anew" in str(refused)
    assert store.cursor == "", "everything is asked for again"
    path.write_text(signed(3))
    [kept], _ = store.load(NOW)
    assert kept.serial == 3
    path.with_name("plan-9.jws").write_bytes(sealed)
    assert [type(error) for error in store.load(NOW)[1]] == [DocumentForged], (
        "a file under another name is another file"
    )
