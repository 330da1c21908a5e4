"""Who changed which word of the knowledge base's vocabulary; documents that are replaced in part.

Revision: 20261126_0062
Follows: 20261126_0060
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0062"
down_revision = "20261126_0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_knowledge_word_change",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("phrase", sa.String(length=120), nullable=False),
        sa.Column("meanings", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_content_knowledge_word_change")),
    )
    op.create_index(
        op.f("ix_content_knowledge_word_change_phrase"), "content_knowledge_word_change", ["phrase"]
    )
    op.add_column(
        "content_knowledge_edge",
        sa.Column("scope", sa.String(length=200), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM content_knowledge_edge WHERE relation = 'in_part'"))
    with op.batch_alter_table("content_knowledge_edge") as table:
        table.drop_column("scope")
    op.drop_index(op.f("ix_content_knowledge_word_change_phrase"), table_name="content_knowledge_word_change")
    op.drop_table("content_knowledge_word_change")
