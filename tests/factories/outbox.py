"""One installation seen from its gradebooks: what it expects, records, follows and delivers."""

from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.followers import follow_once
from sync.grades import expect_score, grades_follower
from sync.models import OutgoingScore
from sync.score_delivery import DeliveryRound, deliver_due_scores
from tests.factories.learning import IRI_BASE, NOON, make_registration, record

FOLLOWER = grades_follower(iri_base=IRI_BASE)
SOON = NOON + timedelta(minutes=1)


class Outbox:
    """One installation seen from its gradebooks."""

    def __init__(self, engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self):
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def expect(self, name="hoc-vien-1", *, column="https://lms.example/1/lineitem", **changed):
        target = {
            "registration": make_registration(name),
            "platform_registration_id": 1,
            "line_item_url": column,
            "lms_user_id": name,
            "score_maximum": 10.0,
            "now": NOON,
        }
        with self.transaction() as session:
            expect_score(session, **target | changed)

    def record(self, *statements, now=NOON) -> None:
        with self.transaction() as session:
            record(session, *statements, now=now)

    def follow(self, now=NOON) -> None:
        with self.transaction() as session:
            while follow_once(session, FOLLOWER, limit=100, now=now):
                pass

    def deliver(self, gradebook, *, now=SOON, **options) -> DeliveryRound:
        return deliver_due_scores(self.transaction, gradebook, now=now, draw=lambda: 0.5, **options)

    def rows(self) -> list[OutgoingScore]:
        with self.transaction() as session:
            return list(session.scalars(select(OutgoingScore).order_by(OutgoingScore.outgoing_score_id)))

    def row(self) -> OutgoingScore:
        (only,) = self.rows()
        return only
