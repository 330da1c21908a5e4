"""Named rules with versions, declared headcounts, calendars of provinces, planned moves."""

from datetime import date

import pytest

from sync.calendars import Calendar, PeriodKind, ReportingCalendar, month_of, period
from sync.organization.headcounts import compare_headcounts, count_listed, declare_headcount
from sync.organization.planned_moves import list_planned_moves
from sync.organization.populations import find_population, list_populations, save_population
from sync.organization.reporting_calendars import define_calendar, find_calendar, list_calendars
from sync.organization.staff import appoint, transfer
from sync.organization_errors import (
    CalendarMalformed,
    CalendarUnknown,
    HeadcountMalformed,
    PopulationMalformed,
    PopulationUnknown,
)
from sync.rollups.definitions import CIVIL_SERVANTS, POPULATIONS, Population
from tests.factories.organization import NOW, REORGANISATION, create_person, create_post, create_small_tree

DAY = date(2026, 11, 24)


def begin(session, person, unit, day, **changes):
    post = {"staff_category": "cong_chuc", "is_cchc": True} | changes
    return appoint(session, person.person_id, unit_id=unit.unit_id, valid_from=day, now=NOW, **post)


def make_rule(**changes) -> Population:
    values = {
        "code": "quy-tac",
        "title": "Quy tắc",
        "staff_categories": frozenset({"can_bo"}),
        "only_cchc": True,
        "legal_basis": "",
    }
    return Population(**(values | changes))


def test_a_changed_rule_is_a_new_version_and_the_old_one_stays(session):
    first = save_population(session, make_rule(), by="a", now=NOW)
    second = save_population(session, make_rule(title="Khác"), by="a", now=NOW)
    shipped = save_population(session, make_rule(code=CIVIL_SERVANTS.code), by="a", now=NOW)

    assert (first.version, second.version, shipped.version) == (1, 2, 2)
    assert find_population(session, "quy-tac", version=1) == first
    assert find_population(session, CIVIL_SERVANTS.code, version=1) == CIVIL_SERVANTS
    assert len(list_populations(session)) == len(POPULATIONS) + 1
    with pytest.raises(PopulationUnknown):
        find_population(session, "quy-tac", version=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "Ồ"},
        {"title": " "},
        {"staff_categories": frozenset()},
        {"staff_categories": frozenset({"x"})},
        {"cchc_roles": frozenset({"vua"})},
    ],
)
def test_a_rule_that_counts_nothing_known_is_refused(session, changes):
    with pytest.raises(PopulationMalformed):
        save_population(session, make_rule(**changes), by="a", now=NOW)


def test_a_difference_above_five_percent_is_flagged_and_of_five_is_not(session):
    _, province, commune = create_small_tree(session)
    for number in range(21):
        create_post(session, create_person(session, staff_code=f"CB{number}"), commune)
    given = {"population_code": CIVIL_SERVANTS.code, "as_of": DAY, "document": "BC 1", "by": "a", "now": NOW}

    declare_headcount(session, province.unit_id, people=20, **given)
    [at_the_line] = compare_headcounts(session, province.unit_id, on=DAY, population=CIVIL_SERVANTS)
    declare_headcount(session, province.unit_id, people=19, **given)
    [above] = compare_headcounts(session, province.unit_id, on=DAY, population=CIVIL_SERVANTS)

    assert (at_the_line.listed, at_the_line.difference, at_the_line.is_flagged) == (21, 1, False)
    assert (above.declared, above.is_flagged) == (19, True)


def test_headcounts_count_by_role_and_refuse_what_cannot_be(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    appoint(
        session,
        person.person_id,
        unit_id=commune.unit_id,
        valid_from=REORGANISATION,
        staff_category="cong_chuc",
        is_cchc=True,
        cchc_role="leader",
        now=NOW,
    )
    leaders = make_rule(staff_categories=frozenset({"cong_chuc"}), cchc_roles=frozenset({"leader"}))
    advisers = make_rule(staff_categories=frozenset({"cong_chuc"}), cchc_roles=frozenset({"adviser"}))

    assert [
        count_listed(session, province.unit_id, on=DAY, population=one) for one in (leaders, advisers)
    ] == [1, 0]
    for people, document, day in ((-1, "BC", DAY), (1, " ", DAY), (1, "BC", date(2020, 1, 1))):
        with pytest.raises(HeadcountMalformed):
            declare_headcount(
                session,
                province.unit_id,
                population_code="x",
                as_of=day,
                people=people,
                document=document,
                by="a",
                now=NOW,
            )


def test_a_province_closes_its_months_on_another_day(session):
    nation, province, commune = create_small_tree(session)
    own = ReportingCalendar("tuyen-quang", "Chốt ngày 20", 20, "QĐ 1/2026")
    define_calendar(session, own, unit_id=province.unit_id, by="a", now=NOW)

    assert find_calendar(session, "tuyen-quang") == own
    assert find_calendar(session, "official") is Calendar.OFFICIAL
    assert own in list_calendars(session, unit_id=commune.unit_id)
    assert own not in list_calendars(session, unit_id=nation.unit_id)
    year = period(own, PeriodKind.YEAR, 2026)
    assert (year.first_day, year.last_day) == (date(2025, 12, 21), date(2026, 12, 20))
    assert month_of(date(2026, 2, 21), own).first_day == date(2026, 2, 21)
    with pytest.raises(CalendarMalformed):
        define_calendar(session, own, unit_id=None, by="a", now=NOW)
    with pytest.raises(CalendarMalformed):
        define_calendar(session, ReportingCalendar("khac", "Khác", 29), unit_id=None, by="a", now=NOW)
    with pytest.raises(CalendarUnknown):
        find_calendar(session, "khong-co")


def test_planned_moves_are_seen_from_both_units_and_say_when_the_work_ends(session):
    _, province, commune = create_small_tree(session)
    mover, leaver = create_person(session), create_person(session, staff_code="CB002")
    create_post(session, mover, commune)
    create_post(session, leaver, commune, valid_to=date(2027, 1, 1))
    transfer(session, mover.person_id, unit_id=province.unit_id, on=date(2027, 2, 1), now=NOW)
    appoint(
        session,
        leaver.person_id,
        unit_id=commune.unit_id,
        valid_from=date(2027, 1, 1),
        staff_category="cong_chuc",
        is_cchc=False,
        now=NOW,
    )

    moves = list_planned_moves(session, commune.unit_id, after=DAY)

    assert [(one.person_id, one.from_unit_id, one.to_unit_id, one.leaves_cchc) for one in moves] == [
        (leaver.person_id, commune.unit_id, commune.unit_id, True),
        (mover.person_id, commune.unit_id, province.unit_id, False),
    ]
