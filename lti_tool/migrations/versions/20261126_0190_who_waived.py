"""Who waived a unit of an imported course.

Revision: 20261126_0190
Follows: 20261126_0180
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0190"
down_revision = "20261126_0180"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("content_active_unit", sa.Column("waived_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("content_active_unit") as table:
        table.drop_column("waived_by")
