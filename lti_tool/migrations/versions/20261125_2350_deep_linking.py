"""Deep linking: choices that a teacher is making, and the links that came of them.

Revision: 20261125_2350
Follows: erasure_retention
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2350"
down_revision = "erasure_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lti_content_choice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column("account_home_page", sa.String(length=400), nullable=False),
        sa.Column("account_name", sa.String(length=255), nullable=False),
        sa.Column("course_id", sa.String(length=255), nullable=False),
        sa.Column("course_title", sa.String(length=400), nullable=False),
        sa.Column("return_url", sa.String(length=2000), nullable=False),
        sa.Column("accepts", sa.Text(), nullable=False),
        sa.Column("echoed_data", sa.Text(), nullable=True),
        sa.Column("frame_origin", sa.Text(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("basket", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_content_choice_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_content_choice")),
    )
    op.create_index(op.f("ix_lti_content_choice_expires_at"), "lti_content_choice", ["expires_at"])
    op.create_table(
        "lti_deep_link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column("course_id", sa.String(length=255), nullable=False),
        sa.Column("content", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("graded", sa.Boolean(), nullable=False),
        sa.Column("score_maximum", sa.Double(), nullable=False),
        sa.Column("available_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("available_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint("score_maximum > 0", name=op.f("ck_lti_deep_link_maximum_above_zero")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_deep_link_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("id", "course_id", name=op.f("pk_lti_deep_link")),
    )
    op.create_index(op.f("ix_lti_deep_link_registration_id"), "lti_deep_link", ["registration_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_lti_deep_link_registration_id"), table_name="lti_deep_link")
    op.drop_table("lti_deep_link")
    op.drop_index(op.f("ix_lti_content_choice_expires_at"), table_name="lti_content_choice")
    op.drop_table("lti_content_choice")
