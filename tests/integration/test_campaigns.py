"""Periodic tests: who must sit, how far they are, whom to commend, what to recommend."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from sync.campaigns.campaigns import (
    CampaignPlan,
    count_states,
    create_campaign,
    get_campaign,
    list_commended,
    list_recommended,
    list_sittings,
)
from sync.campaigns.judging import SittingState
from sync.campaigns.windows import list_rounds
from sync.followers import follow_once
from sync.organization.populations import find_population, save_population
from sync.organization.staff import find_identity, link_identity
from sync.organization_errors import CampaignMalformed, CampaignUnknown
from sync.rollups.definitions import CIVIL_SERVANTS, Population
from sync.rollups.follower import rollups_follower
from tests.factories.learning import (
    IRI_BASE,
    make_account,
    make_completed,
    make_enrolment,
    make_module,
    make_quiz,
    record,
)
from tests.factories.organization import (
    NOW,
    create_person,
    create_post,
    create_small_tree,
    create_unit,
)
from xapi_bridge.translate.attempt import AttemptScore, quiz_passed_or_failed

OPENS, CLOSES = date(2026, 11, 1), date(2026, 11, 20)


def answer(session: Session, name: str, scaled: float, day: date, quiz: str = "z1") -> None:
    at = datetime(day.year, day.month, day.day, 5, 0, tzinfo=UTC)
    score = AttemptScore(raw=scaled * 10, maximum=10, passed=scaled >= 0.5)
    enrolment = make_enrolment(name, registration=uuid4())
    record(
        session,
        quiz_passed_or_failed(enrolment, make_quiz(quiz), score, parents=[], event_id=str(uuid4()), at=at),
    )


def official(session: Session, name: str, unit) -> int:
    person = create_person(session, staff_code=name)
    create_post(session, person, unit)
    account = find_identity(session, make_account(name), now=NOW)
    link_identity(session, account.identity_id, person_id=person.person_id, now=NOW)
    return person.person_id


def plan(unit_id: int, **changes) -> CampaignPlan:
    values = {
        "title": "Kiểm tra định kỳ",
        "quiz_iri": make_quiz("z1").iri,
        "unit_id": unit_id,
        "population_code": CIVIL_SERVANTS.code,
        "opens_on": OPENS,
        "closes_on": CLOSES,
        "pass_scaled": 0.5,
        "commend_percent": 50,
        "commend_scaled": 0.8,
        "recommend_iris": (make_module("m1").iri, make_module("m2").iri),
    }
    return CampaignPlan(**(values | changes))


@pytest.fixture
def office(session):
    _nation, province, commune = create_small_tree(session)
    people = {name: official(session, name, commune) for name in ("an", "binh", "chi", "dung")}
    people["em"] = official(session, "em", province)
    answer(session, "an", 0.3, OPENS)
    answer(session, "an", 0.9, CLOSES)
    answer(session, "binh", 0.4, OPENS + timedelta(days=3))
    answer(session, "chi", 1.0, CLOSES + timedelta(days=1))
    answer(session, "dung", 1.0, OPENS, quiz="z2")
    answer(session, "em", 0.6, CLOSES)
    record(session, make_completed("binh", "m1", at=NOW))
    while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=50, now=NOW):
        session.expire_all()
    return session, province.unit_id, commune.unit_id, people


def test_each_person_has_the_state_that_the_best_result_of_these_days_gives(office):
    session, province, commune, people = office
    row = create_campaign(session, plan(province), by="a", now=NOW)

    after = {one.person_id: one for one in list_sittings(session, row, today=date(2026, 11, 24))}
    before = list_sittings(session, row, today=CLOSES - timedelta(days=1))

    assert {name: after[person].state.value for name, person in people.items()} == {
        "an": "passed", "binh": "failed", "chi": "overdue", "dung": "overdue", "em": "passed",
    }  # fmt: skip
    assert (after[people["an"]].attempts, after[people["an"]].reached_on) == (2, CLOSES)
    assert count_states(before) == {
        SittingState.NOT_STARTED: 3, SittingState.PASSED: 0, SittingState.FAILED: 2, SittingState.OVERDUE: 0,
    }  # fmt: skip
    assert {one.person_id for one in list_sittings(session, row, today=CLOSES, within_id=commune)} == {
        people[name] for name in ("an", "binh", "chi", "dung")
    }


def test_commended_have_their_reason_and_recommended_the_modules_they_lack(office):
    session, province, commune, people = office
    row = create_campaign(session, plan(province), by="a", now=NOW)
    today = date(2026, 11, 24)

    [best] = list_commended(session, row, today=today)
    low = list_recommended(session, row, today=today)

    assert (best.sitting.person_id, best.rank, best.of, best.places) == (people["an"], 1, 2, 1)
    assert [(one.sitting.person_id, one.module_iris) for one in low] == [
        (people["binh"], (make_module("m2").iri,)),
        (people["em"], (make_module("m1").iri, make_module("m2").iri)),
    ]
    assert list_commended(session, row, today=today, within_id=commune) == [best]


def test_a_test_keeps_the_rule_of_population_as_it_was(office):
    session, province, _, people = office
    everybody = Population("dot-1", "Mọi người", frozenset({"cong_chuc"}), only_cchc=True, legal_basis="KH 1")
    save_population(session, everybody, by="a", now=NOW)
    row = create_campaign(session, plan(province, population_code="dot-1"), by="a", now=NOW)

    changed = Population(
        "dot-1", "Chỉ viên chức", frozenset({"vien_chuc"}), only_cchc=True, legal_basis="KH 2"
    )
    save_population(session, changed, by="a", now=NOW)

    assert find_population(session, "dot-1").version == 2
    assert len(list_sittings(session, row, today=CLOSES)) == len(people)


def test_a_test_is_seen_from_below_and_above_and_not_from_beside(office):
    session, province, commune, _ = office
    row = create_campaign(session, plan(province), by="a", now=NOW)
    from sync.organization.models import Unit

    nation = session.get_one(Unit, session.get_one(Unit, province).parent_id)
    beside = create_unit(session, code="04", level="province", kind="tinh", name="Cao Bằng", parent=nation)

    assert get_campaign(session, row.campaign_id, root_id=commune) is row
    with pytest.raises(CampaignUnknown):
        get_campaign(session, row.campaign_id, root_id=beside.unit_id)


def test_a_person_sits_in_the_round_of_the_own_unit_that_began_last(office):
    session, province, commune, _ = office
    from sync.organization.models import Unit

    nation = session.get_one(Unit, session.get_one(Unit, province).parent_id)
    beside = create_unit(session, code="05", level="province", kind="tinh", name="Lào Cai", parent=nation)
    official(session, "quan", session.get_one(Unit, commune))
    first, second, elsewhere = (
        create_campaign(session, plan(**given), by="a", now=NOW).campaign_id
        for given in (
            {
                "unit_id": province,
                "opens_on": OPENS - timedelta(days=30),
                "closes_on": OPENS - timedelta(days=1),
            },
            {"unit_id": province},
            {"unit_id": beside.unit_id, "opens_on": OPENS + timedelta(days=1)},
        )
    )
    iri = plan(unit_id=province).quiz_iri

    def rounds(name, on):
        return [one.id for one in list_rounds(session, iri, account=make_account(name), on=on)]

    assert rounds("quan", OPENS - timedelta(days=31)) == []
    assert rounds("quan", OPENS - timedelta(days=2)) == [first]
    assert rounds("quan", CLOSES)[0] == second
    assert rounds("nobody-yet", CLOSES)[0] == elsewhere
    assert rounds("quan", CLOSES + timedelta(days=3))[0] == second


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""}, {"quiz_iri": ""}, {"opens_on": date(2026, 12, 1)}, {"pass_scaled": 1.1},
        {"commend_percent": 0}, {"commend_scaled": -0.1}, {"unit_id": 99999},
    ],
)  # fmt: skip
def test_a_test_that_cannot_be_is_refused(office, changes):
    session, province, *_ = office

    with pytest.raises(CampaignMalformed):
        create_campaign(session, plan(**({"unit_id": province} | changes)), by="a", now=NOW)
