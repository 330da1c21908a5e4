"""Pages of people and statements: who is behind a figure, and what was recorded."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Response
from flask_babel import get_locale
from sqlalchemy.orm import Session

from lti_tool.admin.guard import required_operator
from lti_tool.reports import csv_tables
from lti_tool.reports.access import require_evidence, require_person, require_unit
from lti_tool.reports.asked import PROGRESS, Asked
from lti_tool.reports.looks import note_list, note_person
from lti_tool.reports.names import names_for_reader
from lti_tool.reports.pages import FORMS, answer_table, asked_now, blueprint, current_programme, show
from lti_tool.reports.statement_words import explain_statement
from lti_tool.reports.stock_asked import total_of
from lti_tool.reports.unit_views import unit_trail
from sync.organization.units import UnitOnDay, label_on
from sync.reports.evidence import find_evidence, get_statement, list_evidence
from sync.reports.next_steps import next_step
from sync.reports.people import (
    PeopleOrder,
    PeopleQuestion,
    Post,
    find_pseudonym,
    list_module_standings,
    list_people,
    list_posts,
)
from sync.reports.programme import Programme
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE
from xapi_bridge.running_app import reading

_PEOPLE_PER_PAGE = 50


@blueprint.get("/don-vi/<int:unit_id>/danh-sach")
def people(unit_id: int) -> str:
    """The people of a unit on a day."""
    asked = asked_now()
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        programme = current_programme(session)
        question = _people_asked(unit_id, asked, programme)
        total = total_of(session, question)
        listed = list_people(
            session, question, offset=(asked.page - 1) * _PEOPLE_PER_PAGE, limit=_PEOPLE_PER_PAGE
        )
        note_list("people", asked, unit_id=unit_id, people=len(listed))
        return show(
            "reports/people.html",
            session,
            asked,
            programme,
            trail=unit_trail(session, unit_id, on=asked.tree_day),
            people=listed,
            total=total,
            pages=-(-total // _PEOPLE_PER_PAGE),
            units=label_on(session, {person.unit_id for person in listed}, on_date=asked.on),
            names=names_for_reader(session, [person.person_id for person in listed]),
        )


@blueprint.get(f"/don-vi/<int:unit_id>/danh-sach.{FORMS}")
def people_table(unit_id: int, form: str) -> Response:
    """The people of a unit on a day, all pages."""
    asked = asked_now()
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        listed = list_people(session, _people_asked(unit_id, asked, current_programme(session)))
        note_list("people_file", asked, unit_id=unit_id, people=len(listed))
        table = csv_tables.tabulate_people(
            listed,
            label_on(session, {person.unit_id for person in listed}, on_date=asked.on),
            names_for_reader(session, [person.person_id for person in listed]),
            on=asked.on,
        )
    return answer_table(f"danh-sach-{unit_id}", table, asked, form=form)


@blueprint.get("/nguoi/<pseudonym>")
def person(pseudonym: str) -> str:
    """One person: posts, modules, statements, up to a day."""
    asked = asked_now()
    with reading() as session:
        person_id = require_person(session, required_operator(), pseudonym, on=asked.on)
        programme = current_programme(session)
        # The manager of an earlier unit is told nothing of later ones.
        posts = [post for post in list_posts(session, person_id) if post.valid_from <= asked.on]
        standings = list_module_standings(session, person_id, on=asked.on)
        pieces = list_evidence(session, person_id, until=asked.on, module_iri=asked.module_iri)
        note_person(session, "person", asked, person_id=person_id, records=len(pieces))
        return show(
            "reports/person.html",
            session,
            asked,
            programme,
            trail=_trail_to_person(session, posts, on=asked.on),
            pseudonym=pseudonym,
            name=names_for_reader(session, [person_id]).get(person_id),
            posts=posts,
            units=label_on(session, {post.unit_id for post in posts}, on_date=asked.on),
            standings=sorted(standings, key=lambda one: programme.place_of(one.module_iri)),
            pieces=pieces,
            step=next_step(standings, programme),
        )


@blueprint.get(f"/nguoi/<pseudonym>/ban-ghi.{FORMS}")
def person_table(pseudonym: str, form: str) -> Response:
    """The statements of a person up to a day."""
    asked = asked_now()
    with reading() as session:
        person_id = require_person(session, required_operator(), pseudonym, on=asked.on)
        pieces = list_evidence(session, person_id, until=asked.on, module_iri=asked.module_iri)
        note_person(session, "person_file", asked, person_id=person_id, records=len(pieces))
        table = csv_tables.tabulate_evidence(pieces, current_programme(session))
    return answer_table("ban-ghi", table, asked, form=form)


@blueprint.get("/ban-ghi/<uuid:statement_id>")
def statement(statement_id: UUID) -> str:
    """One statement: in words, and as it is kept."""
    asked, operator = asked_now(), required_operator()
    with reading() as session:
        evidence = find_evidence(session, statement_id)
        require_evidence(session, operator, evidence, on=asked.on)
        programme = current_programme(session)
        explained = explain_statement(
            get_statement(session, statement_id),
            evidence,
            programme,
            language=str(get_locale()),
            with_names=operator.sees_names,
        )
        person_id = evidence.person_id if evidence else None
        if person_id is not None:
            note_person(session, "statement", asked, person_id=person_id, records=1)
        return show(
            "reports/statement.html",
            session,
            asked,
            programme,
            trail=_trail_to_person(
                session, [] if person_id is None else list_posts(session, person_id), on=asked.on
            ),
            statement_id=statement_id,
            words=explained,
            evidence=evidence,
            pseudonym=None if person_id is None else find_pseudonym(session, person_id),
        )


def _trail_to_person(session: Session, posts: Sequence[Post], *, on: date) -> list[UnitOnDay]:
    """The way down to the unit where the person is on that day; empty when there is none."""
    held = next((post.unit_id for post in posts if post.valid_from <= on < post.valid_to), None)
    return [] if held is None else unit_trail(session, held, on=on)


def _people_asked(unit_id: int, asked: Asked, programme: Programme) -> PeopleQuestion:
    return PeopleQuestion(
        unit_id=unit_id,
        on=asked.on,
        population=PROVIDED_WITH_KNOWLEDGE.population,
        programme=programme,
        progress=PROGRESS[asked.progress],
        module_iri=asked.module_iri,
        whole_programme=asked.whole_programme,
        direct_only=asked.direct_only,
        level=asked.level,
        restated_to=asked.restated_to,
        order=PeopleOrder.STAFF_CODE if required_operator().sees_names else PeopleOrder.PSEUDONYM,
    )
