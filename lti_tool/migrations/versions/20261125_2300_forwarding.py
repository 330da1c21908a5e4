"""Statements to other record stores: targets, outbox, and what each was given.

Revision: 20261125_2246
Follows: 0002_access
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2246"
down_revision = "0002_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_forwarding_target",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("pseudonymous", sa.Boolean(), nullable=False),
        sa.Column("names_allowed", sa.Boolean(), nullable=False),
        sa.Column("sealed_pseudonym_key", sa.Text(), nullable=False),
        sa.Column("batch_statements", sa.Integer(), nullable=False),
        sa.Column("batch_bytes", sa.Integer(), nullable=False),
        sa.Column("start_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble_code", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_sync_forwarding_target")),
        sa.UniqueConstraint("name", name=op.f("uq_sync_forwarding_target_name")),
    )
    op.create_table(
        "sync_forwarded_statement",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["sync_forwarding_target.target_id"],
            name=op.f("fk_sync_forwarded_statement_target_id_sync_forwarding_target"),
        ),
        sa.PrimaryKeyConstraint("target_id", "seq", name=op.f("pk_sync_forwarded_statement")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_sync_forwarded_statement_delivered_at",
        "sync_forwarded_statement",
        ["target_id", "delivered_at"],
        unique=False,
    )
    op.create_table(
        "sync_outgoing_statement",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("actor_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_claimed", sa.Boolean(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["sync_forwarding_target.target_id"],
            name=op.f("fk_sync_outgoing_statement_target_id_sync_forwarding_target"),
        ),
        sa.PrimaryKeyConstraint("target_id", "seq", name=op.f("pk_sync_outgoing_statement")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_sync_outgoing_statement_due_at",
        "sync_outgoing_statement",
        ["target_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_sync_outgoing_statement_given_up",
        "sync_outgoing_statement",
        ["target_id", "reason", "seq"],
        unique=False,
        postgresql_where=sa.text("due_at IS NULL"),
        sqlite_where=sa.text("due_at IS NULL"),
    )
    op.create_index(
        "ix_sync_outgoing_statement_waiting",
        "sync_outgoing_statement",
        ["target_id", "seq"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_sync_outgoing_statement_waiting",
        table_name="sync_outgoing_statement",
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_sync_outgoing_statement_given_up",
        table_name="sync_outgoing_statement",
        postgresql_where=sa.text("due_at IS NULL"),
        sqlite_where=sa.text("due_at IS NULL"),
    )
    op.drop_index(
        "ix_sync_outgoing_statement_due_at",
        table_name="sync_outgoing_statement",
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("sync_outgoing_statement")
    op.drop_index("ix_sync_forwarded_statement_delivered_at", table_name="sync_forwarded_statement")
    op.drop_table("sync_forwarded_statement")
    op.drop_table("sync_forwarding_target")
