"""Approval, product and trust of registrations; invitations; self-tests; stages of our keys.

Old code still runs while this migration does: what it does not know has a default or may be empty. Every
registration so far was typed by an operator, so it is approved; every key so far signed as soon as it was
made.

Revision: 20261125_2345
Follows: 0010_launch_attempts
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2345"
down_revision = "0010_launch_attempts"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("lti_platform_registration") as table:
        for column in _registration_columns():
            table.add_column(column)
    with op.batch_alter_table("lti_deployment") as table:
        table.add_column(sa.Column("last_launch_at", _INSTANT, nullable=True))
    with op.batch_alter_table("lti_tool_key") as table:
        table.add_column(sa.Column("signing_since", _INSTANT, nullable=True))
        table.add_column(sa.Column("compromised", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE lti_platform_registration SET approved_at = created_at")
    op.execute("UPDATE lti_tool_key SET signing_since = created_at")
    _create_invitations()
    _create_self_tests()


def downgrade() -> None:
    op.drop_table("lti_self_test")
    op.drop_table("lti_registration_invitation")
    # What never signed would sign at once under the old rule.
    op.execute("DELETE FROM lti_tool_key WHERE signing_since IS NULL")
    with op.batch_alter_table("lti_tool_key") as table:
        table.drop_column("compromised")
        table.drop_column("signing_since")
    with op.batch_alter_table("lti_deployment") as table:
        table.drop_column("last_launch_at")
    with op.batch_alter_table("lti_platform_registration") as table:
        for column in reversed(_registration_columns()):
            table.drop_column(column.name)


def _registration_columns() -> list[sa.Column]:
    return [
        sa.Column("approved_at", _INSTANT, nullable=True),
        sa.Column("entered_by", sa.String(length=8), nullable=False, server_default="manual"),
        sa.Column("product_family", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("product_version", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("last_launch_at", _INSTANT, nullable=True),
        sa.Column("granted_scopes", sa.Text(), nullable=False, server_default=""),
        sa.Column("scopes_checked_at", _INSTANT, nullable=True),
        sa.Column("trusted_kid", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("trusted_kid_at", _INSTANT, nullable=True),
    ]


def _create_invitations() -> None:
    op.create_table(
        "lti_registration_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("expected_hosts", sa.Text(), nullable=False),
        sa.Column("unit_variable", sa.String(length=80), nullable=False),
        sa.Column("auto_approve", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.Column("claimed_until", _INSTANT, nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("last_failure", sa.Text(), nullable=False),
        sa.Column("last_failure_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_registration_invitation_registration_id_lti_platform_registration"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_registration_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lti_registration_invitation_token_hash")),
    )
    op.create_index(
        op.f("ix_lti_registration_invitation_registration_id"),
        "lti_registration_invitation",
        ["registration_id"],
    )


def _create_self_tests() -> None:
    op.create_table(
        "lti_self_test",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("began_at", _INSTANT, nullable=True),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_self_test_registration_id_lti_platform_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_lti_self_test")),
    )
