"""The gain between a pre-test and its post-test stands on the page and in the figures for programs."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.organization.models import ActorIdentity, Appointment
from sync.rollups.models import QuizScore
from tests.factories.content import PACKAGE, create_package
from tests.factories.learning import IRI_BASE
from tests.factories.lti import open_tool
from tests.factories.organization import NOW
from tests.factories.reports import create_country, create_named_operator, sign_in
from xapi_bridge.vocabulary.cchc import quiz_iri

QUIZ = PACKAGE["quizzes/cuoi-bai.yaml"]
#: The end-of-module quiz as the second half, and a first half that asks alike.
PAIR = {
    "package.yaml": PACKAGE["package.yaml"].replace("outline:\n", "outline:\n  - quiz: dau-vao\n"),
    "quizzes/cuoi-bai.yaml": QUIZ + "pair: thu\npart: post\n",
    "quizzes/dau-vao.yaml": QUIZ.replace("id: cuoi-bai", "id: dau-vao").replace("cuối bài", "đầu vào")
    + "pair: thu\npart: pre\n",
}


@pytest.fixture
def country(engine, tmp_path):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_named_operator(session, "quan-tri")
        create_package(session, tmp_path, changes=PAIR)
    return made


def score(session: Session, identity_id: int, quiz: str, scaled: float, *, days_ago: int) -> None:
    at = NOW - timedelta(days=days_ago)
    session.add(
        QuizScore(
            statement_id=uuid4(),
            seq=int(at.timestamp() * 1e6) + identity_id,
            identity_id=identity_id,
            quiz_iri=quiz_iri(IRI_BASE, "nhap-mon", quiz),
            occurred_at=at,
            occurred_on=local_day(at),
            scaled=scaled,
            passed=scaled >= 0.75,
        )
    )


def learners_of(session: Session, unit_id: int) -> list[int]:
    asked = (
        select(ActorIdentity.identity_id)
        .join(Appointment, Appointment.person_id == ActorIdentity.person_id)
        .where(Appointment.unit_id == unit_id)
        .order_by(ActorIdentity.identity_id)
    )
    return list(session.scalars(asked))


@pytest.fixture
def reader(country, database_url, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        sign_in(client, "quan-tri")
        yield client


def test_the_mean_gain_of_who_sat_both_is_shown_and_given(country, reader, engine):
    with Session(engine) as session, session.begin():
        identity_id = learners_of(session, country.ministry)[0]
        score(session, identity_id, "dau-vao", 0.4, days_ago=9)
        score(session, identity_id, "cuoi-bai", 0.85, days_ago=2)

    page = reader.get(f"/thong-ke/don-vi/{country.ministry}/chi-so")
    given = reader.get(f"/api/thong-ke/units/{country.ministry}/indicators").get_json()

    assert "+45,0" in re.sub(r"<[^>]+>", " ", page.text)
    (gain,) = given["gains"]
    assert (gain["people"], gain["mean_before"], gain["mean_after"], gain["mean_gain"]) == (1, 40, 85, 45)
    assert gain["low"] is None


def test_who_sat_the_second_alone_gives_no_gain(country, reader, engine):
    with Session(engine) as session, session.begin():
        score(session, learners_of(session, country.ministry)[0], "cuoi-bai", 0.85, days_ago=2)

    page = reader.get(f"/thong-ke/don-vi/{country.ministry}/chi-so")
    given = reader.get(f"/api/thong-ke/units/{country.ministry}/indicators").get_json()

    assert "Chưa có ai làm cả bài trước và bài sau." in page.text
    assert [(one["people"], one["mean_gain"]) for one in given["gains"]] == [(0, None)]
