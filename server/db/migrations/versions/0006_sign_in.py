"""Second factors, passkeys and single sign-on; when a session was last used, and from where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0006"
down_revision = "0005"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.add_column("users", sa.Column("totp_key", sa.LargeBinary()))
    op.add_column("users", sa.Column("totp_step", sa.BigInteger()))
    op.add_column("staff_sessions", sa.Column("seen_at", UtcDateTime()))
    op.add_column("staff_sessions", sa.Column("browser", sa.Text()))
    op.create_index("ix_staff_sessions_user_id", "staff_sessions", ["user_id"])
    op.create_table(
        "passkeys",
        sa.Column("id", Id, autoincrement=True),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id")),
        sa.UniqueConstraint("centre", "credential_id", name=op.f("uq_passkeys_centre_credential_id")),
    )
    op.create_table(
        "single_sign_on",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "issuer", "subject", name=op.f("pk_single_sign_on")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_single_sign_on_user_id")),
    )
