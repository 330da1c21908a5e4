"""Documents, what activities are, and how far the store is complete while nothing is recorded.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: 20261125_1500
Follows: 0002_attachments
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1500"
down_revision = "0002_attachments"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "xapi_watermark",
        sa.Column("watermark_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("watermark_id", name=op.f("pk_xapi_watermark")),
    )
    op.create_table(
        "xapi_activity",
        sa.Column("term_id", _ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("received_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["term_id"], ["xapi_term.term_id"], name=op.f("fk_xapi_activity_term_id_xapi_term")
        ),
        sa.PrimaryKeyConstraint("term_id", name=op.f("pk_xapi_activity")),
    )
    op.create_table(
        "xapi_document",
        sa.Column("document_id", _ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("agent_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("activity_digest", sa.LargeBinary(length=16), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_xapi_document")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_xapi_document_key_digest")),
    )
    op.create_index(
        "ix_xapi_document_agent_digest", "xapi_document", ["agent_digest", "kind", "activity_digest"]
    )
    op.create_index("ix_xapi_document_activity_digest", "xapi_document", ["activity_digest", "kind"])


def downgrade() -> None:
    op.drop_table("xapi_document")
    op.drop_table("xapi_activity")
    op.drop_table("xapi_watermark")
