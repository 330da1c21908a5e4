"""Files of questions that operators bring in.

Revision: 20261126_0060
Follows: 20261126_0050
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0060"
down_revision = "20261126_0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_import",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("published_digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_import")),
    )
    op.create_index(op.f("ix_content_import_received_at"), "content_import", ["received_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_content_import_received_at"), table_name="content_import")
    op.drop_table("content_import")
