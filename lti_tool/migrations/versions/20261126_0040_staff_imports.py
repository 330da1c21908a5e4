"""Lists of staff that can be looked at before and taken back after; roles of posts.

Revision: 20261126_0040
Follows: 20261126_0030
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0040"
down_revision = "20261126_0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_staff_batch",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scope_unit_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("applied_through", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('list', 'merge', 'units')", name=op.f("ck_sync_staff_batch_known_kind")),
        sa.CheckConstraint(
            "state IN ('staged', 'applying', 'applied', 'discarded', 'undone')",
            name=op.f("ck_sync_staff_batch_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["scope_unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_staff_batch_scope_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_sync_staff_batch")),
    )
    op.create_index(op.f("ix_sync_staff_batch_digest"), "sync_staff_batch", ["digest"])
    op.create_table(
        "sync_staff_batch_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(length=8), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["sync_staff_batch.batch_id"],
            name=op.f("fk_sync_staff_batch_row_batch_id_sync_staff_batch"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "row_number", name=op.f("pk_sync_staff_batch_row")),
    )
    op.create_table(
        "sync_staff_change",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_because", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["sync_staff_batch.batch_id"],
            name=op.f("fk_sync_staff_change_batch_id_sync_staff_batch"),
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_sync_staff_change")),
    )
    op.create_index(op.f("ix_sync_staff_change_batch_id"), "sync_staff_change", ["batch_id"])
    op.create_index(op.f("ix_sync_staff_change_person_id"), "sync_staff_change", ["person_id"])
    op.add_column(
        "sync_appointment", sa.Column("cchc_role", sa.String(length=20), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("sync_appointment", "cchc_role")
    op.drop_index(op.f("ix_sync_staff_change_person_id"), table_name="sync_staff_change")
    op.drop_index(op.f("ix_sync_staff_change_batch_id"), table_name="sync_staff_change")
    op.drop_table("sync_staff_change")
    op.drop_table("sync_staff_batch_row")
    op.drop_index(op.f("ix_sync_staff_batch_digest"), table_name="sync_staff_batch")
    op.drop_table("sync_staff_batch")
