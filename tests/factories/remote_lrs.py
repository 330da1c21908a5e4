"""Another record store in memory, and one installation seen from its forwarding targets."""

import json
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.forwarding.delivery import ForwardingRound, deliver_statements
from sync.forwarding.follower import take_in_once
from sync.forwarding.models import ForwardedStatement, ForwardingTarget, OutgoingStatement
from sync.forwarding.state import TargetState, look_at_target
from sync.forwarding.targets import TargetFields, create_target, find_target
from sync.settings import ForwardingSettings
from tests.factories.learning import IRI_BASE, NOON, record
from xapi_bridge.lrs_account import AttachmentBody, LrsAccount, LrsCheck, RemotePage
from xapi_bridge.remote_errors import RemoteBatchTooLarge, RemoteConflict, RemoteStatementsRefused
from xapi_bridge.statement import equivalent, parse_statement

SECRET = "a secret of this test, 32 characters long"
SOON = NOON + timedelta(minutes=1)


class FakeRemoteLrs:
    """Fills the port `RemoteLrs`. `troubles` are raised one by one (`None` passes); then all pass.

    Attributes:
        held: what it stores, by endpoint and id, in the order of arrival.
        posted: ids of each request, refused ones too.
        refuses: ids that it finds not valid.
        breaks_on: id -> the refusal of every request with that statement.
    """

    def __init__(self, *troubles: BaseException | None) -> None:
        self.troubles = list(troubles)
        self.check_trouble: Exception | None = None
        self.held: dict[str, dict[UUID, bytes]] = {}
        self.posted: list[list[UUID]] = []
        self.accounts: list[LrsAccount] = []
        self.bodies: list[AttachmentBody] = []
        self.refuses: set[UUID] = set()
        self.breaks_on: dict[UUID, Exception] = {}
        self.most_statements = 500

    def post_statements(
        self, account: LrsAccount, statements: Sequence[bytes], *, bodies: Sequence[AttachmentBody] = ()
    ) -> None:
        batch = {UUID(json.loads(one)["id"]): one for one in statements}
        self.posted.append(list(batch))
        self.bodies += bodies
        self.accounts.append(account)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        for breaking in [self.breaks_on[one] for one in batch if one in self.breaks_on]:
            raise breaking
        self._refuse(account, batch)
        self.held.setdefault(account.endpoint, {}).update(batch)

    def _refuse(self, account: LrsAccount, batch: dict[UUID, bytes]) -> None:
        if len(batch) > self.most_statements:
            raise RemoteBatchTooLarge("The store answered 413.", status=413)
        if self.refuses & batch.keys():
            raise RemoteStatementsRefused("The store answered 400.", status=400, answer="verb is missing")
        held = self.held.get(account.endpoint, {})
        if any(one in held and not _same(held[one], raw) for one, raw in batch.items()):
            raise RemoteConflict("The store answered 409.", status=409)

    def find_statement(self, account: LrsAccount, statement_id: UUID) -> bytes | None:
        return self.held.get(account.endpoint, {}).get(statement_id)

    def read_page(self, account: LrsAccount, **_parameters: Any) -> RemotePage:
        return RemotePage(tuple(self.held.get(account.endpoint, {}).values()), "", None)

    def read_more(self, account: LrsAccount, more: str) -> RemotePage:
        raise AssertionError("The fake has one page only.")

    def check(self, account: LrsAccount) -> LrsCheck:
        if self.check_trouble is not None:
            raise self.check_trouble
        return LrsCheck(versions=("1.0.3",), may_read=True)

    def names(self, endpoint: str) -> list[str]:
        """Account names of the actors of what it holds, in the order of arrival."""
        return [json.loads(one)["actor"]["account"]["name"] for one in self.held.get(endpoint, {}).values()]


def _same(one: bytes, other: bytes) -> bool:
    return equivalent(parse_statement(one, version="2.0.0"), parse_statement(other, version="2.0.0"))


class ForwardingHouse:
    """One installation, seen from its targets."""

    def __init__(self, engine: Any, *, most_waiting: int = 10_000) -> None:
        self.engine = engine
        self.settings = ForwardingSettings(secret=SECRET, iri_base=IRI_BASE, most_waiting=most_waiting)

    @contextmanager
    def transaction(self):
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def create_target(self, name: str = "Bộ", *, start_seq: int = 0, **fields: Any) -> int:
        chosen = TargetFields(
            **{
                "name": name,
                "endpoint": "https://lrs.example/xapi",
                "key": "cchc",
                "secret": "geheim",
                "pseudonymous": False,
                **fields,
            }
        )
        with self.transaction() as session:
            made = create_target(session, chosen, start_seq=start_seq, sealing_secret=SECRET, now=NOON)
            return made.target_id

    def record(self, *statements, now=NOON) -> list[UUID]:
        with self.transaction() as session:
            return record(session, *statements, now=now)

    def follow(self, target_id: int, *, limit: int = 100, now=NOON) -> int:
        total = 0
        while read := self.follow_once(target_id, limit=limit, now=now):
            total += read
        return total

    def follow_once(self, target_id: int, *, limit: int = 100, now=NOON) -> int:
        with self.transaction() as session:
            return take_in_once(
                session,
                find_target(session, target_id),
                iri_base=IRI_BASE,
                limit=limit,
                most_waiting=self.settings.most_waiting,
                now=now,
            )

    def deliver(self, remote: Any, *, now=SOON, **options: Any) -> ForwardingRound:
        return deliver_statements(
            self.transaction,
            remote,
            settings=self.settings,
            clock=lambda: now,
            draw=lambda: 0.5,
            **options,
        )

    def deliver_for(self, remote: Any, *, since=SOON, rounds: int = 50, minutes: float = 10) -> None:
        """Rounds with a clock that moves on between them."""
        for number in range(rounds):
            self.deliver(remote, now=since + timedelta(minutes=minutes * number))

    def target(self, target_id: int) -> ForwardingTarget:
        with self.transaction() as session:
            return find_target(session, target_id)

    def state(self, target_id: int, *, now=SOON) -> TargetState:
        with self.transaction() as session:
            return look_at_target(session, find_target(session, target_id), now=now)

    def rows(self, target_id: int) -> list[OutgoingStatement]:
        with self.transaction() as session:
            return list(
                session.scalars(
                    select(OutgoingStatement)
                    .where(OutgoingStatement.target_id == target_id)
                    .order_by(OutgoingStatement.seq)
                )
            )

    def forwarded(self, target_id: int) -> list[int]:
        with self.transaction() as session:
            return list(
                session.scalars(
                    select(ForwardedStatement.seq)
                    .where(ForwardedStatement.target_id == target_id)
                    .order_by(ForwardedStatement.seq)
                )
            )
