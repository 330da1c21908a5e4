"""Rungs of the cookie ladder at a login, and the record of attempts to log in and to launch.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: 0010_launch_attempts
Follows: 20261125_2350
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_launch_attempts"
down_revision = "20261125_2350"
branch_labels = None
depends_on = None

_TABLE = "lti_launch_attempt"


def upgrade() -> None:
    """Adds what a login on the ladder needs, and the table of attempts."""
    with op.batch_alter_table("lti_login_state") as table:
        table.add_column(sa.Column("asked_rung", sa.String(length=16), nullable=False, server_default=""))
        table.add_column(
            sa.Column("storage_target", sa.String(length=100), nullable=False, server_default="")
        )
        table.add_column(sa.Column("sealed_login", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("error_code", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("login_digest", sa.String(length=12), nullable=False),
        sa.Column("product_family", sa.String(length=32), nullable=False),
        sa.Column("message_type", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("browser", sa.String(length=24), nullable=False),
        sa.Column("placed", sa.String(length=8), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_launch_attempt")),
    )
    op.create_index(op.f("ix_lti_launch_attempt_code"), _TABLE, ["code"], unique=False)
    op.create_index(op.f("ix_lti_launch_attempt_started_at"), _TABLE, ["started_at"], unique=False)
    op.create_index("ix_lti_launch_attempt_registration", _TABLE, ["registration_id", "started_at"])
    op.create_index("ix_lti_launch_attempt_login", _TABLE, ["login_digest"])


def downgrade() -> None:
    """Removes them; logins that wait on the ladder begin again."""
    op.drop_index("ix_lti_launch_attempt_login", table_name=_TABLE)
    op.drop_index("ix_lti_launch_attempt_registration", table_name=_TABLE)
    op.drop_index(op.f("ix_lti_launch_attempt_started_at"), table_name=_TABLE)
    op.drop_index(op.f("ix_lti_launch_attempt_code"), table_name=_TABLE)
    op.drop_table(_TABLE)
    with op.batch_alter_table("lti_login_state") as table:
        table.drop_column("sealed_login")
        table.drop_column("storage_target")
        table.drop_column("asked_rung")
