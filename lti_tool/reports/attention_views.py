"""What a unit manager does this week: who has not begun, has stopped, has failed, and what is next."""

from datetime import timedelta
from typing import Final

from flask import Response
from sqlalchemy.orm import Session

from lti_tool.admin.guard import required_operator
from lti_tool.reports import csv_tables
from lti_tool.reports.asked import ATTENTION, Asked
from lti_tool.reports.looks import note_list
from lti_tool.reports.names import names_for_reader
from lti_tool.reports.pages import (
    FORMS,
    answer_table,
    asked_now,
    blueprint,
    current_programme,
    reading_unit,
    show,
)
from lti_tool.reports.stock_asked import coverage_of
from lti_tool.reports.unit_figures import judge_knowledge
from lti_tool.reports.unit_views import unit_trail
from sync.campaigns.campaigns import count_states, list_campaigns, list_sittings
from sync.campaigns.judging import SittingState
from sync.campaigns.models import Campaign
from sync.organization.units import label_on
from sync.reports.attention import LOW_RESULT, QUIET_AFTER
from sync.reports.leaves import StockQuestion
from sync.reports.next_steps import NextStep, next_step
from sync.reports.people import (
    PeopleOrder,
    PeopleQuestion,
    PersonStanding,
    count_people,
    list_people,
    list_standings_of,
)
from sync.reports.programme import Programme
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE

_PER_PAGE: Final = 50
#: A test stays on the page for so long after its last day.
_TESTS_STAY: Final = timedelta(days=30)
_MOST_TESTS: Final = 3
#: People whose steps are looked up together: databases limit the parameters of one statement.
_SLICE: Final = 400


@blueprint.get("/don-vi/<int:unit_id>/viec-can-lam")
def attention(unit_id: int) -> str:
    """The people of a unit who need attention."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        programme = current_programme(session)
        counts = {
            word: count_people(session, _question(unit_id, asked, programme, word)) for word in ATTENTION
        }
        word = asked.attention or next((word for word, count in counts.items() if count), "chua-mo")
        question = _question(unit_id, asked, programme, word)
        listed = list_people(session, question, offset=(asked.page - 1) * _PER_PAGE, limit=_PER_PAGE)
        asked_stock = StockQuestion(unit_id, asked.on, question.population, programme)
        stock = coverage_of(session, asked_stock).total
        note_list("attention", asked, unit_id=unit_id, people=len(listed))
        return show(
            "reports/attention.html",
            session,
            asked,
            programme,
            trail=unit_trail(session, unit_id, on=asked.on),
            stock=stock,
            judgement=judge_knowledge(stock, asked),
            counts=counts,
            word=word,
            people=listed,
            pages=-(-counts[word] // _PER_PAGE),
            steps=_steps(session, listed, asked, programme),
            units=label_on(session, {person.unit_id for person in listed}, on_date=asked.on),
            names=names_for_reader(session, [person.person_id for person in listed]),
            tests=_tests(session, unit_id, asked),
            quiet_days=QUIET_AFTER.days,
            low_result=LOW_RESULT,
        )


@blueprint.get(f"/don-vi/<int:unit_id>/viec-can-lam.{FORMS}")
def attention_table(unit_id: int, form: str) -> Response:
    """The whole list, for the focal point."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        programme = current_programme(session)
        word = asked.attention or "chua-mo"
        listed = list_people(session, _question(unit_id, asked, programme, word))
        note_list("attention_file", asked, unit_id=unit_id, people=len(listed))
        table = csv_tables.tabulate_attention(
            listed,
            label_on(session, {person.unit_id for person in listed}, on_date=asked.on),
            names_for_reader(session, [person.person_id for person in listed]),
            _steps(session, listed, asked, programme),
            programme,
            reason=word,
        )
    return answer_table(f"viec-can-lam-{word}-{unit_id}", table, asked, form=form)


def _tests(session: Session, unit_id: int, asked: Asked) -> list[tuple[Campaign, dict[SittingState, int]]]:
    """The latest periodic tests that are open on the day, or closed lately, with the unit's own people."""
    tests = [
        one
        for one in list_campaigns(session, root_id=unit_id)
        if one.opens_on <= asked.on <= one.closes_on + _TESTS_STAY
    ]
    return [
        (one, count_states(list_sittings(session, one, today=asked.on, within_id=unit_id)))
        for one in tests[:_MOST_TESTS]
    ]


def _question(unit_id: int, asked: Asked, programme: Programme, word: str) -> PeopleQuestion:
    return PeopleQuestion(
        unit_id=unit_id,
        on=asked.on,
        population=PROVIDED_WITH_KNOWLEDGE.population,
        programme=programme,
        attention=ATTENTION[word],
        order=PeopleOrder.STAFF_CODE if required_operator().sees_names else PeopleOrder.PSEUDONYM,
    )


def _steps(
    session: Session, people: list[PersonStanding], asked: Asked, programme: Programme
) -> dict[int, NextStep]:
    ids = [person.person_id for person in people]
    steps: dict[int, NextStep] = {}
    for start in range(0, len(ids), _SLICE):
        some = ids[start : start + _SLICE]
        standings = list_standings_of(session, some, on=asked.on)
        steps |= {one: next_step(standings.get(one, []), programme) for one in some}
    return steps
