"""What recording must know of the store before it writes, asked in one round to the server.

An ordinary batch is new in every respect: no id was used, nobody waits for one of its statements, nobody was
erased. Only where the answer is otherwise is the thing itself looked up.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from xapi_bridge.database import EngineSql, run_sql, uuids_text
from xapi_bridge.store.sequence import last_sequence

# The ids are one parameter whatever their number, so that the command is read and planned once.
_LOOK = EngineSql(
    sqlite="SELECT (SELECT through FROM xapi_watermark WHERE watermark_id = 1), "
    "EXISTS (SELECT 1 FROM xapi_erased_agent), "
    "EXISTS (SELECT 1 FROM xapi_statement_key WHERE statement_id IN (SELECT value FROM json_each(?1))), "
    "EXISTS (SELECT 1 FROM xapi_statement_reference WHERE target_id IN (SELECT value FROM json_each(?1)))",
    postgresql="SELECT (SELECT through FROM xapi_watermark WHERE watermark_id = 1), "
    "EXISTS (SELECT 1 FROM xapi_erased_agent), "
    "EXISTS (SELECT 1 FROM xapi_statement_key WHERE statement_id = ANY(given.ids)), "
    "EXISTS (SELECT 1 FROM xapi_statement_reference WHERE target_id = ANY(given.ids)) "
    "FROM (SELECT %s::uuid[] AS ids) AS given",
)


class FirstLook(NamedTuple):
    """The state of the store before a batch.

    Attributes:
        through: the number up to which the store is complete for ever (`sequence.certain_through`).
        is_anyone_erased: whether anyone ever was.
        is_any_id_known: whether one of the ids was ever used.
        is_any_awaited: whether a statement refers to one of the ids.
    """

    through: int
    is_anyone_erased: bool
    is_any_id_known: bool
    is_any_awaited: bool


def look_first(session: Session, ids: Sequence[UUID]) -> FirstLook:
    """The state of the store before a batch with these ids. Only for the holder of the sequence lock."""
    ((through, is_anyone_erased, is_known, is_awaited),) = run_sql(
        session, _LOOK, (uuids_text(session, ids),)
    )
    return FirstLook(
        last_sequence(session) if through is None else int(through),
        bool(is_anyone_erased),
        bool(is_known),
        bool(is_awaited),
    )
