"""Schema 5: lists and counters are read from an index, not from rows that each carry a record of many kilobytes."""

from __future__ import annotations

from alembic.operations import Operations

LISTED = ("sequence", "capture_id", "visit_id", "plan_id", "code_digest", "accepted_at", "received_at", "summary")


def upgrade(op: Operations) -> None:
    """Index what lists show, by order of acceptance; what a code's captures are, by theirs; and receipts by their time."""
    op.drop_index("ix_capture_sequence", "capture")
    op.drop_index("ix_capture_code_digest", "capture")
    op.create_index("ix_capture_listed", "capture", list(LISTED))
    op.create_index("ix_capture_of_code", "capture", ["code_digest", "sequence"])
    op.create_index("ix_capture_received_at", "capture", ["received_at"])


def downgrade(op: Operations) -> None:
    """As before."""
    for index in ("ix_capture_received_at", "ix_capture_of_code", "ix_capture_listed"):
        op.drop_index(index, "capture")
    op.create_index("ix_capture_code_digest", "capture", ["code_digest"])
    op.create_index("ix_capture_sequence", "capture", ["sequence"])
