"""Of which call a visitor who left a telephone was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Go on to this version."""
    op.add_column("telephones", sa.Column("told_at", UtcDateTime()))
    op.add_column("telephones", sa.Column("tries", sa.SmallInteger(), nullable=False, server_default="0"))
