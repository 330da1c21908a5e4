"""The store alone decides what is taken back; the follower's own list of voidings goes.

It held targets that had not come yet. Rolled back, `cchc rollups rebuild` fills it again.

Revision: 20261125_2320
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2320"
down_revision = "0017"


def upgrade() -> None:
    op.drop_table("sync_void_pending")


def downgrade() -> None:
    op.create_table(
        "sync_void_pending",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_sync_void_pending")),
    )
