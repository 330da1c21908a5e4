"""Ids for statements that come without one, so that sending them again stores nothing twice.

Moodle's xAPI plugin sends no ids: when a time-out leaves it in doubt, it sends the batch again, and a store
that chose random ids would keep everything twice. The id follows from the source and from everything that the
statement says, its time included.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from xapi_bridge.statement import Statement, canonical_form

_NAMESPACE = UUID("7e0f6a3a-4c1d-5b0e-9f57-0c9c9d0f5b11")


def id_of_unnamed(statement: Statement, *, source_name: str, occurrence: int = 0) -> UUID:
    """The id that a statement without one gets from its source.

    Args:
        occurrence: how often the same words came before it in one batch.
    """
    words = canonical_form(statement.raw).decode()
    return uuid5(_NAMESPACE, f"{source_name}\n{occurrence}\n{words}")


def name_unnamed(statements: Sequence[Statement], *, source_name: str) -> list[Statement]:
    """The statements of one request; those without an id get one from their source.

    A statement without a time as well is left to the store: twice the same words may then be two events. Of
    equal statements with a time, each keeps its place in the batch, so that none is lost and the same batch
    gives the same ids.
    """
    occurrences: Counter[UUID] = Counter()
    named = []
    for statement in statements:
        if statement.id is not None or statement.timestamp is None:
            named.append(statement)
            continue
        first = id_of_unnamed(statement, source_name=source_name)
        occurrence = occurrences[first]
        occurrences[first] += 1
        chosen = id_of_unnamed(statement, source_name=source_name, occurrence=occurrence)
        named.append(replace(statement, id=chosen))
    return named
