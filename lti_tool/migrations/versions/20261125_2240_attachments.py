"""Bytes of attachments, and the statements that came with them.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: 0002_attachments
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_attachments"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "xapi_attachment",
        sa.Column("sha2", sa.String(length=128), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha2", name=op.f("pk_xapi_attachment")),
    )
    op.create_index(op.f("ix_xapi_attachment_kept_at"), "xapi_attachment", ["kept_at"], unique=False)
    op.create_table(
        "xapi_statement_attachment",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("sha2", sa.String(length=128), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha2"], ["xapi_attachment.sha2"], name=op.f("fk_xapi_statement_attachment_sha2_xapi_attachment")
        ),
        sa.PrimaryKeyConstraint("statement_id", "sha2", name=op.f("pk_xapi_statement_attachment")),
    )
    op.create_index(
        op.f("ix_xapi_statement_attachment_sha2"), "xapi_statement_attachment", ["sha2"], unique=False
    )


def downgrade() -> None:
    """Removes them; the bytes stay in the storage."""
    op.drop_index(op.f("ix_xapi_statement_attachment_sha2"), table_name="xapi_statement_attachment")
    op.drop_table("xapi_statement_attachment")
    op.drop_index(op.f("ix_xapi_attachment_kept_at"), table_name="xapi_attachment")
    op.drop_table("xapi_attachment")
