"""Indexes for the pages of statistics: what one person had done by a day.

Pages ask for each post whether its person had opened or completed something; with these the answer stands in
the index. The first also covers the count of completed modules.

Revision: 20261126_0080
Follows: 20261126_0070
"""

from alembic import op

revision = "20261126_0080"
down_revision = "20261126_0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_sync_person_module_completed",
        "sync_person_module",
        ["person_id", "first_completed_on", "module_iri"],
    )
    op.create_index(
        "ix_sync_person_module_accessed", "sync_person_module", ["person_id", "first_accessed_on"]
    )


def downgrade() -> None:
    op.drop_index("ix_sync_person_module_accessed", table_name="sync_person_module")
    op.drop_index("ix_sync_person_module_completed", table_name="sync_person_module")
