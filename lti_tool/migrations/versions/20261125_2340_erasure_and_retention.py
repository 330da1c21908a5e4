"""Erasure, retention and exports of one person's records.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: erasure_retention
Follows: 20261125_2330
"""

import sqlalchemy as sa
from alembic import op

revision = "erasure_retention"
down_revision = "20261125_2330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xapi_erased_agent",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("reduces", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_xapi_erased_agent")),
    )
    op.create_table(
        "xapi_erased_statement",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_xapi_erased_statement")),
    )
    op.create_table(
        "sync_erasure",
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("legal_basis", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("anonymises_person", sa.Boolean(), nullable=False),
        sa.Column("subject_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("reached_seq", sa.BigInteger(), nullable=False),
        sa.Column("until_seq", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("archives", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.String(length=64), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pseudonymise', 'erase')", name=op.f("ck_sync_erasure_known_kind")),
        sa.CheckConstraint(
            "state IN ('ordered', 'running', 'finished', 'cancelled')",
            name=op.f("ck_sync_erasure_known_state"),
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_sync_erasure")),
        sa.UniqueConstraint("reference", name=op.f("uq_sync_erasure_reference")),
    )
    op.create_index(op.f("ix_sync_erasure_state"), "sync_erasure", ["state"], unique=False)
    op.create_index(op.f("ix_sync_erasure_subject_digest"), "sync_erasure", ["subject_digest"], unique=False)
    op.create_table(
        "sync_erasure_target",
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target_name", sa.String(length=80), nullable=False),
        sa.Column("statements", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("statement_ids", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('none', 'asked', 'voided', 'confirmed')",
            name=op.f("ck_sync_erasure_target_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["sync_erasure.erasure_id"],
            name=op.f("fk_sync_erasure_target_erasure_id_sync_erasure"),
        ),
        sa.PrimaryKeyConstraint("erasure_id", "target_id", name=op.f("pk_sync_erasure_target")),
    )
    op.create_table(
        "sync_retention_rule",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_sync_retention_rule")),
    )
    op.create_table(
        "sync_retention_run",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("ran_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=500), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["sync_retention_rule.rule_id"],
            name=op.f("fk_sync_retention_run_rule_id_sync_retention_rule"),
        ),
        sa.PrimaryKeyConstraint("rule_id", "ran_on", name=op.f("pk_sync_retention_run")),
    )
    op.create_table(
        "sync_person_export",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("until_seq", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=False),
        sa.Column("ordered_by", sa.String(length=64), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'failed', 'expired')",
            name=op.f("ck_sync_person_export_known_state"),
        ),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_sync_person_export")),
    )
    op.create_index(op.f("ix_sync_person_export_state"), "sync_person_export", ["state"], unique=False)
    op.create_index(
        op.f("ix_sync_person_export_subject_digest"), "sync_person_export", ["subject_digest"], unique=False
    )


def downgrade() -> None:
    op.drop_table("sync_person_export")
    op.drop_table("sync_retention_run")
    op.drop_table("sync_retention_rule")
    op.drop_table("sync_erasure_target")
    op.drop_table("sync_erasure")
    op.drop_table("xapi_erased_statement")
    op.drop_table("xapi_erased_agent")
