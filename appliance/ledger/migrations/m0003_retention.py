"""Schema 3: since when each receipted capture is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add the table; captures enter it when the delivery process next looks."""
    op.create_table(
        "retention",
        sa.Column("capture_id", sa.String(), primary_key=True, nullable=False),
        sa.Column("since_age_s", sa.Float(), nullable=False),
    )


def downgrade(op: Operations) -> None:
    """Drop it again."""
    op.drop_table("retention")
