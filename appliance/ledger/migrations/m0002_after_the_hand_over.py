"""Schema 2: reviews, errands, who wrote a journal entry; captures know their order and what lists show of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from appliance.ledger.summaries import summary_of


def upgrade(op: Operations) -> None:
    """Add tables and columns; number the captures in the order they came, and sum up their records."""
    op.create_table(
        "review",
        sa.Column("capture_id", sa.String(), primary_key=True, nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("face_match", sa.Float(), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
    )
    op.create_index("ix_review_state", "review", ["state"])
    op.create_table(
        "errand",
        sa.Column("errand_id", sa.String(), primary_key=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("capture_id", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("answered_at", sa.String(), nullable=True),
    )
    op.create_index("ix_errand_capture_id", "errand", ["capture_id"])
    op.create_index("ix_errand_state", "errand", ["state"])
    op.create_table(
        "maker",
        sa.Column("digest", sa.String(), primary_key=True, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        if_not_exists=True,  # one that was led back kept it
    )
    op.add_column("capture", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("capture", sa.Column("summary", sa.String(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    captures = sa.table("capture", sa.column("capture_id"), sa.column("sequence"), sa.column("summary"))
    rows = connection.execute(sa.text("SELECT capture_id, record FROM capture ORDER BY rowid")).all()
    for number, (capture_id, record) in enumerate(rows, start=1):
        connection.execute(
            sa.update(captures)
            .where(captures.c.capture_id == capture_id)
            .values(sequence=number, summary=summary_of(bytes(record)))
        )
    op.create_index("ix_capture_sequence", "capture", ["sequence"])


def downgrade(op: Operations) -> None:
    """Drop them again, but who wrote the journal: its entries name them, and would not hold without."""
    op.drop_index("ix_capture_sequence", "capture")
    op.drop_column("capture", "summary")
    op.drop_column("capture", "sequence")
    for table in ("errand", "review"):
        op.drop_table(table)
