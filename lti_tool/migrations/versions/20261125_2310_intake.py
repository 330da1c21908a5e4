"""Sources of other systems, what was rejected, where statements came from.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: 0017
Follows: 20261125_2246
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "20261125_2246"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_intake_source",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("xapi_version", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("verb_iri", sa.String(length=1000), nullable=False),
        sa.Column("activity_iri", sa.String(length=1000), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_through", sa.DateTime(timezone=True), nullable=True),
        sa.Column("more", sa.Text(), nullable=False),
        sa.Column("ceiling", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_stored", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble_code", sa.String(length=60), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("copies", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('lrs', 'moodle-logstore', 'other')", name=op.f("ck_sync_intake_source_known_kind")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sync_intake_source")),
        sa.UniqueConstraint("name", name=op.f("uq_sync_intake_source_name")),
    )
    op.create_index("ix_sync_intake_source_due_at", "sync_intake_source", ["due_at"], unique=False)
    op.create_table(
        "sync_intake_file",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sync_intake_source.source_id"],
            name=op.f("fk_sync_intake_file_source_id_sync_intake_source"),
        ),
        sa.PrimaryKeyConstraint("source_id", "digest", name=op.f("pk_sync_intake_file")),
    )
    op.create_table(
        "sync_intake_provenance",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("original_stored", sa.String(length=60), nullable=False),
        sa.Column("original_authority", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sync_intake_source.source_id"],
            name=op.f("fk_sync_intake_provenance_source_id_sync_intake_source"),
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_sync_intake_provenance")),
    )
    op.create_index(
        op.f("ix_sync_intake_provenance_source_id"), "sync_intake_provenance", ["source_id"], unique=False
    )
    op.create_table(
        "sync_intake_rejected",
        sa.Column("rejected_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sync_intake_source.source_id"],
            name=op.f("fk_sync_intake_rejected_source_id_sync_intake_source"),
        ),
        sa.PrimaryKeyConstraint("rejected_id", name=op.f("pk_sync_intake_rejected")),
    )
    op.create_index(
        "ix_sync_intake_rejected_source_id_decided_at",
        "sync_intake_rejected",
        ["source_id", "decided_at"],
        unique=False,
    )
    op.create_index(
        "uq_sync_intake_rejected_source_id_digest",
        "sync_intake_rejected",
        ["source_id", "digest"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_sync_intake_rejected_source_id_digest", table_name="sync_intake_rejected")
    op.drop_index("ix_sync_intake_rejected_source_id_decided_at", table_name="sync_intake_rejected")
    op.drop_table("sync_intake_rejected")
    op.drop_index(op.f("ix_sync_intake_provenance_source_id"), table_name="sync_intake_provenance")
    op.drop_table("sync_intake_provenance")
    op.drop_table("sync_intake_file")
    op.drop_index("ix_sync_intake_source_due_at", table_name="sync_intake_source")
    op.drop_table("sync_intake_source")
