"""Schema 4: pauses after wrong answers by the boot clock; fees that were settled, by code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add the boot clock to wrong answers (those before count as given in another boot) and the table of fees."""
    op.add_column("tries", sa.Column("clock", sa.Float(), nullable=False, server_default="0"))
    op.add_column("tries", sa.Column("boot_id", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "fee",
        sa.Column("code_digest", sa.String(), primary_key=True, nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("voucher_digest", sa.String(), nullable=True),
        sa.UniqueConstraint("voucher_digest"),
    )


def downgrade(op: Operations) -> None:
    """Drop them again."""
    op.drop_table("fee")
    op.drop_column("tries", "boot_id")
    op.drop_column("tries", "clock")
