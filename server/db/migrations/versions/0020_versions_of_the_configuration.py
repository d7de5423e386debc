"""Versions of the configuration, and its draft, where pages manage it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0020"
down_revision = "0019"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "config_files",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "digest", name=op.f("pk_config_files")),
    )
    op.create_table(
        "config_versions",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", Id),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "number", name=op.f("pk_config_versions")),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_config_versions_published_by")),
    )
    op.create_table(
        "config_drafts",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(none_as_null=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", Id),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", name=op.f("pk_config_drafts")),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_config_drafts_changed_by")),
    )
