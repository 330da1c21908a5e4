"""One claimed batch to one target: send, split where the target refuses, say what became of each statement.

A batch is stored there as a whole or not at all. So a refusal (400), a conflict (409) or "too large" (413) is
answered by halving until the statement that causes it stands alone; the others arrive. Everything else (no
answer, no time, no access) ends the round: nothing that comes later may overtake.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import structlog

from sync.forwarding.disclosure import without_identifiers
from sync.ports import RemoteLrs
from xapi_bridge.lrs_account import AttachmentBody, LrsAccount
from xapi_bridge.remote_errors import (
    RemoteBatchTooLarge,
    RemoteConflict,
    RemoteLrsRefused,
    RemoteStatementsRefused,
    RemoteUnavailable,
)
from xapi_bridge.statement import equivalent, parse_statement
from xapi_bridge.statement.errors import StatementRefused

#: Reasons of dead letters that are not codes of a refusal of `xapi_bridge.errors`.
CONFLICT_UNREADABLE = "conflict_unreadable"
HORIZON_OVER = "horizon_over"
STATEMENT_GONE = "statement_gone"
#: Most bytes of a target's answer kept with a statement.
_ANSWER_KEPT = 500

#: What splitting may cure.
_DIVISIBLE = (RemoteConflict, RemoteStatementsRefused, RemoteBatchTooLarge)

log = structlog.get_logger(__name__)


#: The bytes that travel with statements, each once: for attachments that have no fileUrl.
FindBodies = Callable[[Sequence[UUID]], Sequence[AttachmentBody]]


def no_bodies(_statement_ids: Sequence[UUID]) -> Sequence[AttachmentBody]:
    """For a store whose attachments all have a fileUrl."""
    return ()


@dataclass(frozen=True)
class Outgoing:
    """One statement on its way.

    Attributes:
        seq: its place in our store.
        raw: the JSON that the target gets.
    """

    seq: int
    statement_id: UUID
    raw: bytes = field(repr=False)


class Fate(StrEnum):
    """What became of a statement."""

    DELIVERED = "delivered"
    #: The target will never take it.
    DEAD = "dead"
    #: It was tried, and will be again.
    LATER = "later"
    #: It was not tried.
    UNTRIED = "untried"


@dataclass(frozen=True)
class Outcome:
    """What became of one statement, and why.

    Attributes:
        reason: code of the refusal; empty when delivered or not tried.
        status: HTTP status of the target's answer, if there was one.
        answer: its beginning, without what it quotes of persons.
        alone: it was the only one in its request.
    """

    fate: Fate
    reason: str = ""
    status: int | None = None
    answer: str = ""
    alone: bool = False


@dataclass
class SentBatch:
    """What became of a batch.

    Attributes:
        outcomes: by `Outgoing.seq`; every statement of the batch has one.
        trouble: what ended the round early, if anything did.
        requests: how many POSTs it took.
    """

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    trouble: RemoteLrsRefused | None = None
    requests: int = 0

    def count(self, fate: Fate) -> int:
        """How many statements met a fate."""
        return sum(outcome.fate is fate for outcome in self.outcomes.values())


def send_batch(
    remote: RemoteLrs,
    account: LrsAccount,
    statements: Sequence[Outgoing],
    *,
    find_bodies: FindBodies = no_bodies,
    must_stop: Callable[[], bool] = lambda: False,
) -> SentBatch:
    """Sends statements in their order.

    Args:
        find_bodies: asked for each request, so that no more bytes are in memory than one request carries.
        must_stop: asked before each request; what is left then stays untried.
    """
    sent = SentBatch()
    pieces = [list(statements)] if statements else []
    while pieces and sent.trouble is None and not must_stop():
        piece = pieces.pop(0)
        refused = _post(remote, account, piece, sent, find_bodies)
        if refused is None:
            sent.outcomes |= {one.seq: Outcome(Fate.DELIVERED) for one in piece}
        elif not isinstance(refused, _DIVISIBLE):
            sent.trouble = refused
            sent.outcomes |= {one.seq: _tried(one, refused, alone=len(piece) == 1) for one in piece}
        elif len(piece) > 1:
            middle = len(piece) // 2
            pieces[:0] = [piece[:middle], piece[middle:]]
        else:
            _judge(remote, account, piece[0], refused, sent)
    _doubt_a_total_refusal(remote, account, sent)
    for one in statements:
        sent.outcomes.setdefault(one.seq, Outcome(Fate.UNTRIED))
    return sent


def _post(
    remote: RemoteLrs,
    account: LrsAccount,
    piece: Sequence[Outgoing],
    sent: SentBatch,
    find_bodies: FindBodies,
) -> RemoteLrsRefused | None:
    sent.requests += 1
    try:
        bodies = find_bodies([one.statement_id for one in piece])
        remote.post_statements(account, [one.raw for one in piece], bodies=bodies)
    except RemoteLrsRefused as refused:
        return refused
    except Exception as broken:
        # One target that trips the client must not hold up the others.
        log.exception("forwarding_broke", endpoint=account.endpoint)
        return RemoteUnavailable(f"The client broke: {type(broken).__name__}.")
    return None


def _judge(
    remote: RemoteLrs, account: LrsAccount, one: Outgoing, refused: RemoteLrsRefused, sent: SentBatch
) -> None:
    """A single statement that the target refuses: dead, unless the target holds the same already."""
    outcome = _outcome(Fate.DEAD, one, refused, alone=True)
    if isinstance(refused, RemoteConflict):
        try:
            held = remote.find_statement(account, one.statement_id)
        except RemoteUnavailable as later:
            sent.trouble, outcome = later, _tried(one, later, alone=True)
        except RemoteLrsRefused as unreadable:
            outcome = _outcome(Fate.DEAD, one, unreadable, alone=True, reason=CONFLICT_UNREADABLE)
        else:
            if held is None:
                # It contradicts itself; a statement is not to die of that.
                sent.trouble = RemoteUnavailable(
                    f"{refused} It shows no such statement.", status=refused.status
                )
                outcome = _tried(one, refused, alone=True)
            elif _says_the_same(one.raw, held):
                outcome = Outcome(Fate.DELIVERED)
    sent.outcomes[one.seq] = outcome


def _says_the_same(ours: bytes, theirs: bytes) -> bool:
    try:
        # 2.0.0 accepts all that 1.0.3 accepts.
        return equivalent(parse_statement(ours, version="2.0.0"), parse_statement(theirs, version="2.0.0"))
    except StatementRefused:
        return False


def _doubt_a_total_refusal(remote: RemoteLrs, account: LrsAccount, sent: SentBatch) -> None:
    """Asks whether the account is good, when every statement that was tried was found not valid.

    Some stores answer 400 to a version or an address that they do not like; no statement is to die of that.
    """
    if sent.trouble is not None or not sent.outcomes:
        return
    if any(one.reason != RemoteStatementsRefused.code for one in sent.outcomes.values()):
        return
    try:
        remote.check(account)
    except RemoteLrsRefused as trouble:
        sent.trouble = trouble
        sent.outcomes = {seq: Outcome(Fate.LATER, trouble.code, trouble.status) for seq in sent.outcomes}


def _tried(one: Outgoing, refused: RemoteLrsRefused, *, alone: bool) -> Outcome:
    return _outcome(Fate.LATER, one, refused, alone=alone)


def _outcome(
    fate: Fate, one: Outgoing, refused: RemoteLrsRefused, *, alone: bool, reason: str = ""
) -> Outcome:
    return Outcome(
        fate,
        reason=reason or refused.code,
        status=refused.status,
        answer=without_identifiers(refused.answer, one.raw)[:_ANSWER_KEPT],
        alone=alone,
    )
