"""The background jobs of grades and rosters: at any time, twice at once, or killed half-way."""

from datetime import timedelta

import structlog

from sync.line_items import find_wanted_columns, is_column_wanted
from sync.ports import Gradebook, Roster
from sync.roster import is_roster_due, read_due_rosters
from sync.score_checks import (
    compare_due_columns,
    is_column_unplanned,
    is_comparison_due,
    is_read_back_due,
    plan_comparisons,
    read_back_scores,
)
from sync.score_delivery import deliver_due_scores, is_score_due
from sync.settings import GradesSettings
from xapi_bridge.running_app import borrow, now, reading, section, transaction

#: Scores that one claim takes: few, so that a killed worker's come back soon.
_DELIVERY_BATCH = 5
#: Claims per run.
_DELIVERY_BATCHES = 40

log = structlog.get_logger(__name__)


def deliver_scores() -> int:
    """Posts the scores that are due; returns how many were tried."""
    rules, total = section(GradesSettings), 0
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    gradebook = borrow(Gradebook)  # type: ignore[type-abstract]
    for _ in range(_DELIVERY_BATCHES):
        with reading() as session:
            if not is_score_due(session, now=now()):
                break
        outcome = deliver_due_scores(
            transaction,
            gradebook,
            now=now(),
            limit=_DELIVERY_BATCH,
            settings=rules,
            lease=score_lease(rules),
        )
        total += outcome.claimed
        log.info(
            "scores_sent",
            delivered=outcome.delivered,
            postponed=outcome.postponed,
            given_up=outcome.given_up,
            untried=outcome.untried,
        )
        if outcome.delivered + outcome.given_up == 0:
            break
    return total


def score_lease(rules: GradesSettings) -> timedelta:
    """How long a batch of scores belongs to its worker: until a killed worker's scores go out again.

    A score takes four requests at most (token, post, result, post again), each of them up to three time
    limits (connection, silence, whole answer).
    """
    return timedelta(seconds=_DELIVERY_BATCH * 4 * 3 * rules.request_seconds)


def find_columns() -> int:
    """Finds or makes the gradebook columns that launches did not name; returns how many were tried."""
    with reading() as session:
        if not is_column_wanted(session, now=now()):
            return 0
    gradebook = borrow(Gradebook)  # type: ignore[type-abstract]
    return find_wanted_columns(transaction, gradebook, now=now())


def read_back() -> int:
    """Asks LMSs whether they hold what was delivered; returns for how many scores."""
    gradebook, total = borrow(Gradebook), 0  # type: ignore[type-abstract]
    for _ in range(_DELIVERY_BATCHES):
        with reading() as session:
            if not is_read_back_due(session, now=now()):
                break
        asked = read_back_scores(transaction, gradebook, now=now())
        total += asked
        if asked == 0:
            break
    return total


def compare_gradebooks() -> int:
    """Every night: compares each column with what was delivered there; returns how many were read."""
    hour = section(GradesSettings).comparison_hour
    with reading() as session:
        is_new = is_column_unplanned(session)
    if is_new:
        with transaction() as session:
            plan_comparisons(session, now=now(), hour=hour)
    with reading() as session:
        if not is_comparison_due(session, now=now()):
            return 0
    gradebook = borrow(Gradebook)  # type: ignore[type-abstract]
    return compare_due_columns(transaction, gradebook, now=now(), hour=hour)


def read_rosters() -> int:
    """Reads the lists of members that are due; returns how many."""
    with reading() as session:
        if not is_roster_due(session, now=now()):
            return 0
    roster = borrow(Roster)  # type: ignore[type-abstract]
    again_after = timedelta(hours=section(GradesSettings).roster_hours)
    return read_due_rosters(transaction, roster, clock=now, again_after=again_after)
