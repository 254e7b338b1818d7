"""The ledger's door: opens database, vault and keys of a data folder and does what must be one step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, func, select

from appliance.ledger import journal
from appliance.ledger.database import READ_ONLY, close_engine, open_engine
from appliance.ledger.files import make_directory
from appliance.ledger.journal import Moment
from appliance.ledger.keyring import Keyring
from appliance.ledger.maker import this_software
from appliance.ledger.sharing import Share
from appliance.ledger.summaries import summary_of
from appliance.ledger.tables import CaptureRow, DeliveryKind, JournalRow, NoteRow, OutboxRow, VisitRow
from appliance.ledger.vault import Vault


@dataclass(frozen=True, slots=True)
class AcceptedCapture:
    """An accepted shot on its way into the ledger; `record` is canonical JSON, pictures are encoded files."""

    capture_id: str
    visit_id: str
    shot_id: str
    plan_id: str
    code_digest: str
    record: bytes
    photo: bytes
    original: bytes
    accepted_at: str


class Ledger:
    """Everything durable under `data_dir`. One per process; safe to use from several threads.

    Raises `LedgerUnreadable` when the folder's database or keys cannot be used.
    """

    def __init__(self, data_dir: Path) -> None:
        make_directory(data_dir)
        self.data_dir = data_dir
        self._share = Share(data_dir)
        try:
            self._open()
        except BaseException:
            self._share.end()
            raise

    def _open(self) -> None:
        data_dir = self.data_dir
        self.keys = Keyring(data_dir)
        self.maker = this_software(self.keys.public_bytes)  # the station adds the networks that judge on it
        self.engine = open_engine(data_dir / "ledger.db", self.keys.derive("database"))
        self._snapshots = self.engine.execution_options(**{READ_ONLY: True})
        self.vault = Vault(data_dir / "vault", self.keys.derive("vault"))

    def close(self) -> None:
        """Release the database."""
        close_engine(self.engine)
        self._share.end()

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else has this ledger open, or opens it. Raises `LedgerInUse`."""
        return self._share.alone()

    def take_new_key(self) -> None:
        """Sign with the key that is in `keys/station.pem` now."""
        self.keys = Keyring(self.data_dir)
        self.maker = this_software(self.keys.public_bytes)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot to read from; waits for no writer, and no writer waits for it."""
        with Session(self._snapshots, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One writing transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def record(
        self, moment: Moment, event: str, *, visit_id: str | None = None, body: Mapping[str, Any] | None = None
    ) -> None:
        """A journal entry of its own transaction."""
        with self.session() as session:
            self.append(session, moment, event, visit_id=visit_id, body=body)

    def append(
        self,
        session: Session,
        moment: Moment,
        event: str,
        *,
        visit_id: str | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        """A journal entry within the caller's transaction; `body` may name the `operator`."""
        journal.append(session, self.keys.signing, self.maker, moment, event, visit_id=visit_id, body=body)

    def save_visit(self, moment: Moment, event: str, visit: VisitRow | None, body: Mapping[str, Any]) -> None:
        """One step of the visit with its journal entry; `visit=None` ends it."""
        with self.session() as session:
            self._step(session, moment, event, visit, body)

    def accept(
        self, moment: Moment, capture: AcceptedCapture, visit: VisitRow, steps: Mapping[str, Mapping[str, Any]]
    ) -> str:
        """Files first, fsynced; then capture, outbox rows, journal entries (`steps`: event → body) and visit in one transaction.

        Returns the capture id: for a shot that was accepted before, the id it got then, and nothing is written.
        Raises `OSError` when the disk is full; then nothing is accepted.
        """
        with self.reading() as session:
            before = session.exec(select(CaptureRow).where(CaptureRow.shot_id == capture.shot_id)).first()
        if before is not None:
            return before.capture_id
        self.vault.write(capture.capture_id, "photo", capture.photo)
        self.vault.write(capture.capture_id, "original", capture.original)
        with self.session() as session:
            last = session.exec(select(func.max(CaptureRow.sequence))).one()
            session.add(_capture_row(capture, (last or 0) + 1))
            session.flush()
            session.add_all(_outbox_rows(capture))
            for event, body in steps.items():
                self._step(session, moment, event, visit, body)
        return capture.capture_id

    def open_visit(self) -> VisitRow | None:
        """The visit that was in progress when the station last stopped."""
        with self.reading() as session:
            return session.get(VisitRow, 1)

    def next_sequence(self) -> int:
        """A number greater than any given before on this station, whatever its clock says: the next journal entry's."""
        with self.reading() as session:
            return (session.exec(select(func.max(JournalRow.seq))).one() or 0) + 1

    def sweep_orphans(self) -> list[str]:
        """Remove files whose row was never committed; names of what went. Only the station may call it, at its start."""
        with self.reading() as session:
            known = list(session.exec(select(CaptureRow.capture_id)))
        return self.vault.sweep(known)

    def note(self, name: str) -> str | None:
        """The document kept under `name`."""
        with self.reading() as session:
            row = session.get(NoteRow, name)
            return None if row is None else row.body

    def keep_note(self, name: str, body: str) -> None:
        """Keep `body` under `name`, instead of what was there."""
        with self.session() as session:
            session.merge(NoteRow(name=name, body=body))

    def _step(
        self, session: Session, moment: Moment, event: str, visit: VisitRow | None, body: Mapping[str, Any]
    ) -> None:
        row = session.get(VisitRow, 1)
        visit_id = visit.visit_id if visit is not None else (row.visit_id if row is not None else None)
        if visit is not None:
            session.merge(visit)
        elif row is not None:
            session.delete(row)
        self.append(session, moment, event, visit_id=visit_id, body=body)


def _capture_row(capture: AcceptedCapture, sequence: int) -> CaptureRow:
    return CaptureRow(
        capture_id=capture.capture_id,
        visit_id=capture.visit_id,
        shot_id=capture.shot_id,
        plan_id=capture.plan_id,
        code_digest=capture.code_digest,
        record=capture.record,
        record_sha256=hashlib.sha256(capture.record).hexdigest(),
        photo_sha256=hashlib.sha256(capture.photo).hexdigest(),
        photo_bytes=len(capture.photo),
        original_sha256=hashlib.sha256(capture.original).hexdigest(),
        original_bytes=len(capture.original),
        accepted_at=capture.accepted_at,
        sequence=sequence,
        summary=summary_of(capture.record),
    )


def _outbox_rows(capture: AcceptedCapture) -> list[OutboxRow]:
    sizes = {
        DeliveryKind.RECORD: len(capture.record),
        DeliveryKind.PHOTO: len(capture.photo),
        DeliveryKind.ORIGINAL: len(capture.original),
        DeliveryKind.RECEIPT: 0,
    }
    return [
        OutboxRow(capture_id=capture.capture_id, kind=kind, rank=rank, bytes=sizes[kind])
        for rank, kind in enumerate(DeliveryKind)
    ]
