"""Rules of population, headcounts, calendars; forms of training and results at quizzes.

Revision: 20261126_0042
Follows: 20261126_0041
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0042"
down_revision = "20261126_0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_population_rule",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("staff_categories", sa.String(length=60), nullable=False),
        sa.Column("only_cchc", sa.Boolean(), nullable=False),
        sa.Column("cchc_roles", sa.String(length=200), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_sync_population_rule")),
    )
    op.create_table(
        "sync_headcount",
        sa.Column("headcount_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("population_code", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_sync_headcount_not_negative")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_headcount_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("headcount_id", name=op.f("pk_sync_headcount")),
        sa.UniqueConstraint(
            "unit_id",
            "population_code",
            "as_of",
            name=op.f("uq_sync_headcount_unit_id_population_code_as_of"),
        ),
    )
    op.create_table(
        "sync_reporting_calendar",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("closes_on", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_on BETWEEN 0 AND 28", name=op.f("ck_sync_reporting_calendar_closing_day")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_reporting_calendar_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sync_reporting_calendar")),
    )
    op.create_table(
        "sync_quiz_score",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("quiz_iri", sa.String(length=400), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("scaled", sa.Double(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_sync_quiz_score_identity_id_sync_actor_identity"),
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_sync_quiz_score")),
    )
    op.create_index("ix_sync_quiz_score_learner", "sync_quiz_score", ["identity_id", "quiz_iri"])
    op.create_index("ix_sync_quiz_score_quiz", "sync_quiz_score", ["quiz_iri", "occurred_on"])
    op.add_column(
        "sync_learning_fact",
        sa.Column("form", sa.String(length=12), nullable=False, server_default="self-paced"),
    )
    # The follower reads the store once more: attended classes and results at quizzes count from now on, and
    # what was counted already is recognised.
    op.execute("UPDATE sync_follower SET last_seq = 0 WHERE name = 'rollups'")


def downgrade() -> None:
    op.drop_column("sync_learning_fact", "form")
    op.drop_index("ix_sync_quiz_score_quiz", table_name="sync_quiz_score")
    op.drop_index("ix_sync_quiz_score_learner", table_name="sync_quiz_score")
    op.drop_table("sync_quiz_score")
    op.drop_table("sync_reporting_calendar")
    op.drop_table("sync_headcount")
    op.drop_table("sync_population_rule")
