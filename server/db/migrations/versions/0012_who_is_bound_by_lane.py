"""Who waits for a counter or official is sought by lane too: the law puts some before others there as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NAME = "ix_tickets_waiting_bound"
BOUND = "state = 'waiting' AND bound IS NOT NULL"


def upgrade() -> None:
    """Go on to this version."""
    op.drop_index(NAME, "tickets")
    op.create_index(
        NAME,
        "tickets",
        ["centre", "bound", "lane", "due_at", "id"],
        sqlite_where=sa.text(BOUND),
        postgresql_where=sa.text(BOUND),
    )
