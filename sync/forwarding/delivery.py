"""Empties the outboxes: claim, send outside the transaction, record. Several workers may do so at once."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sync.forwarding.outbox import LEASE, ClaimedBatch, claim_batch, list_deliverable, record_sent
from sync.forwarding.sending import Fate, FindBodies, no_bodies, send_batch
from sync.ports import RemoteLrs
from sync.settings import ForwardingSettings

#: Batches per target and round, so that one run does not keep a worker from its other jobs.
MOST_BATCHES = 40

OpenSession = Callable[[], AbstractContextManager[Session]]

_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True)
class ForwardingRound:
    """What became of the statements of one round.

    Attributes:
        delivered: their targets hold them now.
        postponed: they will be tried again.
        given_up: they are dead letters now.
    """

    delivered: int = 0
    postponed: int = 0
    given_up: int = 0

    @property
    def tried(self) -> int:
        """How many were sent at least once."""
        return self.delivered + self.postponed + self.given_up

    def __add__(self, other: "ForwardingRound") -> "ForwardingRound":
        return ForwardingRound(
            self.delivered + other.delivered,
            self.postponed + other.postponed,
            self.given_up + other.given_up,
        )


def deliver_statements(
    open_transaction: OpenSession,
    remote: RemoteLrs,
    *,
    settings: ForwardingSettings,
    clock: Callable[[], datetime],
    most_batches: int = MOST_BATCHES,
    longest: timedelta = timedelta(seconds=20),
    draw: Callable[[], float] = _RANDOM.random,
    find_bodies: FindBodies = no_bodies,
) -> ForwardingRound:
    """Sends what is due, a batch for each target in turn, until nothing is due or the round is long enough.

    Args:
        open_transaction: opens a session that commits at the end of its block. Sending happens outside.
        clock: the application's; a lease is measured by it.
        find_bodies: the bytes of attachments without a fileUrl; called outside any transaction.
        longest: no new batch is begun after this time.
    """
    total, end = ForwardingRound(), clock() + longest
    for _ in range(most_batches):
        if clock() >= end:
            break
        with open_transaction() as session:
            target_ids = list_deliverable(session, now=clock())
        tried = ForwardingRound()
        for target_id in target_ids:
            tried += _deliver_one_batch(
                open_transaction,
                remote,
                target_id,
                settings=settings,
                clock=clock,
                draw=draw,
                find_bodies=find_bodies,
            )
        total += tried
        if not tried.tried:
            break
    return total


def _deliver_one_batch(
    open_transaction: OpenSession,
    remote: RemoteLrs,
    target_id: int,
    *,
    settings: ForwardingSettings,
    clock: Callable[[], datetime],
    draw: Callable[[], float],
    find_bodies: FindBodies,
) -> ForwardingRound:
    with open_transaction() as session:
        batch = claim_batch(session, target_id, settings=settings, now=clock())
    if batch is None or not batch.statements:
        return ForwardingRound()
    return _send_claimed(
        open_transaction, remote, batch, settings=settings, clock=clock, draw=draw, find_bodies=find_bodies
    )


def _send_claimed(
    open_transaction: OpenSession,
    remote: RemoteLrs,
    batch: ClaimedBatch,
    *,
    settings: ForwardingSettings,
    clock: Callable[[], datetime],
    draw: Callable[[], float],
    find_bodies: FindBodies,
) -> ForwardingRound:
    # The greater part of the lease is left for the last request and for recording.
    stop_at = clock() + LEASE / 3
    sent = send_batch(
        remote, batch.account, batch.statements, find_bodies=find_bodies, must_stop=lambda: clock() >= stop_at
    )
    with open_transaction() as session:
        record_sent(session, batch, sent, settings=settings, now=clock(), draw=draw)
    return ForwardingRound(sent.count(Fate.DELIVERED), sent.count(Fate.LATER), sent.count(Fate.DEAD))
