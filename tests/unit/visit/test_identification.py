from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from appliance.ledger.store import Ledger
from appliance.ledger.tables import TriesRow
from appliance.platform.contract import ElsewhereEntry, LocalText, RosterDocument, RosterEntry
from appliance.platform.digests import answer_digest, canonical_json, code_digest, salt_text
from appliance.platform.documents import ROSTER_TYPE, sign_document
from appliance.platform.reference.seed import demo_roster
from appliance.platform.roster import Roster
from appliance.visit.errors import NoPlan, OtherPlan, TriesExhausted, UnknownCode, UnreadableCode, WrongAnswer
from appliance.visit.identification import CODE_LIMIT, PAUSE, TRIES, Identification

SALT = b"0123456789abcdef0123456789abcdef"
DEMO = demo_roster(2)
STUDENT, STRANGER = DEMO.students[0], DEMO.strangers[0]


def roster(expires: timedelta = timedelta(days=1)) -> Roster:
    now = datetime.now(UTC)
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
    document = RosterDocument(
        plan=DEMO.plan,
        salt=salt_text(SALT),
        serial=1,
        issued_at=now - timedelta(days=2),
        expires_at=now + expires,
        station_id="s-1",
        entries=[
            RosterEntry(
                code_digest=code_digest(SALT, STUDENT.payload),
                identity=STUDENT.identity,
                answers={"last_four": answer_digest(STUDENT.payload, "last_four", STUDENT.last_four)},
            )
        ],
        elsewhere=[
            ElsewhereEntry(
                code_digest=code_digest(SALT, STRANGER.payload), plan_title=LocalText(zh="别的计划", en="another plan")
            )
        ],
    )
    token = sign_document(canonical_json(document.model_dump(mode="json")), key, ROSTER_TYPE)
    return Roster.verify(token, [key], station_id="s-1", now=None)


@pytest.fixture
def identification(tmp_path: Path) -> Iterator[Identification]:
    ledger = Ledger(tmp_path / "data")
    made = Identification(ledger)
    made.use(roster(), None)
    yield made
    ledger.close()


def answer(identification: Identification, text: str) -> int:
    digest = identification.find(STUDENT.payload).entry.code_digest
    return identification.check_answer(STUDENT.payload, digest, text)


WRONG = "0000" if STUDENT.last_four != "0000" else "1111"


def test_a_code_of_the_plan_is_found_with_masked_data_only(identification: Identification) -> None:
    found = identification.find(STUDENT.payload)
    assert "*" in found.entry.identity.name
    assert STUDENT.last_four not in found.entry.model_dump_json()


@pytest.mark.parametrize("payload", ["", "   ", "x" * (CODE_LIMIT + 1)])
def test_what_cannot_be_a_code_is_unreadable(identification: Identification, payload: str) -> None:
    with pytest.raises(UnreadableCode):
        identification.find(payload)


def test_unknown_codes_and_codes_of_another_plan_are_told_apart(identification: Identification) -> None:
    with pytest.raises(UnknownCode):
        identification.find("somebody else's code")
    with pytest.raises(OtherPlan, match="another plan"):
        identification.find(STRANGER.payload)


def test_without_a_roster_or_after_it_expired_nobody_is_identified(identification: Identification) -> None:
    identification.use(roster(expires=-timedelta(minutes=1)), None)
    with pytest.raises(NoPlan, match="expired"):
        identification.find(STUDENT.payload)
    identification.use(None, None)
    with pytest.raises(NoPlan, match="no roster"):
        identification.find(STUDENT.payload)


def test_full_width_and_small_letters_are_the_same_answer(identification: Identification) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in STUDENT.last_four.lower())
    assert answer(identification, f" {wide} ") == 0


def test_tries_are_counted_paused_and_begin_anew_after_the_pause(identification: Identification) -> None:
    for left in range(TRIES - 1, -1, -1):
        with pytest.raises(WrongAnswer) as caught:
            answer(identification, WRONG)
        assert caught.value.extra["tries_left"] == left
    with pytest.raises(TriesExhausted) as paused:
        answer(identification, STUDENT.last_four)
    assert 0 < paused.value.extra["retry_after"] <= PAUSE.total_seconds()
    set_last_wrong(identification, datetime.now(UTC) - PAUSE - timedelta(seconds=1))
    assert answer(identification, STUDENT.last_four) == TRIES


def test_a_clock_that_went_back_means_a_pause_not_years(identification: Identification) -> None:
    for _ in range(TRIES):
        with pytest.raises(WrongAnswer):
            answer(identification, WRONG)
    set_last_wrong(identification, datetime.now(UTC) + timedelta(days=3650))
    with pytest.raises(TriesExhausted) as paused:
        answer(identification, STUDENT.last_four)
    assert paused.value.extra["retry_after"] <= PAUSE.total_seconds()


def set_last_wrong(identification: Identification, when: datetime) -> None:
    digest = identification.find(STUDENT.payload).entry.code_digest
    with identification._ledger.session() as session:
        row = session.get_one(TriesRow, digest)
        row.last_wrong_at = when.isoformat()
        session.add(row)
