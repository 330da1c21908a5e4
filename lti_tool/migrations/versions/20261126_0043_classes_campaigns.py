"""Classes with their rolls, and periodic tests.

Revision: 20261126_0043
Follows: 20261126_0042
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0043"
down_revision = "20261126_0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_campaign",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("quiz_iri", sa.String(length=400), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("population_code", sa.String(length=40), nullable=False),
        sa.Column("population_version", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("pass_scaled", sa.Double(), nullable=False),
        sa.Column("commend_percent", sa.Integer(), nullable=True),
        sa.Column("commend_scaled", sa.Double(), nullable=True),
        sa.Column("recommend_below", sa.Double(), nullable=False),
        sa.Column("recommend_iris", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_sync_campaign_days_in_order")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_campaign_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_sync_campaign")),
    )
    op.create_index(op.f("ix_sync_campaign_unit_id"), "sync_campaign", ["unit_id"])
    op.create_table(
        "sync_training_class",
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("lecturer", sa.String(length=200), nullable=False),
        sa.Column("module_iris", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "form IN ('in-class', 'live-online', 'self-paced', 'blended', 'workshop', 'study-trip')",
            name=op.f("ck_sync_training_class_known_form"),
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_sync_training_class_some_time")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_training_class_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("class_id", name=op.f("pk_sync_training_class")),
    )
    op.create_index(op.f("ix_sync_training_class_unit_id"), "sync_training_class", ["unit_id"])
    op.create_table(
        "sync_class_site",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["sync_training_class.class_id"],
            name=op.f("fk_sync_class_site_class_id_sync_training_class"),
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_sync_class_site")),
        sa.UniqueConstraint("class_id", "name", name=op.f("uq_sync_class_site_class_id_name")),
    )
    op.create_table(
        "sync_attendance",
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=4), nullable=False),
        sa.Column("statement_ids", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("source IN ('roll', 'qr', 'hand')", name=op.f("ck_sync_attendance_known_source")),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["sync_training_class.class_id"],
            name=op.f("fk_sync_attendance_class_id_sync_training_class"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_attendance_person_id_sync_person")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sync_class_site.site_id"], name=op.f("fk_sync_attendance_site_id_sync_class_site")
        ),
        sa.PrimaryKeyConstraint("attendance_id", name=op.f("pk_sync_attendance")),
    )
    op.create_index(op.f("ix_sync_attendance_person_id"), "sync_attendance", ["person_id"])
    op.create_index(
        "uq_sync_attendance_once",
        "sync_attendance",
        ["class_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.create_table(
        "sync_class_person",
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["sync_training_class.class_id"],
            name=op.f("fk_sync_class_person_class_id_sync_training_class"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_class_person_person_id_sync_person")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sync_class_site.site_id"],
            name=op.f("fk_sync_class_person_site_id_sync_class_site"),
        ),
        sa.PrimaryKeyConstraint("class_id", "person_id", name=op.f("pk_sync_class_person")),
    )


def downgrade() -> None:
    op.drop_table("sync_class_person")
    op.drop_index(
        "uq_sync_attendance_once",
        table_name="sync_attendance",
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.drop_index(op.f("ix_sync_attendance_person_id"), table_name="sync_attendance")
    op.drop_table("sync_attendance")
    op.drop_table("sync_class_site")
    op.drop_index(op.f("ix_sync_training_class_unit_id"), table_name="sync_training_class")
    op.drop_table("sync_training_class")
    op.drop_index(op.f("ix_sync_campaign_unit_id"), table_name="sync_campaign")
    op.drop_table("sync_campaign")
