"""Agents in the dictionary are found by their words, so that a registry of people can be joined.

Revision: 20261126_0180
Follows: 20261126_0130
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0180"
down_revision = "20261126_0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_xapi_term_agent",
        "xapi_term",
        ["value"],
        unique=False,
        postgresql_using="hash",
        postgresql_where=sa.text("kind = 3"),
        sqlite_where=sa.text("kind = 3"),
    )


def downgrade() -> None:
    op.drop_index("ix_xapi_term_agent", table_name="xapi_term")
