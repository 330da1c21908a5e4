"""Facts are filed by their place in the store instead of by their ids.

SQLite writes the table anew, some ten seconds for a million facts.

Revision: 20261127_0200
Follows: 20261126_0190
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0200"
down_revision = "20261126_0190"
branch_labels = None
depends_on = None

#: Written out, because a migration does not change with the code; on SQLite it stands on the table.
VIEW = """
CREATE VIEW analysis_learning_fact AS
SELECT f.statement_id, f.seq, f.identity_id AS account_id, i.person_id, f.module_iri, f.kind, f.form,
       f.occurred_on, f.score_scaled, f.voided
FROM sync_learning_fact f
JOIN sync_actor_identity i ON i.identity_id = f.identity_id
"""
COLUMNS = (
    "seq, statement_id, identity_id, module_iri, kind, occurred_at, occurred_on, score_scaled, form, voided"
)


def upgrade() -> None:
    _file_by("seq")


def downgrade() -> None:
    _file_by("statement_id")


def _file_by(key: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_sync_learning_fact", "sync_learning_fact", type_="primary")
        op.create_primary_key("pk_sync_learning_fact", "sync_learning_fact", [key])
        return
    op.execute("DROP VIEW analysis_learning_fact")
    op.drop_index("ix_sync_learning_fact_learner", table_name="sync_learning_fact")
    op.rename_table("sync_learning_fact", "sync_learning_fact_before")
    _create(key)
    op.execute(
        f"INSERT INTO sync_learning_fact ({COLUMNS}) SELECT {COLUMNS} FROM sync_learning_fact_before "  # noqa: S608
        "ORDER BY seq"
    )
    op.drop_table("sync_learning_fact_before")
    op.create_index("ix_sync_learning_fact_learner", "sync_learning_fact", ["identity_id", "module_iri"])
    op.execute(VIEW)


def _create(key: str) -> None:
    place = sa.Integer() if key == "seq" else sa.BigInteger()
    op.create_table(
        "sync_learning_fact",
        sa.Column("seq", place, nullable=False, autoincrement=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("module_iri", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("score_scaled", sa.Double(), nullable=True),
        sa.Column("form", sa.String(length=12), nullable=False, server_default="self-paced"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_sync_learning_fact_identity_id_sync_actor_identity"),
        ),
        sa.PrimaryKeyConstraint(key, name=op.f("pk_sync_learning_fact")),
    )
