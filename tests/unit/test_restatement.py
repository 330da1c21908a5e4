"""Where a post of a dissolved unit belongs afterwards."""

from datetime import date

from sync.organization.models import OPEN_END
from sync.reports.restatement import SuccessorMap

START, REFORM, TODAY = date(2022, 11, 17), date(2025, 7, 1), date(2026, 11, 24)
OLD, NEW, ALWAYS = (START, REFORM), (REFORM, OPEN_END), (START, OPEN_END)
NATION, OLD_PROVINCE, OLD_COMMUNE, OLD_OFFICE, PROVINCE, NORTH, SOUTH, MINISTRY = range(1, 9)

MAP = SuccessorMap(
    parents={
        NATION: None,
        OLD_PROVINCE: NATION,
        OLD_COMMUNE: OLD_PROVINCE,
        OLD_OFFICE: OLD_PROVINCE,
        PROVINCE: NATION,
        NORTH: PROVINCE,
        SOUTH: PROVINCE,
        MINISTRY: NATION,
    },
    lives={
        NATION: ALWAYS,
        OLD_PROVINCE: OLD,
        OLD_COMMUNE: OLD,
        OLD_OFFICE: OLD,
        PROVINCE: NEW,
        NORTH: NEW,
        SOUTH: NEW,
        MINISTRY: ALWAYS,
    },
    successors={OLD_PROVINCE: PROVINCE, OLD_COMMUNE: NORTH},
)


def test_a_post_in_a_unit_that_still_exists_stays_there():
    assert MAP.unit_of(MINISTRY, on=TODAY) == MINISTRY


def test_whoever_has_no_post_afterwards_follows_the_default_successor():
    assert MAP.unit_of(OLD_COMMUNE, on=TODAY) == NORTH


def test_an_office_without_a_successor_follows_the_one_above_it():
    assert MAP.unit_of(OLD_OFFICE, on=TODAY) == PROVINCE


def test_before_the_reorganisation_nothing_moves():
    assert MAP.unit_of(OLD_COMMUNE, on=date(2025, 6, 30)) == OLD_COMMUNE


def test_the_sources_of_a_unit_are_those_whose_default_way_leads_there():
    assert MAP.sources_of(frozenset({NORTH}), on=TODAY) == [OLD_COMMUNE]
    assert MAP.sources_of(frozenset({PROVINCE, NORTH, SOUTH}), on=TODAY) == [
        OLD_PROVINCE,
        OLD_COMMUNE,
        OLD_OFFICE,
    ]


def test_a_unit_that_nobody_succeeded_is_counted_at_the_nearest_unit_in_force():
    alone = SuccessorMap(parents=MAP.parents, lives=MAP.lives, successors={})

    assert alone.unit_of(OLD_COMMUNE, on=TODAY) == NATION


def test_successors_in_a_circle_end_at_the_nearest_unit_in_force():
    circle = SuccessorMap(
        parents=MAP.parents, lives=MAP.lives, successors={OLD_COMMUNE: OLD_OFFICE, OLD_OFFICE: OLD_COMMUNE}
    )

    assert circle.unit_of(OLD_COMMUNE, on=TODAY) == NATION
