"""The follower `rollups`: a batch of statements becomes facts, state and counts in one transaction.

Only the holder of the follower's bookmark writes here, so batches come one after the other, on however
many machines the workers run.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from sync.followers import Follower, Freshness, find_freshness
from sync.rollups.counts import apply_changes
from sync.rollups.dirty import ROLLUPS, count_dirty_keys, take_dirty_keys
from sync.rollups.facts import RECOUNT, record_facts
from sync.rollups.person_days import keep_person_days, read_required
from sync.rollups.state import refresh_states
from xapi_bridge.store.follow import StoredStatement


def rollups_follower(*, iri_base: str) -> Follower:
    """The follower that counts learning.

    Args:
        iri_base: beginning of our activity identifiers (CCHC_IRI_BASE); other activities are not counted.
    """

    def take_in(session: Session, batch: Sequence[StoredStatement], limit: int, now: datetime) -> int:
        news = record_facts(session, batch, iri_base=iri_base, now=now)
        dirty = take_dirty_keys(session, limit=limit)
        changes = refresh_states(session, news | dict.fromkeys(dirty, RECOUNT))
        apply_changes(session, changes)
        keep_person_days(session, changes, required=read_required(session, iri_base=iri_base))
        return len(dirty)

    return Follower(name=ROLLUPS, take_in=take_in, count_other_work=count_dirty_keys)


def freshness(session: Session) -> Freshness:
    """How current the statistics are: when they were last brought forward, and how much waits."""
    # What waits does not depend on which activities are ours.
    return find_freshness(session, rollups_follower(iri_base=""))
