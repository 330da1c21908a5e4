"""What activities are, put together from the statements that tell it (xAPI Communication 2.5)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.database import EngineSql, insert_or_update, numbers_text, run_sql
from xapi_bridge.statement import Activity, Context, Statement, SubStatement, listed
from xapi_bridge.store.models import ActivityRow, Term, TermKind
from xapi_bridge.store.postings import TermKey
from xapi_bridge.store.terms import in_chunks

_LISTS = ("parent", "grouping", "category", "other")
#: Properties whose texts in several languages are gathered; of all others the last one told counts.
_LANGUAGE_MAPS = ("name", "description")

# One parameter whatever the number of activities, so that the command is read and planned once.
_LAST_TOLD = EngineSql(
    sqlite="SELECT term_id, received_digest FROM xapi_activity "
    "WHERE term_id IN (SELECT value FROM json_each(?))",
    postgresql="SELECT term_id, received_digest FROM xapi_activity WHERE term_id = ANY(%s::bigint[])",
)

#: Number of an activity -> the definitions told of it, in JSON, each once, in their order.
_Told = Mapping[int, Sequence[bytes]]


def keep_definitions(
    session: Session, statements: Sequence[Statement], numbers: Mapping[TermKey, int]
) -> None:
    """Remembers the definitions in a batch; one that came last time as well costs a look and no write.

    Only for the holder of the sequence lock, so that two writers cannot wait for each other.

    Args:
        numbers: the dictionary's numbers of all activities in the statements.
    """
    told: dict[int, dict[bytes, None]] = {}
    for statement in statements:
        for activity in _activities_of(statement):
            if activity.definition is not None:
                number = numbers[TermKey(TermKind.ACTIVITY, activity.id)]
                told.setdefault(number, {})[msgspec.json.encode(activity.definition)] = None
    if told:
        _keep_news(session, {number: list(told[number]) for number in sorted(told)})


def find_definitions(session: Session, activity_ids: Collection[str]) -> dict[str, bytes]:
    """Activity id -> Activity Definition Object in JSON, for those of which one is known."""
    by_digest = {TermKey(TermKind.ACTIVITY, one).digest: one for one in activity_ids}
    found: dict[str, bytes] = {}
    for digests in in_chunks(sorted(by_digest)):
        rows = session.execute(
            select(Term.digest, ActivityRow.definition)
            .join(ActivityRow, ActivityRow.term_id == Term.term_id)
            .where(Term.digest.in_(digests))
        )
        found |= {by_digest[bytes(digest)]: definition for digest, definition in rows}
    return found


def _keep_news(session: Session, told: _Told) -> None:
    last = _find_last_told(session, sorted(told))
    news = [number for number in told if {last.get(number)} != {_digest(one) for one in told[number]}]
    kept = _find_kept(session, news)
    rows = []
    for number in news:
        merged = kept.get(number, {})
        for definition in told[number]:
            merged = _merged(merged, msgspec.json.decode(definition))
        if merged != kept.get(number):
            rows.append(
                {
                    "term_id": number,
                    "received_digest": _digest(told[number][-1]),
                    "definition": msgspec.json.encode(merged),
                }
            )
    insert_or_update(session, ActivityRow.__table__, rows)


def _find_last_told(session: Session, numbers: Sequence[int]) -> dict[int, bytes]:
    asked = numbers_text(numbers)
    if session.get_bind().dialect.name == "sqlite":
        asked = f"[{asked[1:-1]}]"
    return {number: bytes(digest) for number, digest in run_sql(session, _LAST_TOLD, (asked,))}


def _find_kept(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for chunk in in_chunks(numbers):
        rows = session.execute(
            select(ActivityRow.term_id, ActivityRow.definition).where(ActivityRow.term_id.in_(chunk))
        )
        found |= {number: msgspec.json.decode(definition) for number, definition in rows}
    return found


def _merged(kept: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**kept, **told}
    for name in _LANGUAGE_MAPS:
        if name in kept and name in told:
            merged[name] = {**kept[name], **told[name]}
    return merged


def _digest(definition: bytes) -> bytes:
    return blake2b(definition, digest_size=16).digest()


def _activities_of(statement: Statement) -> Iterator[Activity]:
    yield from _activities_around(statement.object, statement.context)
    if isinstance(statement.object, SubStatement):
        yield from _activities_around(statement.object.object, statement.object.context)


def _activities_around(thing: object, context: Context | None) -> Iterator[Activity]:
    if isinstance(thing, Activity):
        yield thing
    if context is not None and context.context_activities is not None:
        for name in _LISTS:
            yield from listed(getattr(context.context_activities, name))
