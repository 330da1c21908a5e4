"""The knowledge base: documents with validity, what they do to each other, entries, index.

Revision: 20261126_0050
Follows: 20261126_0043
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0050"
down_revision = "20261126_0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_knowledge_document",
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("signed", sa.Date(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("superseded_known", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_content_knowledge_document")),
    )
    op.create_table(
        "content_knowledge_edge",
        sa.Column("newer_ref", sa.String(length=80), nullable=False),
        sa.Column("older_ref", sa.String(length=80), nullable=False),
        sa.Column("relation", sa.String(length=10), nullable=False),
        sa.Column("told_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint(
            "newer_ref", "older_ref", "relation", "told_by", name=op.f("pk_content_knowledge_edge")
        ),
    )
    op.create_index(op.f("ix_content_knowledge_edge_older_ref"), "content_knowledge_edge", ["older_ref"])
    op.create_index(op.f("ix_content_knowledge_edge_told_by"), "content_knowledge_edge", ["told_by"])
    op.create_table(
        "content_knowledge_entry",
        sa.Column("entry_id", sa.String(length=96), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_content_knowledge_entry")),
    )
    op.create_table(
        "content_knowledge_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_knowledge_index")),
    )
    op.create_table(
        "content_knowledge_passage",
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=160), nullable=False),
        sa.Column("shelf", sa.SmallInteger(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_content_knowledge_passage")),
        sa.UniqueConstraint("key", name=op.f("uq_content_knowledge_passage_key")),
    )
    op.create_index(op.f("ix_content_knowledge_passage_owner"), "content_knowledge_passage", ["owner"])
    op.create_index("ix_content_knowledge_passage_stamp", "content_knowledge_passage", ["stamp"])
    op.create_table(
        "content_knowledge_word",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("phrase", sa.String(length=120), nullable=False),
        sa.Column("meanings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "phrase", name=op.f("pk_content_knowledge_word")),
    )
    op.create_table(
        "content_knowledge_edition",
        sa.Column("entry_id", sa.String(length=96), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["content_knowledge_entry.entry_id"],
            name=op.f("fk_content_knowledge_edition_entry_id_content_knowledge_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "version", name=op.f("pk_content_knowledge_edition")),
    )


def downgrade() -> None:
    op.drop_table("content_knowledge_edition")
    op.drop_table("content_knowledge_word")
    op.drop_index("ix_content_knowledge_passage_stamp", table_name="content_knowledge_passage")
    op.drop_index(op.f("ix_content_knowledge_passage_owner"), table_name="content_knowledge_passage")
    op.drop_table("content_knowledge_passage")
    op.drop_table("content_knowledge_index")
    op.drop_table("content_knowledge_entry")
    op.drop_index(op.f("ix_content_knowledge_edge_told_by"), table_name="content_knowledge_edge")
    op.drop_index(op.f("ix_content_knowledge_edge_older_ref"), table_name="content_knowledge_edge")
    op.drop_table("content_knowledge_edge")
    op.drop_table("content_knowledge_document")
