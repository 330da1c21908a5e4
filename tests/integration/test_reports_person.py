"""What one person had done by a day: nothing of a later day shows."""

from datetime import timedelta

from sync.followers import follow_once
from sync.reports.people import ModuleStanding, list_module_standings
from sync.rollups.follower import rollups_follower
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_identity,
    create_person,
    make_completed,
    make_module,
    make_opened,
    make_result,
    make_voiding,
    record,
)

DAY = timedelta(days=1)


def take_in(session):
    while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=100, now=NOON):
        pass


def test_a_later_result_does_not_show_on_an_earlier_day(session):
    person = create_person(session, "mot-nguoi")
    create_identity(session, "hoc-vien-1", person_id=person)
    record(session, make_opened(at=NOON - 3 * DAY), make_result(0.4, at=NOON - 2 * DAY))
    record(session, make_result(0.9, at=NOON), make_completed(at=NOON))
    take_in(session)

    before = list_module_standings(session, person, on=NOON.date() - DAY)
    now = list_module_standings(session, person, on=NOON.date())

    opened = NOON.date() - 3 * DAY
    assert before == [ModuleStanding(make_module().iri, opened, None, 0.4)]
    assert now == [ModuleStanding(make_module().iri, opened, NOON.date(), 0.9)]


def test_a_voided_completion_does_not_show(session):
    person = create_person(session, "mot-nguoi")
    create_identity(session, "hoc-vien-1", person_id=person)
    completed = make_completed(at=NOON)
    record(session, make_opened(at=NOON), completed, make_voiding(completed.id))
    take_in(session)

    (standing,) = list_module_standings(session, person, on=NOON.date())

    assert standing.first_completed_on is None
