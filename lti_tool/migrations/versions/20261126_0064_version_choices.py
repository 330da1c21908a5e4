"""What learners chose when a newer version was offered.

Revision: 20261126_0064
Follows: 20261126_0062
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0064"
down_revision = "20261126_0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_version_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("moves", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["content_version.digest"],
            name=op.f("fk_content_version_choice_digest_content_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_version_choice")),
        sa.UniqueConstraint(
            "home_page",
            "name",
            "package_id",
            "digest",
            name=op.f("uq_content_version_choice_home_page_name_package_id_digest"),
        ),
    )


def downgrade() -> None:
    op.drop_table("content_version_choice")
