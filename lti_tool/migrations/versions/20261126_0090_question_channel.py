"""Questions to experts: queue, drafts, history, areas, votes, use; operators may be experts.

Revision: 20261126_0090
Follows: 20261126_0080
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0090"
down_revision = "20261126_0080"
branch_labels = None
depends_on = None

_ROLES_BEFORE = "role IN ('administrator', 'operator', 'content_manager', 'analyst', 'unit_manager')"
_ROLES = "role IN ('administrator', 'operator', 'content_manager', 'expert', 'analyst', 'unit_manager')"


def upgrade() -> None:
    _let_roles_be(_ROLES)
    op.create_table(
        "content_answer_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "key", name=op.f("pk_content_answer_use")),
    )
    op.create_table(
        "content_answer_vote",
        sa.Column("home_page", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("vote", sa.String(length=12), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("home_page", "name", "key", name=op.f("pk_content_answer_vote")),
    )
    op.create_index(
        "ix_content_answer_vote_open", "content_answer_vote", ["vote", "settled_at"], unique=False
    )
    op.create_table(
        "content_expert_area",
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("takes_new", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("area", "expert", name=op.f("pk_content_expert_area")),
    )
    op.create_table(
        "content_expert_block",
        sa.Column("home_page", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("blocked_by", sa.String(length=64), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("home_page", "name", name=op.f("pk_content_expert_block")),
    )
    op.create_table(
        "content_expert_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("module_id", sa.String(length=64), nullable=False),
        sa.Column("section", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("same_as", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.String(length=96), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.String(length=500), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["same_as"],
            ["content_expert_question.id"],
            name=op.f("fk_content_expert_question_same_as_content_expert_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_expert_question")),
        sa.UniqueConstraint("code", name=op.f("uq_content_expert_question_code")),
    )
    op.create_index(
        op.f("ix_content_expert_question_area"), "content_expert_question", ["area"], unique=False
    )
    op.create_index(
        op.f("ix_content_expert_question_asked_at"), "content_expert_question", ["asked_at"], unique=False
    )
    op.create_index(
        "ix_content_expert_question_asker",
        "content_expert_question",
        ["home_page", "name", "asked_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_content_expert_question_entry_id"), "content_expert_question", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_content_expert_question_expert"), "content_expert_question", ["expert"], unique=False
    )
    op.create_index(
        "ix_content_expert_question_queue", "content_expert_question", ["state", "due_on"], unique=False
    )
    op.create_index(
        op.f("ix_content_expert_question_same_as"), "content_expert_question", ["same_as"], unique=False
    )
    op.create_table(
        "content_unanswered_search",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "folded", name=op.f("pk_content_unanswered_search")),
    )
    op.create_table(
        "content_expert_draft",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("rest", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["content_expert_question.id"],
            name=op.f("fk_content_expert_draft_question_id_content_expert_question"),
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_content_expert_draft")),
    )
    op.create_table(
        "content_expert_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["content_expert_question.id"],
            name=op.f("fk_content_expert_event_question_id_content_expert_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_expert_event")),
    )
    op.create_index(
        op.f("ix_content_expert_event_question_id"), "content_expert_event", ["question_id"], unique=False
    )


def downgrade() -> None:

    op.drop_index(op.f("ix_content_expert_event_question_id"), table_name="content_expert_event")
    op.drop_table("content_expert_event")
    op.drop_table("content_expert_draft")
    op.drop_table("content_unanswered_search")
    op.drop_index(op.f("ix_content_expert_question_same_as"), table_name="content_expert_question")
    op.drop_index("ix_content_expert_question_queue", table_name="content_expert_question")
    op.drop_index(op.f("ix_content_expert_question_expert"), table_name="content_expert_question")
    op.drop_index(op.f("ix_content_expert_question_entry_id"), table_name="content_expert_question")
    op.drop_index("ix_content_expert_question_asker", table_name="content_expert_question")
    op.drop_index(op.f("ix_content_expert_question_asked_at"), table_name="content_expert_question")
    op.drop_index(op.f("ix_content_expert_question_area"), table_name="content_expert_question")
    op.drop_table("content_expert_question")
    op.drop_table("content_expert_block")
    op.drop_table("content_expert_area")
    op.drop_index("ix_content_answer_vote_open", table_name="content_answer_vote")
    op.drop_table("content_answer_vote")
    op.drop_table("content_answer_use")
    # The earlier version knows no experts: who is one may not enter it.
    op.execute(
        "UPDATE lti_operator SET disabled_at = CURRENT_TIMESTAMP "
        "WHERE disabled_at IS NULL AND role = 'expert'"
    )
    op.execute("UPDATE lti_operator SET role = 'analyst' WHERE role = 'expert'")
    _let_roles_be(_ROLES_BEFORE)


def _let_roles_be(check: str) -> None:
    """SQLite makes the table anew; what refers to it is put aside. Whoever is signed in signs in again."""
    op.execute("DELETE FROM lti_operator_session")
    op.execute("CREATE TEMPORARY TABLE kept_codes AS SELECT * FROM lti_recovery_code")
    op.execute("DELETE FROM lti_recovery_code")
    with op.batch_alter_table("lti_operator") as batch:
        batch.drop_constraint(batch.f("ck_lti_operator_known_role"), type_="check")
        batch.create_check_constraint(batch.f("ck_lti_operator_known_role"), check)
    op.execute("INSERT INTO lti_recovery_code SELECT * FROM kept_codes")
    op.execute("DROP TABLE kept_codes")
