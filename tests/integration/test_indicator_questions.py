"""Questions answered in time belong to the unit where their asker was on that day."""

from datetime import UTC, date, datetime, timedelta

from content_packages.experts.asking import retract_question
from sync.calendars import Calendar, PeriodKind, period_of
from sync.indicators.measures import Share, Unmeasured
from sync.indicators.questions import measure_answers
from sync.organization.models import ActorIdentity
from tests.factories.experts import LAN, MINH, TEXT, answer, ask
from tests.factories.organization import create_person, create_post, create_small_tree

ASKED_AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
YEAR = period_of(date(2026, 11, 24), PeriodKind.YEAR, Calendar.OFFICIAL)


def tie(session, account, person):
    session.add(
        ActorIdentity(
            home_page=account.home_page,
            account_name=account.name,
            person_id=person.person_id,
            first_seen_at=ASKED_AT,
            linked_at=ASKED_AT,
        )
    )
    session.flush()


def test_a_question_is_credited_to_the_unit_of_that_day_and_its_parents(session):
    nation, province, commune = create_small_tree(session)
    person = create_person(session)
    create_post(session, person, commune, valid_to=date(2026, 11, 25))
    create_post(session, person, province, valid_from=date(2026, 11, 25))
    tie(session, LAN, person)
    in_time = ask(session, text=f"{TEXT} Một", now=ASKED_AT)
    answer(session, in_time, now=ASKED_AT + timedelta(days=7))
    late = ask(session, text=f"{TEXT} Hai", now=ASKED_AT)
    answer(session, late, now=ASKED_AT + timedelta(days=8))
    ask(session, text=f"{TEXT} Ba", now=ASKED_AT + timedelta(days=2))

    measured = [measure_answers(session, unit.unit_id, period=YEAR) for unit in (nation, province, commune)]

    assert measured == [Share(1, 3), Share(1, 3), Share(1, 2)]


def test_what_nobody_known_asked_or_was_taken_back_counts_nowhere(session):
    nation, _province, commune = create_small_tree(session)
    person = create_person(session)
    create_post(session, person, commune)
    tie(session, LAN, person)
    ask(session, MINH, text=f"{TEXT} Một", now=ASKED_AT)
    taken_back = ask(session, text=f"{TEXT} Hai", now=ASKED_AT)
    retract_question(session, LAN, taken_back.code, now=ASKED_AT)

    measured = measure_answers(session, nation.unit_id, period=YEAR)

    assert measured == Share(0, 0, Unmeasured.NOTHING_RECORDED)
