"""Official lists of units that were handed in, and what each did.

Revision: 20261126_0041
Follows: 20261126_0040
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0041"
down_revision = "20261126_0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_unit_import",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("replaces", sa.String(length=16), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("within_code", sa.String(length=35), nullable=False),
        sa.Column("legal_basis", sa.String(length=120), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.String(length=64), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('staged', 'applied', 'discarded', 'undone')",
            name=op.f("ck_sync_unit_import_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["sync_staff_batch.batch_id"],
            name=op.f("fk_sync_unit_import_batch_id_sync_staff_batch"),
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_sync_unit_import")),
    )
    op.create_table(
        "sync_unit_import_change",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("lived_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "what IN ('made', 'closed', 'relabelled')", name=op.f("ck_sync_unit_import_change_known_what")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["sync_unit_import.import_id"],
            name=op.f("fk_sync_unit_import_change_import_id_sync_unit_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", "unit_id", name=op.f("pk_sync_unit_import_change")),
    )


def downgrade() -> None:
    op.drop_table("sync_unit_import_change")
    op.drop_table("sync_unit_import")
