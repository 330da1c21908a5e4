"""Official reports: drafts, what was sent, files, templates, deadlines, schedules.

Revision: 20261126_0110
Follows: 20261126_0100
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0110"
down_revision = "20261126_0100"
branch_labels = None
depends_on = None

#: Written out, because a migration does not change with the code (`sync.official_reports.frozen_rows`).
SQLITE = """
CREATE TRIGGER sync_report_edition_frozen BEFORE UPDATE ON sync_report_edition
BEGIN
    SELECT RAISE(ABORT, 'report_edition_is_frozen');
END
"""
POSTGRESQL = (
    """
CREATE FUNCTION sync_report_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'report_edition_is_frozen';
END $$
""",
    """
CREATE TRIGGER sync_report_edition_frozen BEFORE UPDATE ON sync_report_edition
FOR EACH ROW EXECUTE FUNCTION sync_report_edition_frozen()
""",
)


def upgrade() -> None:
    op.create_table(
        "sync_report_template",
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("brought_by", sa.String(length=64), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=64), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('staged', 'active', 'retired', 'discarded')",
            name=op.f("ck_sync_report_template_known_state"),
        ),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_sync_report_template")),
    )
    op.create_index(op.f("ix_sync_report_template_form"), "sync_report_template", ["form"], unique=False)
    op.create_table(
        "sync_official_report",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("population_code", sa.String(length=40), nullable=False),
        sa.Column("population_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("letterhead", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "form IN ('annual', 'mid_term', 'final')", name=op.f("ck_sync_official_report_known_form")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sending', 'submitted', 'received', 'returned')",
            name=op.f("ck_sync_official_report_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_official_report_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_sync_official_report")),
        sa.UniqueConstraint(
            "unit_id", "form", "year", name=op.f("uq_sync_official_report_unit_id_form_year")
        ),
    )
    op.create_index(
        "ix_sync_official_report_period", "sync_official_report", ["form", "year", "state"], unique=False
    )
    op.create_table(
        "sync_report_deadline",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("named_by", sa.String(length=64), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_report_deadline_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", "form", "year", name=op.f("pk_sync_report_deadline")),
    )
    op.create_table(
        "sync_report_schedule",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("population_code", sa.String(length=40), nullable=False),
        sa.Column("rhythm", sa.String(length=8), nullable=False),
        sa.Column("formats", sa.String(length=40), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "rhythm IN ('period', 'weekly', 'monthly')", name=op.f("ck_sync_report_schedule_known_rhythm")
        ),
        sa.CheckConstraint("keep_days BETWEEN 1 AND 400", name=op.f("ck_sync_report_schedule_kept_for")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_report_schedule_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_sync_report_schedule")),
    )
    op.create_index(
        op.f("ix_sync_report_schedule_next_on"), "sync_report_schedule", ["next_on"], unique=False
    )
    op.create_index(
        op.f("ix_sync_report_schedule_unit_id"), "sync_report_schedule", ["unit_id"], unique=False
    )
    op.create_table(
        "sync_report_job",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("formats", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=True),
        sa.Column("ledger", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('draft', 'send', 'schedule')", name=op.f("ck_sync_report_job_known_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'failed')",
            name=op.f("ck_sync_report_job_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["sync_official_report.report_id"],
            name=op.f("fk_sync_report_job_report_id_sync_official_report"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["sync_report_schedule.schedule_id"],
            name=op.f("fk_sync_report_job_schedule_id_sync_report_schedule"),
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_sync_report_job")),
    )
    op.create_index(op.f("ix_sync_report_job_report_id"), "sync_report_job", ["report_id"], unique=False)
    op.create_index(op.f("ix_sync_report_job_schedule_id"), "sync_report_job", ["schedule_id"], unique=False)
    op.create_index("ix_sync_report_job_state", "sync_report_job", ["state", "asked_at"], unique=False)
    op.create_table(
        "sync_report_section",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["sync_official_report.report_id"],
            name=op.f("fk_sync_report_section_report_id_sync_official_report"),
        ),
        sa.PrimaryKeyConstraint("report_id", "code", name=op.f("pk_sync_report_section")),
    )
    op.create_table(
        "sync_report_step",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('begun', 'asked', 'submitted', 'received', 'returned', 'failed')",
            name=op.f("ck_sync_report_step_known_what"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["sync_official_report.report_id"],
            name=op.f("fk_sync_report_step_report_id_sync_official_report"),
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_sync_report_step")),
    )
    op.create_index(op.f("ix_sync_report_step_report_id"), "sync_report_step", ["report_id"], unique=False)
    op.create_table(
        "sync_report_edition",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("ledger", sa.LargeBinary(), nullable=False),
        sa.Column("figures_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=300), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["sync_report_job.job_id"], name=op.f("fk_sync_report_edition_job_id_sync_report_job")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["sync_official_report.report_id"],
            name=op.f("fk_sync_report_edition_report_id_sync_official_report"),
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_sync_report_edition")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_sync_report_edition_report_id_number")),
    )
    op.create_table(
        "sync_report_file",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["sync_report_job.job_id"], name=op.f("fk_sync_report_file_job_id_sync_report_job")
        ),
        sa.PrimaryKeyConstraint("job_id", "format", name=op.f("pk_sync_report_file")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (SQLITE,) if is_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("sync_report_file")
    op.drop_table("sync_report_edition")
    op.drop_index(op.f("ix_sync_report_step_report_id"), table_name="sync_report_step")
    op.drop_table("sync_report_step")
    op.drop_table("sync_report_section")
    op.drop_index("ix_sync_report_job_state", table_name="sync_report_job")
    op.drop_index(op.f("ix_sync_report_job_schedule_id"), table_name="sync_report_job")
    op.drop_index(op.f("ix_sync_report_job_report_id"), table_name="sync_report_job")
    op.drop_table("sync_report_job")
    op.drop_index(op.f("ix_sync_report_schedule_unit_id"), table_name="sync_report_schedule")
    op.drop_index(op.f("ix_sync_report_schedule_next_on"), table_name="sync_report_schedule")
    op.drop_table("sync_report_schedule")
    op.drop_table("sync_report_deadline")
    op.drop_index("ix_sync_official_report_period", table_name="sync_official_report")
    op.drop_table("sync_official_report")
    op.drop_index(op.f("ix_sync_report_template_form"), table_name="sync_report_template")
    op.drop_table("sync_report_template")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS sync_report_edition_frozen()")
