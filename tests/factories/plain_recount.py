"""Counts from raw statements by a reader who knows the rules and none of our code for them.

A statement counts once, unless it was taken back: plain loops over JSON, no SQL beyond reading tables,
nothing of `sync.rollups`.
"""

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_ADL = "http://adlnet.gov/expapi/verbs/"
States = dict[tuple[int, str], tuple[Any, ...]]
Cells = dict[tuple[int, str, str, str], tuple[int, int]]


def recount_plainly(session: Session) -> tuple[States, Cells]:
    """States by person and module, cells by unit, module, calendar and first day."""
    statements = [json.loads(row[0]) for row in session.execute(text("SELECT payload FROM xapi_statement"))]
    voided = {
        one["object"]["id"].replace("-", "") for one in statements if one["verb"]["id"] == _ADL + "voided"
    }
    person_of = {
        (row[0], row[1]): row[2]
        for row in session.execute(text("SELECT home_page, account_name, person_id FROM sync_actor_identity"))
    }
    told: defaultdict[tuple[int, str], list[tuple[date, bool, float | None]]] = defaultdict(list)
    for one in statements:
        fact = _fact(one)
        if fact is None or one["id"].replace("-", "") in voided:
            continue
        account = one["actor"]["account"]
        person_id = person_of.get((account["homePage"], account["name"]))
        if person_id is not None:
            module, *rest = fact
            told[person_id, module].append(tuple(rest))
    posts = _posts(session)
    states = {key: _state(facts, posts[key[0]]) for key, facts in told.items()}
    return states, _cells(states, _parents(session))


def kept_rows(session: Session) -> tuple[States, Cells]:
    """The same as the tables hold it."""
    states = {
        (row[0], row[1]): (str(row[2]), _text(row[3]), _text(row[4]), row[5], row[6], row[7], row[8])
        for row in session.execute(
            text(
                "SELECT person_id, module_iri, first_accessed_on, first_completed_on, last_completed_on, "
                "completions, best_scaled, access_unit_id, leaf_unit_id FROM sync_person_module"
            )
        )
    }
    cells = {
        (row[0], row[1], row[2], str(row[3])): (row[4], row[5])
        for row in session.execute(
            text(
                "SELECT unit_id, module_iri, calendar, period_start, people_accessed, people_completed "
                "FROM sync_unit_count"
            )
        )
    }
    return states, cells


def _fact(one: dict[str, Any]) -> tuple[str, date, bool, float | None] | None:
    """Module, day in Viet Nam, whether it is a completion, result."""
    verb = one["verb"]["id"].removeprefix(_ADL)
    if verb not in {"initialized", "completed", "passed", "failed"}:
        return None
    named = [one["object"]["id"]] + [
        parent["id"] for parent in one.get("context", {}).get("contextActivities", {}).get("parent", [])
    ]
    module = next(iri for iri in named if "/m/" in iri)
    instant = datetime.fromisoformat(one["timestamp"].replace("Z", "+00:00")).astimezone(UTC)
    day = (instant + timedelta(hours=7)).date()
    return module, day, verb == "completed", one.get("result", {}).get("score", {}).get("scaled")


def _state(
    facts: list[tuple[date, bool, float | None]], posts: list[tuple[int, str, str]]
) -> tuple[Any, ...]:
    def unit_on(day: str | None) -> int | None:
        return next((unit for unit, start, end in posts if day and start <= day < end), None)

    accessed = min(day for day, _, _ in facts).isoformat()
    completed = sorted(day.isoformat() for day, is_completion, _ in facts if is_completion)
    scores = [scaled for _, _, scaled in facts if scaled is not None]
    first = completed[0] if completed else None
    last = completed[-1] if completed else None
    best = max(scores, default=None)
    return accessed, first, last, len(completed), best, unit_on(accessed), unit_on(first)


def _cells(states: States, parents: dict[int, int | None]) -> Cells:
    accessed: Counter[tuple[int, str, str, str]] = Counter()
    completed: Counter[tuple[int, str, str, str]] = Counter()
    for (_, module), (opened, first, _, _, _, access_unit, completion_unit) in states.items():
        for tally, day, unit in ((accessed, opened, access_unit), (completed, first, completion_unit)):
            while unit is not None:
                tally[unit, module, "calendar", day[:8] + "01"] += 1
                tally[unit, module, "official", _official_month(date.fromisoformat(day))] += 1
                unit = parents[unit]
    return {cell: (accessed[cell], completed[cell]) for cell in accessed | completed}


def _official_month(day: date) -> str:
    """The 15th on or before the day."""
    first = day.replace(day=15) if day.day >= 15 else (day.replace(day=1) - timedelta(days=1)).replace(day=15)
    return first.isoformat()


def _posts(session: Session) -> defaultdict[int, list[tuple[int, str, str]]]:
    posts: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
    rows = session.execute(
        text("SELECT person_id, unit_id, valid_from, valid_to FROM sync_appointment WHERE is_primary")
    )
    for person_id, unit_id, start, end in rows:
        posts[person_id].append((unit_id, str(start), str(end)))
    return posts


def _parents(session: Session) -> dict[int, int | None]:
    return dict(session.execute(text("SELECT unit_id, parent_id FROM sync_unit")).all())


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
