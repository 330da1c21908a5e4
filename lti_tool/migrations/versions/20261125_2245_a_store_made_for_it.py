"""Ids and references in tables of their own, archives, and the JSON as received.

The unique index on `xapi_statement.statement_id` moves to `xapi_statement_key`, so that statements can be
parted by month. Old code must not record while this runs: it would leave ids out of the new table.

Revision: 20261125_2245
Follows: 20261125_1500
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2245"
down_revision = "20261125_1500"
branch_labels = None
depends_on = None

_VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_tables()
    op.execute(
        "INSERT INTO xapi_statement_key (statement_id, seq) SELECT statement_id, seq FROM xapi_statement"
    )
    op.execute(
        "INSERT INTO xapi_statement_reference (target_id, seq, statement_id, is_voiding) "  # noqa: S608 - ours
        "SELECT target_id, seq, statement_id, verb_term_id IN "
        f"(SELECT term_id FROM xapi_term WHERE kind = 1 AND value = '{_VOIDED}') "
        "FROM xapi_statement WHERE target_id IS NOT NULL"
    )
    # From here on the watermark also tells the newest statement.
    op.execute(
        "INSERT INTO xapi_watermark (watermark_id, through) SELECT 1, max(seq) FROM xapi_statement "
        "WHERE NOT EXISTS (SELECT 1 FROM xapi_watermark) HAVING max(seq) IS NOT NULL"
    )
    op.drop_index("ix_xapi_statement_target_id", table_name="xapi_statement")
    with op.batch_alter_table("xapi_statement") as table:
        table.add_column(sa.Column("received", sa.LargeBinary(), nullable=True))
        table.drop_constraint("fk_xapi_statement_verb_term_id_xapi_term", type_="foreignkey")
        table.drop_constraint("fk_xapi_statement_authority_term_id_xapi_term", type_="foreignkey")
        table.drop_constraint("uq_xapi_statement_statement_id", type_="unique")


def _create_tables() -> None:
    op.create_table(
        "xapi_statement_key",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", _ROW_NUMBER, nullable=False),
        sa.Column("archive_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_xapi_statement_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "xapi_statement_reference",
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("seq", _ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("is_voiding", sa.Boolean(), nullable=False),
        sa.Column("only_authority_term_id", _ROW_NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("target_id", "seq", name=op.f("pk_xapi_statement_reference")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "xapi_archive",
        sa.Column("archive_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("statement_count", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("archive_id", name=op.f("pk_xapi_archive")),
    )


def downgrade() -> None:
    with op.batch_alter_table("xapi_statement") as table:
        table.drop_column("received")
        table.create_unique_constraint("uq_xapi_statement_statement_id", ["statement_id"])
        table.create_foreign_key(
            "fk_xapi_statement_verb_term_id_xapi_term", "xapi_term", ["verb_term_id"], ["term_id"]
        )
        table.create_foreign_key(
            "fk_xapi_statement_authority_term_id_xapi_term", "xapi_term", ["authority_term_id"], ["term_id"]
        )
    op.create_index(
        "ix_xapi_statement_target_id",
        "xapi_statement",
        ["target_id"],
        unique=False,
        postgresql_where=sa.text("target_id IS NOT NULL"),
        sqlite_where=sa.text("target_id IS NOT NULL"),
    )
    for table in ("xapi_archive", "xapi_statement_reference", "xapi_statement_key"):
        op.drop_table(table)
