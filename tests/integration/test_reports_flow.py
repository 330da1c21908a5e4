"""Flow: what happened in a month, credited to the unit of that day, down to the statements."""

from datetime import date

import pytest

from sync.calendars import Calendar
from sync.reports.evidence import get_statement, list_evidence
from sync.reports.flow import flow_of_year, list_turns, month_beginning
from sync.reports.people import find_person_id
from sync.rollups.definitions import FactKind
from tests.factories.learning import make_module, make_voiding, record
from tests.factories.reports import TODAY, create_country, follow

M1 = make_module("m1").iri


@pytest.fixture
def country(session):
    return create_country(session)


def month_of_flow(session, unit_id, label, *, year, calendar=Calendar.OFFICIAL, module_iri=None):
    months = flow_of_year(session, unit_id, year=year, calendar=calendar, module_iri=module_iri)
    return next(month for month in months if month.period.label == label)


def test_a_completion_belongs_to_the_unit_of_its_day(session, country):
    old = month_of_flow(session, country.old_province, "Tháng 5 năm 2024", year=2024)
    new = flow_of_year(session, country.province, year=2024, calendar=Calendar.OFFICIAL)

    assert (old.accessed, old.completed) == (1, 1)
    assert all((month.accessed, month.completed) == (0, 0) for month in new)


def test_the_official_month_closes_on_the_14th(session, country):
    month = month_of_flow(session, country.ministry, "Tháng 11 năm 2026", year=2026)

    assert (month.period.first_day, month.period.last_day) == (date(2026, 10, 15), date(2026, 11, 14))
    assert (month.accessed, month.completed) == (2, 2)
    assert (
        month_of_flow(session, country.ministry, "Tháng 11 năm 2026", year=2026, module_iri=M1).completed == 1
    )


def test_a_year_has_twelve_months_in_both_calendars(session, country):
    for calendar in Calendar:
        assert len(flow_of_year(session, country.nation, year=2026, calendar=calendar)) == 12


@pytest.mark.parametrize("calendar", list(Calendar))
@pytest.mark.parametrize("kind", [FactKind.ACCESSED, FactKind.COMPLETED])
@pytest.mark.parametrize("unit", ["nation", "ministry", "province"])
def test_every_figure_leads_to_as_many_statements(session, country, unit, kind, calendar):
    unit_id = getattr(country, unit)

    for month in flow_of_year(session, unit_id, year=2026, calendar=calendar):
        turns = list_turns(session, unit_id, period=month.period, kind=kind)
        assert len(turns) == getattr(month, kind.value)
        assert all(get_statement(session, turn.statement_id) for turn in turns)


def test_no_month_begins_on_any_other_day():
    assert month_beginning(date(2026, 10, 15), Calendar.OFFICIAL) is not None
    assert month_beginning(date(2026, 10, 15), Calendar.CALENDAR) is None


def test_a_voided_statement_stays_visible_and_is_not_counted(session, country):
    person_id = find_person_id(session, country.pseudonyms["chi"])
    told = list_evidence(session, person_id, until=TODAY)[0]

    record(session, make_voiding(told.statement_id))
    follow(session)

    assert [piece.voided for piece in list_evidence(session, person_id, until=TODAY)] == [True]
    assert month_of_flow(session, country.old_province, "Tháng 5 năm 2024", year=2024).completed == 0


def test_evidence_ends_with_the_day_asked_for(session, country):
    person_id = find_person_id(session, country.pseudonyms["an"])

    assert list_evidence(session, person_id, until=date(2026, 11, 9)) == []
    assert len(list_evidence(session, person_id, until=date(2026, 11, 10))) == 4
