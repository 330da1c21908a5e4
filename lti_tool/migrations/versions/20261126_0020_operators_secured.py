"""Operators: second factor, recovery codes, locks, single sign-on, two more roles, sessions with a place.

Revision: 20261125_2340
Follows: 20261125_2335
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2340"
down_revision = "20261125_2335"
branch_labels = None
depends_on = None

_ROLES_BEFORE = "role IN ('administrator', 'analyst', 'unit_manager')"
_ROLES = "role IN ('administrator', 'operator', 'content_manager', 'analyst', 'unit_manager')"


def upgrade() -> None:
    # SQLite makes the table anew, and dropping the old one would trip over the sessions that refer to it:
    # whoever is signed in signs in again.
    op.execute("DELETE FROM lti_operator_session")
    with op.batch_alter_table("lti_operator") as batch:
        batch.add_column(
            sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch.add_column(sa.Column("sealed_totp_secret", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("sealed_totp_draft", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("totp_last_step", sa.BigInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("external_name", sa.String(length=255), nullable=True))
        batch.add_column(sa.Column("external_issuer", sa.String(length=255), nullable=True))
        batch.add_column(sa.Column("external_subject", sa.String(length=255), nullable=True))
        batch.add_column(sa.Column("made_by_issuer", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_unique_constraint(
            batch.f("uq_lti_operator_external_issuer_external_subject"),
            ["external_issuer", "external_subject"],
        )
        batch.create_unique_constraint(batch.f("uq_lti_operator_external_name"), ["external_name"])
        batch.drop_constraint(batch.f("ck_lti_operator_known_role"), type_="check")
        batch.create_check_constraint(batch.f("ck_lti_operator_known_role"), _ROLES)
    with op.batch_alter_table("lti_operator_session") as batch:
        batch.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("awaits_code", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("method", sa.String(length=8), server_default="password", nullable=False))
        batch.add_column(sa.Column("address", sa.String(length=45), server_default="", nullable=False))
        batch.add_column(sa.Column("browser", sa.String(length=160), server_default="", nullable=False))
    op.create_table(
        "lti_recovery_code",
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["lti_operator.id"], name=op.f("fk_lti_recovery_code_operator_id_lti_operator")
        ),
        sa.PrimaryKeyConstraint("operator_id", "code_hash", name=op.f("pk_lti_recovery_code")),
    )
    op.create_table(
        "lti_sign_in_lock",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locks", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("username", "address", name=op.f("pk_lti_sign_in_lock")),
    )
    op.create_index(op.f("ix_lti_sign_in_lock_failed_at"), "lti_sign_in_lock", ["failed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_lti_sign_in_lock_failed_at"), table_name="lti_sign_in_lock")
    op.drop_table("lti_sign_in_lock")
    op.drop_table("lti_recovery_code")
    op.execute("DELETE FROM lti_operator_session")
    # The earlier version knows neither role, nor a second factor: who has one of these may not enter it.
    op.execute(
        "UPDATE lti_operator SET disabled_at = CURRENT_TIMESTAMP WHERE disabled_at IS NULL AND "
        "(role IN ('operator', 'content_manager') OR sealed_totp_secret <> '' OR must_change_password)"
    )
    op.execute("UPDATE lti_operator SET role = 'analyst' WHERE role IN ('operator', 'content_manager')")
    with op.batch_alter_table("lti_operator_session") as batch:
        for column in ("browser", "address", "method", "awaits_code", "confirmed_at", "seen_at"):
            batch.drop_column(column)
    with op.batch_alter_table("lti_operator") as batch:
        batch.drop_constraint(batch.f("uq_lti_operator_external_name"), type_="unique")
        batch.drop_constraint(batch.f("uq_lti_operator_external_issuer_external_subject"), type_="unique")
        batch.drop_constraint(batch.f("ck_lti_operator_known_role"), type_="check")
        batch.create_check_constraint(batch.f("ck_lti_operator_known_role"), _ROLES_BEFORE)
        for column in (
            "last_signed_in_at",
            "made_by_issuer",
            "external_subject",
            "external_issuer",
            "external_name",
            "totp_last_step",
            "sealed_totp_draft",
            "sealed_totp_secret",
            "must_change_password",
        ):
            batch.drop_column(column)
