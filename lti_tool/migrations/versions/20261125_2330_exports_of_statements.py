"""Exports of statements.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: 20261125_2330
Follows: 20261125_2320
"""

import sqlalchemy as sa
from alembic import op

import xapi_bridge.database

revision = "20261125_2330"
down_revision = "20261125_2320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_export",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("requester", sa.String(length=80), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("with_names", sa.Boolean(), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("authority_home_page", sa.String(length=500), nullable=False),
        sa.Column("authority_name", sa.String(length=160), nullable=False),
        sa.Column("posts_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("upper_seq", sa.BigInteger(), nullable=False),
        sa.Column("reached_seq", sa.BigInteger(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_expected", sa.BigInteger(), nullable=False),
        sa.Column("more_expected", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", xapi_bridge.database.UtcInstant(timezone=True), nullable=True),
        sa.Column("requested_at", xapi_bridge.database.UtcInstant(timezone=True), nullable=False),
        sa.Column("ended_at", xapi_bridge.database.UtcInstant(timezone=True), nullable=True),
        sa.Column("expires_at", xapi_bridge.database.UtcInstant(timezone=True), nullable=True),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.CheckConstraint("form IN ('ndjson', 'csv', 'parquet')", name=op.f("ck_sync_export_known_form")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'cancelled', 'failed', 'expired')",
            name=op.f("ck_sync_export_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_export_root_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_sync_export")),
    )
    op.create_index("ix_sync_export_requester", "sync_export", ["requester", "requested_at"])
    op.create_index("ix_sync_export_state", "sync_export", ["state", "requested_at"])
    op.create_table(
        "sync_export_part",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["sync_export.export_id"],
            name=op.f("fk_sync_export_part_export_id_sync_export"),
        ),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_sync_export_part")),
    )


def downgrade() -> None:
    op.drop_table("sync_export_part")
    op.drop_index("ix_sync_export_state", table_name="sync_export")
    op.drop_index("ix_sync_export_requester", table_name="sync_export")
    op.drop_table("sync_export")
