"""Who published a version with which warnings, and which version was current since when.

Revision: 20261126_0026
Follows: 20261125_2341
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0026"
down_revision = "20261125_2341"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "content_version",
        sa.Column("published_by", sa.String(length=64), server_default="", nullable=False),
    )
    op.add_column("content_version", sa.Column("findings", sa.Text(), server_default="[]", nullable=False))
    op.create_table(
        "content_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["content_version.digest"],
            name=op.f("fk_content_release_digest_content_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_release")),
    )
    op.create_index(op.f("ix_content_release_digest"), "content_release", ["digest"])
    op.create_index(op.f("ix_content_release_package_id"), "content_release", ["package_id"])
    # What is current today became so by publishing; who did it was not kept.
    op.execute(
        "INSERT INTO content_release (package_id, digest, kind, released_at, released_by, reason) "
        "SELECT package_id, digest, 'publish', changed_at, '', '' FROM content_channel"
    )


def downgrade() -> None:
    op.drop_table("content_release")
    with op.batch_alter_table("content_version") as batch:
        batch.drop_column("findings")
        batch.drop_column("published_by")
