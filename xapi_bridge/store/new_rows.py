"""The rows of statements that are new to the store, in as few rounds to the server as they allow."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from xapi_bridge.database import insert_command, insert_many, numbers_text, tell_driver
from xapi_bridge.store.models import Posting, StatementKey, StatementRow
from xapi_bridge.store.sequence import note_sequence

_Row = tuple[Any, ...]

# The statement of a lone POST: four commands that need nothing of each other become one. Postings are
# columns, not rows, so that the text stays the same and the server plans it once.
_ONE_STATEMENT = (
    f"WITH named AS ({insert_command(StatementKey.__table__, '%s', 1)}), "  # noqa: S608 - names of our own tables
    f"kept AS ({insert_command(StatementRow.__table__, '%s', 1)}), "
    "found AS (INSERT INTO xapi_posting (term_id, seq, mask) "
    "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[])) "
    "INSERT INTO xapi_watermark (watermark_id, through) VALUES (1, %s) ON CONFLICT (watermark_id) "
    "DO UPDATE SET through = greatest(xapi_watermark.through, excluded.through)"
)


class NewRows(NamedTuple):
    """Rows for `insert_many`.

    Attributes:
        keys: of `xapi_statement_key`.
        statements: of `xapi_statement`.
        postings: of `xapi_posting`, in the order of its primary key.
    """

    keys: Sequence[_Row]
    statements: Sequence[_Row]
    postings: Sequence[_Row]


def insert_new_rows(session: Session, rows: NewRows, *, through: int) -> None:
    """Inserts them and notes the number of the newest statement. Only for the holder of the sequence lock."""
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(rows.statements) == 1:
        columns = tuple(map(numbers_text, zip(*rows.postings, strict=True)))
        values = (*rows.keys[0], *rows.statements[0], *columns, through)
        tell_driver(connection, _ONE_STATEMENT, values)
        return
    insert_many(session, StatementKey.__table__, rows.keys)
    insert_many(session, StatementRow.__table__, rows.statements)
    insert_many(session, Posting.__table__, rows.postings)
    note_sequence(session, through)
