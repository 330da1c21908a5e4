"""Teachers among the readers of the audit log.

On SQLite the readings lie in a file of their own, which the application widens when it opens it; the table
of the same name in the main file is empty.

Revision: 20261127_0400
Follows: 20261127_0200
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0400"
down_revision = "20261127_0200"
branch_labels = None
depends_on = None

_NAME = "ck_xapi_reading_known_reader"
_WIDE = "reader_kind IN ('key', 'token', 'operator', 'teacher', 'command')"
_NARROW = "reader_kind IN ('key', 'token', 'operator', 'command')"


def upgrade() -> None:
    """Widens."""
    _replace(_WIDE, for_old_rows=True)


def downgrade() -> None:
    """Narrows for new rows; what teachers read stays in the log."""
    _replace(_NARROW, for_old_rows=False)


def _replace(condition: str, *, for_old_rows: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(_NAME), "xapi_reading", type_="check")
        checked = "" if for_old_rows else " NOT VALID"
        op.execute(f"ALTER TABLE xapi_reading ADD CONSTRAINT {_NAME} CHECK ({condition}){checked}")
        return
    op.execute("DROP TRIGGER xapi_reading_append_only")
    with op.batch_alter_table("xapi_reading") as batch:
        batch.drop_constraint(batch.f(_NAME), type_="check")
        batch.create_check_constraint(batch.f(_NAME), sa.text(condition))
    op.execute(
        "CREATE TRIGGER xapi_reading_append_only BEFORE UPDATE ON xapi_reading "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    )
