"""Keys with an authority, a source and a second secret; the audit log.

Old code still runs while this migration does: what it does not know has a default.

Revision: 0002_access
Follows: 20261125_2245
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_access"
down_revision = "20261125_2245"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = ("xapi_reading", "xapi_action")


def upgrade() -> None:
    """Adds."""
    _widen_credentials()
    _create_readings()
    _create_actions()
    for table in _TABLES:
        _forbid_changes(table)


def downgrade() -> None:
    """Removes; the audit log goes with it."""
    for table in _TABLES:
        _allow_changes(table)
        op.drop_table(table)
    with op.batch_alter_table("xapi_credential") as batch:
        for column in _credential_columns():
            batch.drop_column(column.name)


def _credential_columns() -> list[sa.Column]:
    return [
        sa.Column("old_secret_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_home_page", sa.Text(), nullable=True),
        sa.Column("authority_name", sa.String(length=160), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("pseudonym_group", sa.String(length=64), nullable=False, server_default="analysts"),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
    ]


def _widen_credentials() -> None:
    with op.batch_alter_table("xapi_credential") as batch:
        for column in _credential_columns():
            batch.add_column(column)


def _create_readings() -> None:
    op.create_table(
        "xapi_reading",
        sa.Column("reading_id", _NUMBER, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader_kind", sa.String(length=8), nullable=False),
        sa.Column("reader", sa.String(length=200), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("person_digest", sa.String(length=32), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "reader_kind IN ('key', 'token', 'operator', 'command')",
            name=op.f("ck_xapi_reading_known_reader"),
        ),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_xapi_reading")),
    )
    op.create_index(op.f("ix_xapi_reading_read_at"), "xapi_reading", ["read_at"])
    op.create_index("ix_xapi_reading_reader", "xapi_reading", ["reader", "reading_id"])
    op.create_index("ix_xapi_reading_person_digest", "xapi_reading", ["person_digest", "reading_id"])


def _create_actions() -> None:
    op.create_table(
        "xapi_action",
        sa.Column("action_id", _NUMBER, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("particulars", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_xapi_action")),
    )
    op.create_index(op.f("ix_xapi_action_done_at"), "xapi_action", ["done_at"])


def _forbid_changes(table: str) -> None:
    """The log is append-only for whoever comes by this connection; rows may be pruned, never changed."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION xapi_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION xapi_audit_append_only()"
    )


def _allow_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_append_only")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    if table == _TABLES[-1]:
        op.execute("DROP FUNCTION xapi_audit_append_only()")
