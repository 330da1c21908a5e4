"""Grades and rosters: results one by one, checks, breakers, columns that are looked for, members of courses.

Old code still runs while this migration does: what it does not know has a default.

Revision: 20261125_2335
Follows: 20261125_2345
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2335"
down_revision = "20261125_2345"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_column_check",
        sa.Column("platform_registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_item_url", sa.String(length=1000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scores", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble_code", sa.String(length=40), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint(
            "platform_registration_id", "line_item_url", name=op.f("pk_sync_column_check")
        ),
    )
    with op.batch_alter_table("sync_column_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_column_check_due_at"), ["due_at"], unique=False)

    op.create_table(
        "sync_gradebook_breaker",
        sa.Column("platform_registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("trouble_code", sa.String(length=40), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("last_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("platform_registration_id", name=op.f("pk_sync_gradebook_breaker")),
    )
    op.create_table(
        "sync_line_item_wish",
        sa.Column("line_item_wish_id", sa.Integer(), nullable=False),
        sa.Column("wish_key", sa.String(length=64), nullable=False),
        sa.Column("platform_registration_id", sa.Integer(), nullable=False),
        sa.Column("container_url", sa.String(length=1000), nullable=False),
        sa.Column("resource_link_id", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("score_maximum", sa.Double(), nullable=False),
        sa.Column("line_item_url", sa.String(length=1000), nullable=True),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble_code", sa.String(length=40), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("line_item_wish_id", name=op.f("pk_sync_line_item_wish")),
        sa.UniqueConstraint("wish_key", name=op.f("uq_sync_line_item_wish_wish_key")),
    )
    with op.batch_alter_table("sync_line_item_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_line_item_wish_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sync_line_item_wish_line_item_url"), ["line_item_url"], unique=False
        )

    op.create_table(
        "sync_quiz_result",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("scaled", sa.Double(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_sync_quiz_result")),
    )
    with op.batch_alter_table("sync_quiz_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_quiz_result_registration"), ["registration"], unique=False)

    op.create_table(
        "sync_roster",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("platform_registration_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(length=255), nullable=False),
        sa.Column("course_title", sa.String(length=400), nullable=False),
        sa.Column("memberships_url", sa.String(length=2000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("next_page_url", sa.String(length=2000), nullable=False),
        sa.Column("differences_url", sa.String(length=2000), nullable=False),
        sa.Column("differences_only", sa.Boolean(), nullable=False),
        sa.Column("members_read", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("whole_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble_code", sa.String(length=40), nullable=False),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("roster_id", name=op.f("pk_sync_roster")),
        sa.UniqueConstraint(
            "platform_registration_id",
            "course_id",
            name=op.f("uq_sync_roster_platform_registration_id_course_id"),
        ),
    )
    with op.batch_alter_table("sync_roster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_roster_due_at"), ["due_at"], unique=False)

    op.create_table(
        "sync_awaited_column",
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("line_item_wish_id", sa.Integer(), nullable=False),
        sa.Column("lms_user_id", sa.String(length=255), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_wish_id"],
            ["sync_line_item_wish.line_item_wish_id"],
            name=op.f("fk_sync_awaited_column_line_item_wish_id_sync_line_item_wish"),
        ),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_sync_awaited_column")),
    )
    with op.batch_alter_table("sync_awaited_column", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sync_awaited_column_line_item_wish_id"), ["line_item_wish_id"], unique=False
        )

    op.create_table(
        "sync_roster_member",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("account_name", sa.String(length=255), nullable=False),
        sa.Column("account_home_page", sa.String(length=400), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("seen_reading", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('active', 'inactive', 'left')", name=op.f("ck_sync_roster_member_known_status")
        ),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["sync_roster.roster_id"], name=op.f("fk_sync_roster_member_roster_id_sync_roster")
        ),
        sa.PrimaryKeyConstraint("roster_id", "account_name", name=op.f("pk_sync_roster_member")),
    )
    op.create_table(
        "sync_score_difference",
        sa.Column("outgoing_score_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sent_scaled", sa.Double(), nullable=False),
        sa.Column("held_scaled", sa.Double(), nullable=True),
        sa.Column("found_by", sa.String(length=12), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outgoing_score_id"],
            ["sync_outgoing_score.outgoing_score_id"],
            name=op.f("fk_sync_score_difference_outgoing_score_id_sync_outgoing_score"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("outgoing_score_id", name=op.f("pk_sync_score_difference")),
    )
    with op.batch_alter_table("sync_outgoing_score", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("trouble_code", sa.String(length=40), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("comment", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("settled_by", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("check_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held_scaled", sa.Double(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_sync_outgoing_score_check_due_at"), ["check_due_at"], unique=False
        )

    # Results are kept one by one from now on, so the follower reads those of before again.
    op.execute("UPDATE sync_follower SET last_seq = 0 WHERE name = 'grades'")


def downgrade() -> None:
    with op.batch_alter_table("sync_outgoing_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_outgoing_score_check_due_at"))
        batch_op.drop_column("held_scaled")
        batch_op.drop_column("checked_at")
        batch_op.drop_column("check_due_at")
        batch_op.drop_column("settled_by")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("comment")
        batch_op.drop_column("revision")
        batch_op.drop_column("trouble_code")

    op.drop_table("sync_score_difference")
    op.drop_table("sync_roster_member")
    with op.batch_alter_table("sync_awaited_column", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_awaited_column_line_item_wish_id"))

    op.drop_table("sync_awaited_column")
    with op.batch_alter_table("sync_roster", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_roster_due_at"))

    op.drop_table("sync_roster")
    with op.batch_alter_table("sync_quiz_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_quiz_result_registration"))

    op.drop_table("sync_quiz_result")
    with op.batch_alter_table("sync_line_item_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_line_item_wish_line_item_url"))
        batch_op.drop_index(batch_op.f("ix_sync_line_item_wish_due_at"))

    op.drop_table("sync_line_item_wish")
    op.drop_table("sync_gradebook_breaker")
    with op.batch_alter_table("sync_column_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_column_check_due_at"))

    op.drop_table("sync_column_check")
