"""Erasing, proven on the bytes: every page of the database and its log opened with the key, every file of the vault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlmodel import select

from appliance.ledger import erasure, journal
from appliance.ledger.errors import CaptureMissing
from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import (
    CaptureRow,
    ErrandKind,
    ErrandRow,
    JournalRow,
    OutboxRow,
    ReviewRow,
    TriesRow,
    VisitRow,
)

NOW = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="b")
PAGE, RESERVE, IV = 4096, 80, 16  # SQLCipher 4: page size; initialisation vector and HMAC at each page's end
WAL_HEADER, FRAME_HEADER = 32, 24  # https://www.sqlite.org/fileformat2.html, section 4


def plain_pages(ledger: Ledger) -> bytes:
    """Every byte of the database and its write-ahead log, decrypted page by page: what a thief with the key would read."""
    key = ledger.keys.derive("database")
    path = ledger.data_dir / "ledger.db"
    data = path.read_bytes()
    pages = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    wal = path.with_name("ledger.db-wal")
    if wal.exists():
        log = wal.read_bytes()[WAL_HEADER:]
        step = FRAME_HEADER + PAGE
        pages += [log[start + FRAME_HEADER : start + step] for start in range(0, len(log), step)]
    found = bytearray()
    for page in pages:
        iv = page[PAGE - RESERVE : PAGE - RESERVE + IV]
        body = page[16 : PAGE - RESERVE] if page is pages[0] else page[: PAGE - RESERVE]
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        found += decryptor.update(body) + decryptor.finalize()
    return bytes(found)


def plain_bytes(ledger: Ledger) -> bytes:
    """Every byte of the data folder as it lies there, and again decrypted."""
    raw = b"".join(path.read_bytes() for path in sorted(ledger.data_dir.rglob("*")) if path.is_file())
    return raw + plain_pages(ledger)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def traces(number: int) -> tuple[bytes, ...]:
    """What must be found of student `number` before, and of nobody afterwards."""
    texts = (
        f"李*{number}号",
        f"sealed-code-{number}",
        f"digest-{number}-{'d' * 40}",
        f"2022****{number:02d}",
        f"wish-{number}",
    )
    return tuple(text.encode() for text in texts)


def take(ledger: Ledger, number: int) -> str:
    """One student with a capture, a review, a wish, wrong answers counted."""
    capture_id, digest = f"c-{number}", f"digest-{number}-{'d' * 40}"
    identity = {"name": f"李*{number}号", "student_number": f"2022****{number:02d}"}
    record = {"identity": identity, "sealed_code": f"sealed-code-{number}", "filling": "x" * 9000}
    capture = AcceptedCapture(
        capture_id=capture_id,
        visit_id=f"v-{number}",
        shot_id=f"s-{number}",
        plan_id="plan",
        code_digest=digest,
        record=json.dumps(record, ensure_ascii=False).encode(),
        photo=b"photo" * 100,
        original=b"original" * 100,
        accepted_at=NOW.at,
    )
    visit = VisitRow(visit_id=f"v-{number}", state="queued", body=json.dumps({"code_digest": digest, **identity}))
    ledger.accept(NOW, capture, visit, {"capture.queued": {"capture": capture_id}})
    with ledger.session() as session:
        session.add(ReviewRow(capture_id=capture_id, serial=1, state="refused", reasons="[]", at=NOW.at))
        session.add(TriesRow(code_digest=digest, wrong=2, last_wrong_at=NOW.at))
        wish = ErrandRow(
            errand_id=f"e-{number}",
            kind=ErrandKind.REPORT,
            capture_id=capture_id,
            body=f"wish-{number}",
            made_at=NOW.at,
        )
        session.add(wish)
    ledger.save_visit(NOW, "visit.ended", None, {})
    return capture_id


def test_a_forgotten_student_is_in_no_byte_of_the_folder_and_the_others_are(ledger: Ledger) -> None:
    for number in range(1, 9):
        take(ledger, number)
    before = plain_bytes(ledger)
    assert all(trace in before for number in (3, 4) for trace in traces(number)), "the search finds what is there"
    erased = erasure.erase_student(ledger, NOW, [f"digest-3-{'d' * 40}"], "student-request", operator="op-1")
    erasure.compact(ledger)
    assert erased == ["c-3"]
    after = plain_bytes(ledger)
    assert [trace for trace in traces(3) if trace in after] == []
    assert all(trace in after for trace in traces(4))
    assert not list((ledger.data_dir / "vault").glob("c-3.*"))
    with pytest.raises(CaptureMissing):
        ledger.vault.read("c-3", "photo")
    assert ledger.vault.read("c-4", "photo") == b"photo" * 100


def test_after_its_retention_nothing_of_a_capture_is_in_any_byte(ledger: Ledger) -> None:
    for number in range(1, 9):
        take(ledger, number)
    personal = [trace for trace in traces(5) if not trace.startswith(b"digest")]  # tries and fee outlive the capture
    assert all(trace in plain_bytes(ledger) for trace in personal)
    erasure.erase_captures(ledger, NOW, ["c-5"], "retention")
    after = plain_bytes(ledger)
    assert [trace for trace in personal if trace in after] == []
    assert all(trace in after for trace in traces(6))


def test_nothing_of_a_person_lies_readable_on_the_disk_even_before(ledger: Ledger) -> None:
    take(ledger, 1)
    raw = b"".join(path.read_bytes() for path in ledger.data_dir.rglob("*") if path.is_file())
    assert [trace for trace in traces(1) if trace in raw] == []
    assert b"photo" * 100 not in raw


def test_the_journal_proves_what_was_there_without_the_person(ledger: Ledger) -> None:
    take(ledger, 1)
    take(ledger, 2)
    with ledger.reading() as session:
        row = session.get_one(CaptureRow, "c-1")
    erasure.erase_captures(ledger, NOW, ["c-1", "never-here"], "retention")
    with ledger.reading() as session:
        journal.verify(session, ledger.keys.signing.public_key())
        [entry] = session.exec(select(JournalRow).where(JournalRow.event == erasure.EVENT)).all()
        for table in (CaptureRow, ReviewRow, OutboxRow, ErrandRow):
            assert {kept.capture_id for kept in session.exec(select(table)).all()} == {"c-2"}
        assert session.exec(select(TriesRow.code_digest)).all() != []  # retention ends with the capture
    proof = json.loads(entry.body)
    assert (proof["capture"], proof["why"], proof["operator"]) == ("c-1", "retention", "station")
    assert proof["photo_sha256"] == row.photo_sha256
    assert entry.visit_id == "v-1"


def test_a_power_cut_after_the_rows_leaves_files_that_the_next_start_sweeps(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(ledger, 1)

    def cut(_capture_id: str) -> None:
        raise OSError(5, "the power went")

    monkeypatch.setattr(ledger.vault, "delete", cut)
    with pytest.raises(OSError, match="power"):
        erasure.erase_captures(ledger, NOW, ["c-1"], "retention")
    assert ledger.sweep_orphans() == ["c-1.original", "c-1.photo"]
