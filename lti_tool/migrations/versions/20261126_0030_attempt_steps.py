"""Attempts as steps in a chain; abandoned attempts; more time for one person; where a reader stopped.

Revision: 20261126_0030
Follows: 20261126_0026
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "20261126_0030"
down_revision = "20261126_0026"
branch_labels = None
depends_on = None

_STATES_BEFORE = "state IN ('inprogress', 'finished', 'overdue')"
_STATES = "state IN ('inprogress', 'finished', 'overdue', 'abandoned')"
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with _rows_below_attempts_kept(["content_attempt_item", "content_draft", "content_answer"]):
        _change_states(_STATES)
    op.add_column(
        "content_attempt", sa.Column("course_id", sa.String(length=255), server_default="", nullable=False)
    )
    op.add_column("content_attempt", sa.Column("closes_at", _INSTANT, nullable=True))
    op.add_column(
        "content_attempt", sa.Column("results_told", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute("UPDATE content_attempt SET results_told = 1 WHERE state <> 'inprogress'")
    op.add_column("content_attempt", sa.Column("steps", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "content_attempt", sa.Column("chain", sa.String(length=64), server_default="", nullable=False)
    )
    op.create_index("ix_content_attempt_quiz", "content_attempt", ["package_id", "quiz_id", "id"])
    op.create_index("ix_content_attempt_course", "content_attempt", ["home_page", "course_id"])
    op.add_column("content_attempt_item", sa.Column("slot", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE content_attempt_item SET slot = position")
    op.add_column("content_draft", sa.Column("client_id", sa.String(length=36), nullable=True))
    _create_steps()
    _answers_become_steps()
    op.drop_table("content_answer")
    _create_allowances()
    for column in (
        sa.Column("told_percent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_section", sa.Integer(), nullable=True),
        sa.Column("last_block", sa.Integer(), nullable=True),
        sa.Column("last_seen_at", _INSTANT, nullable=True),
    ):
        op.add_column("content_module_progress", column)


def downgrade() -> None:
    for name in ("last_seen_at", "last_block", "last_section", "told_percent"):
        op.drop_column("content_module_progress", name)
    op.drop_index("ix_content_time_allowance_learner", table_name="content_time_allowance")
    op.drop_table("content_time_allowance")
    _create_answers()
    op.execute(
        "INSERT INTO content_answer (item_id, seq, response, saved_at) "
        "SELECT item_id, seq, content, saved_at FROM content_step WHERE kind IN ('answer', 'try', 'settled')"
    )
    op.drop_table("content_step")
    op.drop_column("content_draft", "client_id")
    op.drop_column("content_attempt_item", "slot")
    op.drop_index("ix_content_attempt_course", table_name="content_attempt")
    op.drop_index("ix_content_attempt_quiz", table_name="content_attempt")
    for name in ("chain", "steps", "results_told", "closes_at", "course_id"):
        op.drop_column("content_attempt", name)
    op.execute("UPDATE content_attempt SET state = 'overdue' WHERE state = 'abandoned'")
    with _rows_below_attempts_kept(["content_attempt_item", "content_draft", "content_answer"]):
        _change_states(_STATES_BEFORE)


def _change_states(states: str) -> None:
    with op.batch_alter_table("content_attempt") as batch:
        batch.drop_constraint(batch.f("ck_content_attempt_known_state"), type_="check")
        batch.create_check_constraint(batch.f("ck_content_attempt_known_state"), states)


@contextmanager
def _rows_below_attempts_kept(tables: list[str]) -> Iterator[None]:
    """SQLite makes a changed table anew, and dropping the old one would delete what refers to it."""
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    for table in tables:
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 - names from above
    yield
    for table in tables:
        op.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 - names from above
        op.execute(f"DROP TABLE kept_{table}")


def _create_steps() -> None:
    op.create_table(
        "content_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=True),
        sa.Column("made_by", sa.String(length=255), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('answer', 'try', 'settled', 'mark', 'regrade', 'end')",
            name=op.f("ck_content_step_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["content_attempt.id"],
            name=op.f("fk_content_step_attempt_id_content_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_attempt_item.id"],
            name=op.f("fk_content_step_item_id_content_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_step")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_content_step_attempt_id_number")),
        sa.UniqueConstraint("item_id", "seq", name=op.f("uq_content_step_item_id_seq")),
        sa.UniqueConstraint("item_id", "client_id", name=op.f("uq_content_step_item_id_client_id")),
    )


def _answers_become_steps() -> None:
    """Steps from before there were chains have no digest; the chain begins with the next step."""
    op.execute(
        "INSERT INTO content_step (attempt_id, number, item_id, seq, kind, content, saved_at, chain) "
        "SELECT i.attempt_id, ROW_NUMBER() OVER (PARTITION BY i.attempt_id ORDER BY a.id), "
        "a.item_id, a.seq, 'answer', a.response, a.saved_at, '' "
        "FROM content_answer a JOIN content_attempt_item i ON i.id = a.item_id"
    )
    op.execute(
        "UPDATE content_attempt SET steps = "
        "(SELECT COUNT(*) FROM content_step WHERE content_step.attempt_id = content_attempt.id)"
    )


def _create_allowances() -> None:
    op.create_table(
        "content_time_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("quiz_id", sa.String(length=64), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("given_by", sa.String(length=255), nullable=False),
        sa.Column("given_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "percent BETWEEN 0 AND 400", name=op.f("ck_content_time_allowance_sensible_percent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_time_allowance")),
    )
    op.create_index(
        "ix_content_time_allowance_learner", "content_time_allowance", ["home_page", "name", "package_id"]
    )


def _create_answers() -> None:
    op.create_table(
        "content_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_attempt_item.id"],
            name=op.f("fk_content_answer_item_id_content_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_answer")),
        sa.UniqueConstraint("item_id", "seq", name=op.f("uq_content_answer_item_id_seq")),
    )
