"""Imported courses that run scripts, their registrations and sessions; dispatch packages.

Revision: 20261126_0070
Follows: 20261126_0064
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0070"
down_revision = "20261126_0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_active_package",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("structure", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_active_package")),
    )
    op.create_index(op.f("ix_content_active_package_name_state"), "content_active_package", ["name", "state"])
    op.create_index(op.f("ix_content_active_package_received_at"), "content_active_package", ["received_at"])
    op.create_index(
        "uq_content_active_package_published",
        "content_active_package",
        ["name"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "content_active_file",
        sa.Column("package_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("as_download", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["content_active_package.id"],
            name=op.f("fk_content_active_file_package_id_content_active_package"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("package_id", "path", name=op.f("pk_content_active_file")),
    )
    op.create_index(op.f("ix_content_active_file_sha256"), "content_active_file", ["sha256"])
    op.create_table(
        "content_active_registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.String(length=32), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("enrolment", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("satisfied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["content_active_package.id"],
            name=op.f("fk_content_active_registration_package_id_content_active_package"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_active_registration")),
        sa.UniqueConstraint(
            "enrolment", "package_id", name=op.f("uq_content_active_registration_enrolment_package_id")
        ),
    )
    op.create_index(op.f("ix_content_active_registration_name"), "content_active_registration", ["name"])
    op.create_index(
        op.f("ix_content_active_registration_package_id"), "content_active_registration", ["package_id"]
    )
    op.create_table(
        "content_active_unit",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["content_active_registration.id"],
            name=op.f("fk_content_active_unit_registration_id_content_active_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "place", name=op.f("pk_content_active_unit")),
    )
    op.create_table(
        "content_active_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("launch_mode", sa.String(length=8), nullable=False),
        sa.Column("mastery", sa.Double(), nullable=True),
        sa.Column("capability_digest", sa.String(length=64), nullable=False),
        sa.Column("frame_origin", sa.Text(), nullable=False),
        sa.Column("fetch_digest", sa.String(length=64), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("preferences_read", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["content_active_registration.id"],
            name=op.f("fk_content_active_session_registration_id_content_active_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_active_session")),
        sa.UniqueConstraint("capability_digest", name=op.f("uq_content_active_session_capability_digest")),
        sa.UniqueConstraint("fetch_digest", name=op.f("uq_content_active_session_fetch_digest")),
    )
    op.create_index(
        op.f("ix_content_active_session_registration_id"), "content_active_session", ["registration_id"]
    )
    op.create_table(
        "content_scorm_record",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("commit_number", sa.Integer(), nullable=False),
        sa.Column("total_seconds", sa.Double(), nullable=False),
        sa.Column("session_seconds", sa.Double(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["content_active_registration.id"],
            name=op.f("fk_content_scorm_record_registration_id_content_active_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "place", name=op.f("pk_content_scorm_record")),
    )
    op.create_table(
        "content_dispatch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_dispatch")),
    )


def downgrade() -> None:
    op.drop_table("content_dispatch")
    op.drop_table("content_scorm_record")
    op.drop_index(op.f("ix_content_active_session_registration_id"), table_name="content_active_session")
    op.drop_table("content_active_session")
    op.drop_table("content_active_unit")
    op.drop_index(op.f("ix_content_active_registration_name"), table_name="content_active_registration")
    op.drop_index(op.f("ix_content_active_registration_package_id"), table_name="content_active_registration")
    op.drop_table("content_active_registration")
    op.drop_index(op.f("ix_content_active_file_sha256"), table_name="content_active_file")
    op.drop_table("content_active_file")
    op.drop_index(op.f("ix_content_active_package_name_state"), table_name="content_active_package")
    op.drop_index(op.f("ix_content_active_package_received_at"), table_name="content_active_package")
    op.drop_index(op.f("uq_content_active_package_published"), table_name="content_active_package")
    op.drop_table("content_active_package")
