"""A lost station: on the platform's signed word it wipes its keys, and what was captured can be opened by the platform alone."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey
from platform_fixtures import Counterpart, accept, wait_until
from sqlmodel import col, select

from appliance.ledger import wiping
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.store import Ledger
from appliance.ledger.tables import JournalRow
from appliance.outbox.process import OutboxProcess
from appliance.outbox.revocation import heed, proven
from appliance.outbox.status import queue_status
from appliance.outbox.stopped import Standing, stopped_since
from appliance.platform.client import PlatformClient
from appliance.platform.documents import HOLD_TYPE, REVOCATION_TYPE, sign_document
from appliance.platform.identity import StationIdentity
from appliance.platform.reference import escrow
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.stations import revoke, statement_for, words_for
from appliance.platform.sealing import SealBroken

PATIENCE = 60.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "lost"


@pytest.fixture
def enrolled(counterpart: Counterpart, data: Path) -> StationIdentity:
    with closing(Ledger(data)):
        (data / "control.token").write_text("secret")
        (data / "rosters").mkdir()
        (data / "rosters" / "p.jws").write_text("sealed")
        return counterpart.enrol_into(data / "keys")


def deliver_until(ledger: Ledger, done: threading.Event) -> None:
    process = OutboxProcess(ledger, version="0")
    thread = threading.Thread(target=lambda: (process.run(), done.set()))
    thread.start()
    done.wait(PATIENCE)
    process.stop()
    thread.join(PATIENCE)


def secrets_of(data: Path) -> set[str]:
    return {path.name for path in (data / "keys").iterdir()}


def test_a_stolen_station_wipes_its_keys_and_loses_nothing(
    counterpart: Counterpart, enrolled: StationIdentity, data: Path
) -> None:
    with closing(Ledger(data)) as ledger:
        capture = counterpart.capture(enrolled)
        revoke(counterpart.platform, enrolled.station_id, wipe=True)
        accept(ledger, capture)
        ended = threading.Event()
        deliver_until(ledger, ended)
        assert ended.is_set()
    assert secrets_of(data) == {"escrow.jwe", "revoked.jws", "platform.json"}
    assert not (data / "control.token").exists()
    assert list((data / "rosters").iterdir()) == []
    with pytest.raises(LedgerUnreadable, match="revoked"):
        Ledger(data)
    assert secrets_of(data) == {"escrow.jwe", "revoked.jws", "platform.json"}

    assert (escrow.ESCROW, escrow.REVOKED) == (wiping.ESCROW, wiping.REVOKED)
    assert escrow.recover(counterpart.platform, data) == enrolled.station_id
    with closing(Ledger(data)) as ledger:
        assert ledger.vault.read(capture.capture_id, "original") == capture.original


def test_a_station_that_was_only_stopped_keeps_its_keys(
    counterpart: Counterpart, enrolled: StationIdentity, data: Path
) -> None:
    revoke(counterpart.platform, enrolled.station_id)
    assert statement_for(counterpart.platform, enrolled.station_id) is None
    with closing(Ledger(data)) as ledger:
        done = threading.Event()
        timer = threading.Timer(2.0, done.set)
        timer.start()
        deliver_until(ledger, done)
    assert {"ledger.key", "station.pem"} <= secrets_of(data)


def test_a_stopped_station_is_told_so_and_goes_on_when_the_platform_takes_it_back(
    counterpart: Counterpart, enrolled: StationIdentity, data: Path
) -> None:
    revoke(counterpart.platform, enrolled.station_id)
    with closing(Ledger(data)) as ledger:
        process = OutboxProcess(ledger, version="0")
        thread = threading.Thread(target=process.run)
        thread.start()
        try:
            wait_until("it is stopped", lambda: stopped_since(ledger) is not None, PATIENCE)
            assert "revoked" in (queue_status(ledger)["last_error"] or "")
            assert counterpart.enrol_into(data / "keys").station_id == enrolled.station_id
            wait_until("it goes on", lambda: stopped_since(ledger) is None, PATIENCE)
        finally:
            process.stop()
            thread.join(PATIENCE)
        with ledger.reading() as session:
            events = [row.event for row in session.exec(select(JournalRow).order_by(col(JournalRow.seq)))]
    assert events == ["station.held", "station.released"]


def test_nobody_elses_word_stops_a_station(counterpart: Counterpart, enrolled: StationIdentity, data: Path) -> None:
    other = counterpart.enrol()
    revoke(counterpart.platform, other.station_id, wipe=True)
    words = words_for(counterpart.platform, other.station_id)
    assert words.keys() == {"hold", "statement"}
    body = f'{{"station_id": "{enrolled.station_id}", "revoked_at": "2026-06-01T00:00:00Z"}}'.encode()
    forged = sign_document(body, OKPKey.generate_key("Ed25519"), HOLD_TYPE)
    wipes = sign_document(body, counterpart.platform.keys.signing, REVOCATION_TYPE)
    good = sign_document(body, counterpart.platform.keys.signing, HOLD_TYPE)
    with closing(Ledger(data)) as ledger, PlatformClient(enrolled) as client:
        standing = Standing(ledger, client)
        for word in (*words.values(), forged, wipes, "not a document"):
            client.hold = word
            standing.look()
            assert stopped_since(ledger) is None
        client.hold = good
        standing.look()
        assert stopped_since(ledger) is not None
        assert heed(ledger, enrolled, good) is False, "a word that stops wipes nothing"
        client.is_welcome = True
        standing.look()
        assert stopped_since(ledger) is None


def test_nobody_elses_word_wipes_anything(counterpart: Counterpart, enrolled: StationIdentity, data: Path) -> None:
    stranger = OKPKey.generate_key("Ed25519")
    other = counterpart.enrol()
    revoke(counterpart.platform, other.station_id, wipe=True)
    body = f'{{"station_id": "{enrolled.station_id}", "revoked_at": "2026-06-01T00:00:00Z"}}'.encode()
    of_another = statement_for(counterpart.platform, other.station_id)
    assert of_another is not None
    words = [
        sign_document(body, stranger, REVOCATION_TYPE),
        sign_document(body, counterpart.platform.keys.signing, "station-receipt+json"),
        sign_document(b"{}", counterpart.platform.keys.signing, REVOCATION_TYPE),
        of_another,
        "not a document",
    ]
    with closing(Ledger(data)) as ledger:
        assert [heed(ledger, enrolled, word) for word in words] == [False] * len(words)
    assert {"ledger.key", "station.pem"} <= secrets_of(data)
    good = sign_document(body, counterpart.platform.keys.signing, REVOCATION_TYPE)
    assert proven(good, enrolled.signing_keys, enrolled.station_id) is not None


@pytest.mark.parametrize("cut_after", ["escrow", "statement", "first key"])
def test_a_cut_in_between_leaves_all_keys_or_an_escrow_of_them(
    counterpart: Counterpart,
    enrolled: StationIdentity,
    data: Path,
    cut_after: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revoke(counterpart.platform, enrolled.station_id, wipe=True)
    word = statement_for(counterpart.platform, enrolled.station_id)
    assert word is not None
    with closing(Ledger(data)) as ledger:
        master = ledger.keys.carried()["ledger.key"]
        with monkeypatch.context() as patched:
            left = {"escrow": 1, "statement": 2, "first key": 9}[cut_after]
            written: list[Path] = []
            real_write, real_unlink = wiping.write_durably, Path.unlink

            def write(path: Path, content: bytes) -> None:
                real_write(path, content)
                written.append(path)
                if len(written) == left:
                    raise KeyboardInterrupt

            def unlink(path: Path, missing_ok: bool = False) -> None:
                real_unlink(path, missing_ok=missing_ok)
                if cut_after == "first key" and path.parent.name == "keys":
                    raise KeyboardInterrupt

            patched.setattr(wiping, "write_durably", write)
            patched.setattr(Path, "unlink", unlink)
            with pytest.raises(KeyboardInterrupt):
                heed(ledger, enrolled, word)
    if cut_after == "escrow":
        with closing(Ledger(data)) as again:  # nothing is gone; the next answer begins anew
            assert heed(again, enrolled, word)
    with pytest.raises(LedgerUnreadable):
        Ledger(data)
    assert secrets_of(data) == {"escrow.jwe", "revoked.jws", "platform.json"}
    escrow.recover(counterpart.platform, data)
    assert (data / "keys" / "ledger.key").read_bytes() == master


def test_another_platform_opens_no_escrow(
    counterpart: Counterpart, enrolled: StationIdentity, data: Path, tmp_path: Path
) -> None:
    revoke(counterpart.platform, enrolled.station_id, wipe=True)
    word = statement_for(counterpart.platform, enrolled.station_id)
    assert word is not None
    with closing(Ledger(data)) as ledger:
        assert heed(ledger, enrolled, word)
    stranger = Platform.at(PlatformSettings(tmp_path / "another platform"))
    with pytest.raises(SealBroken):
        escrow.recover(stranger, data)
    stranger.close()
    assert secrets_of(data) == {"escrow.jwe", "revoked.jws", "platform.json"}
