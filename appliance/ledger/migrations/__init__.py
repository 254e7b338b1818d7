"""Steps from one schema of the ledger to the next, forward and back, each within the transaction that opens the database.

The number of the schema is SQLite's `user_version`. A step is a module with `upgrade` and `downgrade`, written with alembic's
operations; `STEPS[0]` leads from schema 1 to 2. Columns are only added or dropped: a table that others refer to is never
made anew, since its rows' children would go with the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from alembic.operations import Operations

STEPS: Sequence[str] = ("m0002_after_the_hand_over", "m0003_retention", "m0004_tries_and_fees", "m0005_lists")
LATEST = 1 + len(STEPS)


class Step(Protocol):
    """One module of this package."""

    def upgrade(self, op: Operations) -> None:
        """From the schema before to this one, rows included."""
        ...

    def downgrade(self, op: Operations) -> None:
        """Back; what only the newer schema can hold is lost."""
        ...


def migrate(connection: Connection, target: int = LATEST) -> None:
    """Bring the schema to `target` within the caller's transaction. ValueError when there is no such schema."""
    found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
    if not 1 <= target <= LATEST or not 1 <= found <= LATEST:
        msg = f"no way from schema {found} to {target}: this program knows 1 to {LATEST}"
        raise ValueError(msg)
    if found == target:
        return
    # Loaded only now: the delivery process, which rarely migrates anything, does without its memory.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415

    op = Operations(MigrationContext.configure(connection))
    for number in range(found, target):
        _step(number).upgrade(op)
    for number in range(found, target, -1):
        _step(number - 1).downgrade(op)
    connection.execute(text(f"PRAGMA user_version = {target}"))


def _step(schema: int) -> Step:
    """The step that leads from `schema` to the next."""
    return cast("Step", import_module(f"{__name__}.{STEPS[schema - 1]}"))
