"""Who a learner is: rules at a launch, trying and restoring them, declared units, moves of accounts."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.identity.errors import RulesChangedMeanwhile, RuleVersionUnknown
from lti_tool.identity.likeness import suggest_links
from lti_tool.identity.models import IdentityConflict, IdentityEvidence, IdentitySample
from lti_tool.identity.preview import try_rules
from lti_tool.identity.recognizing import LaunchIdentity, open_name, prune_samples, recognize_learner
from lti_tool.identity.rule_versions import list_rule_versions, restore_rules, rules_in_force, save_rules
from lti_tool.identity.rules import NO_RULES, STAFF_CODE_RULES, Rule
from sync.errors import (
    AccountKnown,
    ClaimChanged,
    ClaimDecided,
    ClaimUnknown,
    MoveNotUndoable,
    PersonElsewhere,
    PersonUnknown,
    TooManyDeclarations,
    UnitNotInForce,
    UnitUnknown,
)
from sync.organization.account_moves import list_moves, move_account, preview_move, undo_move
from sync.organization.claim_models import UnitClaimEvent
from sync.organization.models import ActorIdentity, Appointment, PersonDetail
from sync.organization.staff import (
    find_identity,
    find_person_by_staff_code,
    find_primary_post,
    register_person,
)
from sync.organization.unit_claims import (
    CONFIRMED,
    DECLARED,
    MOST_DECLARATIONS,
    REJECTED,
    Confirmation,
    confirm_claim,
    count_claims,
    declare_unit,
    find_claim,
    list_claims,
    reject_claim,
    should_ask,
    skip_choice,
    withdraw_decision,
)
from sync.reports.coverage import cover_unit
from sync.reports.programme import read_programme
from sync.rollups.definitions import CIVIL_SERVANTS
from sync.rollups.verify import verify_rollups
from tests.factories.learning import HOME_PAGE, IRI_BASE
from tests.factories.lti import SECRET, FakePlatform, create_platform
from tests.factories.organization import NOW
from tests.factories.reports import TODAY, create_country, follow
from xapi_bridge.statement import Account

UNIT_RULE = Rule("custom.unit", "unit_code", scheme="QD19/2025")
MINISTRY_RULE = Rule("custom.unit", "unit_code", scheme="TW")


@pytest.fixture
def country(session):
    return create_country(session)


@pytest.fixture
def registration(session):
    return create_platform(session, FakePlatform(), now=NOW, rules=NO_RULES).id


def trust(session, registration, *rules):
    version = rules_in_force(session, registration).version
    return save_rules(session, registration, rules, seen_version=version, note="", by="quantri", now=NOW)


def launch(session, registration, name="moi", *, now=NOW, full_name="Họ Tên Mới", email="", **values):
    named = {key.replace("__", "."): value for key, value in values.items()}
    told = LaunchIdentity(named, full_name, email)
    account = Account(home_page=HOME_PAGE, name=name)
    return recognize_learner(session, account, told, registration_id=registration, secret=SECRET, now=now)


def person_of(session, identity):
    session.refresh(identity)
    return identity.person_id


def completed(session, unit_id, *, on=TODAY):
    follow(session)
    programme = read_programme(session, iri_base=IRI_BASE)
    return cover_unit(session, unit_id, on=on, population=CIVIL_SERVANTS, programme=programme).total


# ---- rules at a launch ----


def test_a_new_registration_recognises_nobody_until_its_operator_says_so(session, country, registration):
    before = launch(session, registration, lis__person_sourcedid="CB-binh")
    assert before.person_id is None

    trust(session, registration, *STAFF_CODE_RULES)
    after = launch(session, registration, lis__person_sourcedid=" CB-binh ")

    assert person_of(session, after) == find_person_by_staff_code(session, "CB-binh").person_id
    assert list_moves(session, limit=1)[0].by == "launch"


def test_a_corrected_code_moves_the_account_and_an_unknown_one_leaves_it(session, country, registration):
    trust(session, registration, *STAFF_CODE_RULES)
    identity = launch(session, registration, lis__person_sourcedid="CB-an")
    launch(session, registration, lis__person_sourcedid="CB-binh")
    launch(session, registration, lis__person_sourcedid="CB-khong-co")
    launch(session, registration)

    assert person_of(session, identity) == find_person_by_staff_code(session, "CB-binh").person_id


def test_rules_of_one_registration_do_not_reach_another(session, country, registration):
    other = create_platform(
        session, FakePlatform(issuer="https://khac.example.test"), now=NOW, rules=NO_RULES
    ).id
    trust(session, registration, *STAFF_CODE_RULES)

    assert launch(session, other, lis__person_sourcedid="CB-binh").person_id is None


def test_a_unit_code_without_a_person_becomes_a_declared_unit(session, country, registration):
    trust(session, registration, UNIT_RULE)

    identity = launch(session, registration, custom__unit="02500")

    claim = find_claim(session, identity.identity_id)
    assert (claim.state, claim.source, claim.unit_id) == (DECLARED, "lms", country.commune_dan_chu)
    assert open_name(claim.sealed_name, secret=SECRET) == "Họ Tên Mới"
    assert "Họ Tên" not in claim.sealed_name
    assert person_of(session, identity) is None


def test_a_unit_of_the_time_before_is_not_one_of_today(session, country, registration):
    trust(session, registration, Rule("custom.unit", "unit_code", scheme="QD124/2004"))

    identity = launch(session, registration, custom__unit="026")

    assert find_claim(session, identity.identity_id) is None


def test_what_the_learner_declared_is_not_overwritten_by_the_lms(session, country, registration):
    trust(session, registration, UNIT_RULE)
    identity = launch(session, registration)
    declare_unit(session, identity.identity_id, unit_id=country.commune_dong_van, sealed_name="", now=NOW)

    launch(session, registration, custom__unit="02500")

    assert find_claim(session, identity.identity_id).unit_id == country.commune_dong_van


def test_a_unit_that_contradicts_the_staff_list_is_reported_and_not_followed(session, country, registration):
    trust(session, registration, *STAFF_CODE_RULES, UNIT_RULE)
    identity = launch(session, registration, lis__person_sourcedid="CB-binh", custom__unit="02500")

    [conflict] = session.scalars(select(IdentityConflict))
    assert (conflict.kind, conflict.unit_id) == ("unit_differs", country.commune_dan_chu)
    post = find_primary_post(session, person_of(session, identity), on_date=TODAY)
    assert post.unit_id == country.ministry
    assert find_claim(session, identity.identity_id) is None

    launch(session, registration, lis__person_sourcedid="CB-binh")
    assert session.scalars(select(IdentityConflict)).all() == []


def test_the_province_of_an_official_of_its_commune_is_no_contradiction(session, country, registration):
    trust(session, registration, *STAFF_CODE_RULES, UNIT_RULE)

    launch(session, registration, lis__person_sourcedid="CB-chi", custom__unit="08")

    assert session.scalars(select(IdentityConflict)).all() == []


def test_several_units_in_one_launch_are_reported_and_none_is_taken(session, country, registration):
    pairs = {"1": "02500", "2": "02524"}
    trust(
        session,
        registration,
        Rule("custom.groups", "unit_code", pairs=pairs, separator=",", scheme="QD19/2025"),
    )

    identity = launch(session, registration, custom__groups="1,2")

    assert session.scalars(select(IdentityConflict.kind)).all() == ["several_units"]
    assert find_claim(session, identity.identity_id) is None


# ---- samples ----


def test_samples_are_sealed_one_per_account_and_without_the_address(session, country, registration):
    launch(session, registration, email__local_part="hanh.lt", custom__a="1")
    launch(session, registration, custom__a="2", now=NOW + timedelta(hours=1))

    [sample] = session.scalars(select(IdentitySample))
    assert "hanh" not in sample.sealed_values
    preview = try_rules(
        session, registration, NO_RULES, rules_now=NO_RULES, secret=SECRET, now=NOW + timedelta(hours=2)
    )
    assert [row.values for row in preview.rows] == [(("custom.a", "2"),)]


def test_samples_are_gone_after_seven_days(session, country, registration):
    launch(session, registration, custom__a="1")

    assert prune_samples(session, now=NOW + timedelta(days=6)) == 0
    launch(session, registration, "khac", now=NOW + timedelta(days=7))

    assert session.scalar(select(func.count()).select_from(IdentitySample)) == 1


def test_rules_are_tried_on_the_last_launches_and_nothing_is_written(session, country, registration):
    launch(session, registration, "mot", custom__code="binh", custom__unit="02500")
    launch(session, registration, "hai", custom__code="khong-co")
    launch(session, registration, "ba", custom__code="an", custom__unit="bnv")
    drafted = [Rule("custom.code", "staff_code"), MINISTRY_RULE]

    nothing = try_rules(session, registration, drafted, rules_now=NO_RULES, secret=SECRET, now=NOW)
    with_prefix = [Rule("custom.staff", "staff_code"), UNIT_RULE]
    units = try_rules(session, registration, with_prefix, rules_now=NO_RULES, secret=SECRET, now=NOW)

    assert (nothing.launches, nothing.recognised, nothing.unknown, nothing.changed) == (3, 1, 2, 1)
    assert (units.recognised, units.ambiguous, units.changed) == (1, 0, 1)
    assert nothing.rows[0].is_changed
    assert rules_in_force(session, registration).version == 0
    assert session.scalar(select(func.count()).select_from(IdentityConflict)) == 0


def test_a_trial_counts_contradictions_apart(session, country, registration):
    launch(session, registration, "mot", lis__person_sourcedid="CB-binh", custom__unit="02500")

    tried = try_rules(
        session,
        registration,
        [*STAFF_CODE_RULES, UNIT_RULE],
        rules_now=STAFF_CODE_RULES,
        secret=SECRET,
        now=NOW,
    )

    assert (tried.recognised, tried.ambiguous, tried.recognised_now, tried.changed) == (0, 1, 1, 1)


def test_samples_sealed_under_another_secret_are_passed_over(session, country, registration):
    launch(session, registration, custom__a="1")

    tried = try_rules(session, registration, NO_RULES, rules_now=NO_RULES, secret="khac", now=NOW)

    assert tried.launches == 0


# ---- versions ----


def test_every_version_stays_and_an_old_one_comes_back_as_a_new_one(session, registration):
    trust(session, registration, *STAFF_CODE_RULES)
    trust(session, registration, UNIT_RULE)

    restored = restore_rules(session, registration, version=1, seen_version=2, by="quantri", now=NOW)

    assert (restored.version, restored.rules) == (3, STAFF_CODE_RULES)
    assert [one.version for one in list_rule_versions(session, registration)] == [3, 2, 1]
    nothing = restore_rules(session, registration, version=0, seen_version=3, by="quantri", now=NOW)
    assert nothing.rules == ()
    with pytest.raises(RuleVersionUnknown):
        restore_rules(session, registration, version=9, seen_version=4, by="quantri", now=NOW)


def test_two_authors_do_not_overwrite_each_other(session, registration):
    trust(session, registration, *STAFF_CODE_RULES)

    with pytest.raises(RulesChangedMeanwhile):
        save_rules(session, registration, [UNIT_RULE], seen_version=0, note="", by="hai", now=NOW)


# ---- declared units ----


@pytest.fixture
def nobody(session, country):
    """The account that completed m1 and belongs to nobody."""
    return find_identity(session, Account(home_page=HOME_PAGE, name="khong-ai"), now=NOW)


def declare(session, identity, unit_id, *, now=NOW):
    return declare_unit(session, identity.identity_id, unit_id=unit_id, sealed_name="", now=now)


def test_a_declared_unit_counts_only_when_it_is_confirmed(session, country, nobody):
    before = completed(session, country.commune_dan_chu)
    claim = declare(session, nobody, country.commune_dan_chu)
    declared = completed(session, country.commune_dan_chu)

    confirm_claim(
        session,
        claim.claim_id,
        Confirmation(country.commune_dan_chu, full_name="Người Mới", since=date(2026, 1, 5)),
        by="unit_manager",
        now=NOW,
    )
    confirmed = completed(session, country.commune_dan_chu)

    assert (before.people, before.completed) == (declared.people, declared.completed)
    assert (confirmed.people, confirmed.accessed) == (before.people + 1, before.accessed + 1)
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_a_confirmation_is_taken_back_without_a_trace_in_the_figures(session, country, nobody):
    before = completed(session, country.commune_dan_chu)
    claim = declare(session, nobody, country.commune_dan_chu)
    given = Confirmation(country.commune_dan_chu, since=date(2026, 1, 5))
    confirm_claim(session, claim.claim_id, given, by="unit_manager", now=NOW)
    follow(session)

    withdraw_decision(session, claim.claim_id, by="unit_manager", now=NOW)

    assert completed(session, country.commune_dan_chu) == before
    assert (claim.state, person_of(session, nobody)) == (DECLARED, None)
    again = confirm_claim(session, claim.claim_id, given, by="unit_manager", now=NOW)
    assert again.state == CONFIRMED
    assert (
        session.scalar(
            select(func.count()).select_from(PersonDetail).where(PersonDetail.staff_code.like("KB-%"))
        )
        == 1
    )


def test_an_official_who_is_in_the_list_already_gets_the_account(session, country, nobody):
    claim = declare(session, nobody, country.ministry)

    confirm_claim(
        session, claim.claim_id, Confirmation(country.ministry, staff_code=" CB-binh "), by="m", now=NOW
    )

    assert person_of(session, nobody) == find_person_by_staff_code(session, "CB-binh").person_id
    assert claim.appointment_id is None


@pytest.mark.parametrize(("code", "refusal"), [("CB-khong-co", PersonUnknown), ("CB-dung", PersonElsewhere)])
def test_a_staff_code_of_nobody_or_of_another_unit_is_refused(session, country, nobody, code, refusal):
    claim = declare(session, nobody, country.ministry)

    with pytest.raises(refusal):
        confirm_claim(
            session, claim.claim_id, Confirmation(country.ministry, staff_code=code), by="m", now=NOW
        )


def test_a_manager_decides_what_the_page_showed(session, country, nobody):
    claim = declare(session, nobody, country.commune_dan_chu)
    declare(session, nobody, country.commune_dong_van)

    with pytest.raises(ClaimChanged):
        confirm_claim(session, claim.claim_id, Confirmation(country.commune_dan_chu), by="m", now=NOW)
    with pytest.raises(ClaimChanged):
        reject_claim(
            session, claim.claim_id, seen_unit_id=country.commune_dan_chu, by="m", reason="", now=NOW
        )


def test_what_is_decided_is_decided_once(session, country, nobody):
    claim = declare(session, nobody, country.ministry)
    rejected = reject_claim(
        session, claim.claim_id, seen_unit_id=country.ministry, by="m", reason="Không biết", now=NOW
    )

    assert (rejected.state, rejected.reason) == (REJECTED, "Không biết")
    with pytest.raises(ClaimDecided):
        confirm_claim(session, claim.claim_id, Confirmation(country.ministry), by="m", now=NOW)
    with pytest.raises(ClaimUnknown):
        reject_claim(session, 999_999, seen_unit_id=1, by="m", reason="x", now=NOW)
    withdraw_decision(session, claim.claim_id, by="m", now=NOW)
    with pytest.raises(ClaimDecided):
        withdraw_decision(session, claim.claim_id, by="m", now=NOW)


def test_a_corrected_unit_counts_in_the_old_one_until_the_new_one_confirms(session, country, nobody):
    claim = declare(session, nobody, country.commune_dan_chu)
    first = Confirmation(country.commune_dan_chu, since=date(2026, 1, 5))
    confirm_claim(session, claim.claim_id, first, by="m", now=NOW)
    declare(session, nobody, country.commune_dong_van)
    between = completed(session, country.commune_dan_chu).accessed

    second = Confirmation(country.commune_dong_van, since=date(2026, 1, 5))
    confirm_claim(session, claim.claim_id, second, by="n", now=NOW)

    assert (between, completed(session, country.commune_dan_chu).accessed) == (1, 0)
    assert completed(session, country.commune_dong_van).accessed == 2
    posts = session.scalars(
        select(Appointment).where(Appointment.person_id == person_of(session, nobody))
    ).all()
    assert [post.unit_id for post in posts] == [country.commune_dong_van]


def test_a_post_cannot_begin_before_its_unit(session, country, nobody):
    claim = declare(session, nobody, country.commune_dan_chu)

    given = Confirmation(country.commune_dan_chu, since=date(2020, 1, 1))
    with pytest.raises(UnitNotInForce):
        confirm_claim(session, claim.claim_id, given, by="m", now=NOW)


def test_only_units_of_today_can_be_declared(session, country, nobody):
    with pytest.raises(UnitNotInForce):
        declare(session, nobody, country.old_district)
    with pytest.raises(UnitUnknown):
        declare(session, nobody, country.nation)
    with pytest.raises(UnitUnknown):
        declare(session, nobody, 999_999)


def test_whom_the_staff_list_knows_declares_nothing(session, country):
    known = find_identity(session, Account(home_page=HOME_PAGE, name="an"), now=NOW)

    with pytest.raises(AccountKnown):
        declare(session, known, country.commune_dan_chu)


def test_the_unit_changes_a_few_times_a_month_only(session, country, nobody):
    units = [country.commune_dan_chu, country.commune_dong_van]
    for number in range(MOST_DECLARATIONS):
        declare(session, nobody, units[number % 2])

    with pytest.raises(TooManyDeclarations):
        declare(session, nobody, units[MOST_DECLARATIONS % 2])
    declare(session, nobody, units[MOST_DECLARATIONS % 2], now=NOW + timedelta(days=31))


def test_declaring_the_same_again_changes_nothing(session, country, nobody):
    claim = declare(session, nobody, country.ministry)
    declare(session, nobody, country.ministry, now=NOW + timedelta(days=1))

    assert claim.declared_at == NOW
    assert session.scalar(select(func.count()).select_from(UnitClaimEvent)) == 1


def test_who_skipped_is_asked_again_later_and_who_declared_is_not(session, country, nobody):
    week = timedelta(days=7)
    asked = [should_ask(session, nobody, again_after=week, now=NOW)]
    skip_choice(session, nobody.identity_id, now=NOW)
    asked += [
        should_ask(session, nobody, again_after=week, now=NOW + timedelta(days=days)) for days in (6, 7)
    ]
    declare(session, nobody, country.ministry)
    asked.append(should_ask(session, nobody, again_after=week, now=NOW + timedelta(days=99)))

    assert asked == [True, False, True, False]


def test_a_manager_sees_the_claims_of_the_own_subtree(session, country, nobody):
    declare(session, nobody, country.commune_dan_chu)

    seen = {
        name: count_claims(session, root_id=root, state=DECLARED)
        for name, root in (("province", country.province), ("ministry", country.ministry), ("all", None))
    }

    assert seen == {"province": 1, "ministry": 0, "all": 1}
    assert len(list_claims(session, root_id=country.province, state=DECLARED, offset=0, limit=9)) == 1


# ---- moves ----


def test_a_move_is_previewed_done_counted_and_taken_back(session, country, nobody):
    binh = find_person_by_staff_code(session, "CB-binh").person_id
    before = completed(session, country.ministry)
    [module] = preview_move(session, nobody.identity_id, person_id=binh).modules

    move = move_account(session, nobody.identity_id, person_id=binh, by="quantri", now=NOW)
    moved = completed(session, country.ministry)
    undo_move(session, move.move_id, by="quantri", now=NOW)

    assert (module.to_before, module.statements) == (None, 1)
    assert module.to_after is not None
    assert moved.accessed == before.accessed + 1
    assert completed(session, country.ministry) == before
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_a_preview_says_what_the_giver_loses_and_the_getter_keeps(session, country):
    an = session.scalars(select(ActorIdentity).where(ActorIdentity.account_name == "an")).one()
    chi = find_person_by_staff_code(session, "CB-chi").person_id

    preview = preview_move(session, an.identity_id, person_id=chi)

    first = preview.modules[0]
    assert first.from_before is not None
    assert first.from_after is None
    assert first.to_after == first.to_before == date(2024, 5, 1)


def test_a_move_is_taken_back_once_and_only_while_it_holds(session, country, nobody):
    binh = find_person_by_staff_code(session, "CB-binh").person_id
    chi = find_person_by_staff_code(session, "CB-chi").person_id
    first = move_account(session, nobody.identity_id, person_id=binh, by="quantri", now=NOW)
    second = move_account(session, nobody.identity_id, person_id=chi, by="quantri", now=NOW)

    with pytest.raises(MoveNotUndoable):
        undo_move(session, first.move_id, by="quantri", now=NOW)
    undo_move(session, second.move_id, by="quantri", now=NOW)
    with pytest.raises(MoveNotUndoable):
        undo_move(session, second.move_id, by="quantri", now=NOW)
    assert move_account(session, nobody.identity_id, person_id=binh, by="quantri", now=NOW) is None


# ---- suggestions ----


def test_a_code_that_the_register_learned_later_is_suggested(session, country, registration):
    trust(session, registration, *STAFF_CODE_RULES)
    identity = launch(session, registration, lis__person_sourcedid="CB-tuong-lai")
    assert suggest_links(session) == []

    register_person(session, staff_code="CB-tuong-lai", full_name="Sau Này", now=NOW)

    [found] = suggest_links(session)
    assert (found.identity_id, found.because) == (identity.identity_id, "staff_code")


def test_two_accounts_with_one_address_are_suggested_where_digests_are_kept(session, country, registration):
    trust(session, registration, *STAFF_CODE_RULES)
    launch(session, registration, "mot", lis__person_sourcedid="CB-an", email="An@NoiVu.example")
    second = launch(session, registration, "hai", email="an@noivu.example")
    launch(session, registration, "ba", email="khac@noivu.example")

    [found] = suggest_links(session)

    assert (found.identity_id, found.staff_code, found.because) == (second.identity_id, "CB-an", "email")
    digests = set(session.scalars(select(IdentityEvidence.email_digest)))
    assert not any("noivu" in one for one in digests)


def test_without_digests_nothing_is_kept_of_an_address(session, country, registration):
    launch(session, registration, "hai", email="")

    assert session.scalars(select(IdentityEvidence)).all() == []
