"""Erasing a person from the whole house: nothing names the person, and every count is what it was."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_packages.assessment.models import Attempt
from content_packages.library.models import ContentVersion
from content_packages.player.models import ModuleProgress
from lti_tool.launch.erasure import OpenedLaunches
from sync.followers import follow_once
from sync.forwarding.models import ForwardedStatement, ForwardingTarget, OutgoingStatement
from sync.models import ExpectedScore, FinalResult, OutgoingScore
from sync.organization.models import ActorIdentity, PersonDetail
from sync.organization.staff import register_person
from sync.privacy.carrying_out import Advance, Tools, advance_erasure, carry_out
from sync.privacy.erasures import (
    Order,
    cancel_erasure,
    confirm_erasure,
    counts_of,
    find_erasure,
    get_erasure,
    order_erasure,
)
from sync.privacy.preview import preview_erasure
from sync.privacy.subjects import find_subject_by_agent, find_subject_by_staff_code
from sync.privacy.targets import confirm_target, list_for_operator, list_targets_of, note_voided
from sync.privacy_errors import (
    ErasureIncomplete,
    ErasureNotConfirmed,
    ErasureNotOpen,
    ErasureReferenceTaken,
    SubjectMalformed,
    SubjectUnknown,
)
from sync.rollups.follower import rollups_follower
from sync.rollups.models import PersonModule, UnitCount
from sync.rollups.verify import verify_rollups
from tests.factories.erasure import KEY, places_that_hold
from tests.factories.learning import (
    HOME_PAGE,
    IRI_BASE,
    NOON,
    create_appointment,
    create_identity,
    create_small_tree,
    make_completed,
    make_opened,
    make_registration,
    make_result,
    record,
)
from tests.factories.statements import make_agent, make_statement
from xapi_bridge.store.archive import (
    find_archives,
    mark_keys,
    note_archive,
    note_removed,
    remove_month,
    write_month,
)
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.partitions import month_from_text
from xapi_bridge.store.restore import chunks_of, find_archive_of, note_restored, restore_chunk

NOW = NOON + timedelta(days=3)
ACCOUNT, SECOND, OTHER = "hv-an-4f1c2d3e9a", "hv-an-00ff00ff00", "hv-binh-77777777"
TOOLS = Tools(key=KEY, launches=OpenedLaunches())
ORDER = Order("CV-17/2026", "Đơn ngày 12/11/2026", "erase", anonymises_person=True)


@pytest.fixture
def official(opened) -> int:
    """An official with two accounts, beside another one; both have learned, and all is counted."""
    with opened() as session:
        tree = create_small_tree(session)
        person = register_person(session, staff_code="CB-AN-0017", full_name="Nguyễn Thị An", now=NOON)
        create_appointment(session, person.person_id, tree.commune_a).position = "Chuyên viên An"
        other = register_person(session, staff_code="CB-BINH", full_name="Lê Văn Bình", now=NOON)
        create_appointment(session, other.person_id, tree.commune_b)
        for name in (ACCOUNT, SECOND):
            create_identity(session, name, person_id=person.person_id)
        create_identity(session, OTHER, person_id=other.person_id)
        record(session, make_opened(ACCOUNT), make_completed(ACCOUNT), make_result(0.7, ACCOUNT))
        record(session, make_completed(SECOND, "m2"), make_completed(OTHER), make_result(0.9, OTHER))
        record(
            session,
            make_statement(
                actor={"name": "Nguyễn Thị An", **make_agent(ACCOUNT)},
                timestamp="2026-11-10T05:00:00Z",
                result={"response": "số điện thoại của tôi"},
                context={"registration": str(make_registration(ACCOUNT))},
            ),
            make_statement(actor=make_agent(OTHER), context={"instructor": make_agent(ACCOUNT)}),
        )
        return person.person_id


def count(opened) -> None:
    with opened() as session:
        while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=500, now=NOW):
            pass


def cells(session: Session) -> list[tuple]:
    columns = list(UnitCount.__table__.columns)
    return sorted(tuple(row) for row in session.execute(select(*columns)))


def states(session: Session) -> list[tuple]:
    columns = list(PersonModule.__table__.columns)
    return sorted((tuple(row) for row in session.execute(select(*columns))), key=str)


def order(session: Session, order: Order = ORDER) -> int:
    subject = find_subject_by_staff_code(session, "CB-AN-0017", key=KEY)
    return order_erasure(
        session, subject, order, by="quan-tri", iri_base=IRI_BASE, key=KEY, now=NOW
    ).erasure_id


def confirm(session: Session, erasure_id: int) -> None:
    confirm_erasure(session, erasure_id, typed_reference="CV-17/2026", by="truong-phong", key=KEY, now=NOW)


def erase(opened, *, chunk: int = 2, how: Order = ORDER) -> int:
    with opened() as session:
        erasure_id = order(session, how)
    with opened() as session:
        confirm(session, erasure_id)
    while True:
        with opened() as session:
            if advance_erasure(session, erasure_id, TOOLS, now=NOW, limit=chunk) is Advance.DONE:
                return erasure_id


@pytest.mark.parametrize("kind", ["pseudonymise", "erase"])
def test_counts_stay_and_nothing_names_the_person(opened, engine, official, kind):
    count(opened)
    with opened() as session:
        before = cells(session), states(session)

    erasure_id = erase(opened, how=Order("CV-17/2026", "Đơn", kind, anonymises_person=True))

    with opened() as session:
        assert (cells(session), states(session)) == before
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert report.agree, report.differences
        done = get_erasure(session, erasure_id)
        assert (done.state, done.subject, done.confirmed_by) == ("finished", "", "truong-phong")
        assert counts_of(done)["own_statements"] == 5
        assert counts_of(done)["other_statements"] == 1
        assert counts_of(done)["accounts"] == 2
    traces = [
        ACCOUNT,
        SECOND,
        "CB-AN-0017",
        "Nguyễn Thị An",
        "Chuyên viên An",
        str(make_registration(ACCOUNT)),
    ]
    assert places_that_hold(engine, [*traces, make_registration(ACCOUNT).hex]) == []


def test_followers_may_run_between_any_two_chunks(opened, official):
    with opened() as session:
        erasure_id = order(session)
        confirm(session, erasure_id)

    advanced = Advance.MORE
    while advanced is not Advance.DONE:
        with opened() as session:
            advanced = advance_erasure(session, erasure_id, TOOLS, now=NOW, limit=1)
        with opened() as session:
            follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=2, now=NOW)
            report = verify_rollups(session, iri_base=IRI_BASE)
            assert report.agree, report.differences

    count(opened)
    with opened() as session:
        assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_learning_that_goes_on_meanwhile_is_new_and_counted(opened, official):
    count(opened)
    with opened() as session:
        erasure_id = order(session)
        confirm(session, erasure_id)
        advance_erasure(session, erasure_id, TOOLS, now=NOW, limit=1)
    with opened() as session:
        record(session, make_completed(ACCOUNT, "m3", at=NOW + timedelta(hours=1)), now=NOW)
    count(opened)

    with opened() as session:
        while advance_erasure(session, erasure_id, TOOLS, now=NOW) is not Advance.DONE:
            pass

    with opened() as session:
        assert verify_rollups(session, iri_base=IRI_BASE).agree
        kept = session.scalars(select(ActorIdentity.account_name).order_by(ActorIdentity.account_name)).all()
        assert [name for name in kept if name.startswith("hv-an")] == [ACCOUNT]


def test_what_was_learned_before_and_arrives_later_joins_the_pseudonym(opened, engine, official):
    count(opened)
    erase(opened)

    with opened() as session:
        record(session, make_completed(ACCOUNT, "m9"), now=NOW + timedelta(days=1))
    count(opened)

    with opened() as session:
        assert verify_rollups(session, iri_base=IRI_BASE).agree
        credited = session.scalars(
            select(PersonModule.person_id).where(PersonModule.module_iri.like("%/m9"))
        ).all()
        assert credited == [official]
    assert places_that_hold(engine, [ACCOUNT]) == []


def test_the_registry_keeps_the_official_unless_that_is_asked_for(opened, official):
    erase(opened, how=Order("CV-17/2026", "Đơn", "erase"))

    with opened() as session:
        assert session.get(PersonDetail, official).full_name == "Nguyễn Thị An"


def test_scores_on_their_way_to_the_lms_are_forgotten_and_the_best_result_stays(opened, engine, official):
    registration = make_registration(ACCOUNT)
    target = {
        "platform_registration_id": 1,
        "line_item_url": "https://lms.example/items/1",
        "lms_user_id": "lms-user-4711",
        "score_maximum": 10.0,
    }
    with opened() as session:
        session.add(ExpectedScore(registration=registration, named_at=NOON, **target))
        session.add(FinalResult(registration=registration, best_scaled=0.7, reached_at=NOON))
        session.add(OutgoingScore(best_scaled=0.7, scored_at=NOON, due_at=NOON, **target))

    erase(opened)

    with opened() as session:
        assert session.scalar(select(FinalResult.best_scaled)) == 0.7
        assert session.scalar(select(func.count()).select_from(OutgoingScore)) == 0
    assert places_that_hold(engine, ["lms-user-4711", str(registration)]) == []


def test_attempts_keep_their_score_and_what_helps_to_resume_is_gone(opened, engine, official):
    with opened() as session:
        session.add(
            ContentVersion(
                digest="sha256-1",
                package_id="cchc",
                version="1.0.0",
                title="t",
                canonical="{}",
                published_at=NOON,
            )
        )
        session.flush()
        learner = {"home_page": HOME_PAGE, "name": ACCOUNT, "registration": make_registration(ACCOUNT)}
        shared = {"package_id": "cchc", "package_digest": "sha256-1", "quiz_id": "z1", "seed": 1}
        ended = {"state": "finished", "score": 0.7, "passed": True}
        session.add(Attempt(number=1, started_at=NOON, finished_at=NOON, **ended, **shared, **learner))
        session.add(Attempt(number=2, started_at=NOON, **shared, **learner))
        session.add(ModuleProgress(package_id="cchc", module_id="m1", started_at=NOON, **learner))

    erase(opened)

    with opened() as session:
        assert session.execute(select(Attempt.number, Attempt.score)).all() == [(1, 0.7)]
        assert session.scalars(select(ModuleProgress.id)).all() == []
    assert places_that_hold(engine, [ACCOUNT]) == []


def create_target(session: Session) -> int:
    target = ForwardingTarget(
        name="LRS Bộ", endpoint="https://lrs.example", key="k", sealed_secret="s", version="1.0.3",
        filters="{}", pseudonymous=False, names_allowed=False, sealed_pseudonym_key="s", batch_statements=50,
        batch_bytes=10**6, start_seq=0, created_at=NOON,
    )  # fmt: skip
    session.add(target)
    session.flush()
    return target.target_id


def give_everything(session: Session, target_id: int) -> None:
    for seq in session.scalars(select(StatementRow.seq)).all():
        session.add(ForwardedStatement(target_id=target_id, seq=seq, delivered_at=NOON))


def test_targets_are_asked_to_void_what_they_were_given_of_the_person(opened, official):
    with opened() as session:
        target_id = create_target(session)
        give_everything(session, target_id)

    erasure_id = erase(opened)

    with opened() as session:
        asked = session.scalars(select(OutgoingStatement).where(OutgoingStatement.seq < 0)).all()
        (state,) = list_targets_of(session, erasure_id)
        listed = list_for_operator(session, erasure_id, target_id).splitlines()
        assert len(asked) == 5
        assert (state.state, state.statements, len(listed)) == ("asked", 5, 7)
        assert sum(line.endswith(",remove the person") for line in listed) == 1

    with opened() as session:
        for one in asked:
            session.add(ForwardedStatement(target_id=target_id, seq=one.seq, delivered_at=NOW))
        session.flush()
        assert note_voided(session, now=NOW) == 1
        confirm_target(session, erasure_id, target_id, note="Công văn 20", by="quan-tri", now=NOW)
        (state,) = list_targets_of(session, erasure_id)
        assert (state.state, state.statement_ids, state.confirmed_by) == ("confirmed", "", "quan-tri")


def test_a_statement_that_is_being_sent_is_waited_for(opened, official):
    with opened() as session:
        target_id = create_target(session)
        seq, statement_id = session.execute(
            select(StatementRow.seq, StatementRow.statement_id).order_by(StatementRow.seq).limit(1)
        ).one()
        session.add(
            OutgoingStatement(
                target_id=target_id, seq=seq, statement_id=statement_id, actor_key=b"0" * 16, queued_at=NOON,
                due_at=NOW + timedelta(minutes=5), is_claimed=True, claims=1,
            )
        )  # fmt: skip
        erasure_id = order(session)
        confirm(session, erasure_id)

    carry_out(opened, TOOLS, clock=lambda: NOW, most_chunks=100)
    with opened() as session:
        assert get_erasure(session, erasure_id).step == "targets"
    carry_out(opened, TOOLS, clock=lambda: NOW + timedelta(minutes=6), most_chunks=100)

    with opened() as session:
        assert get_erasure(session, erasure_id).state == "finished"
        assert list_targets_of(session, erasure_id)[0].statements == 1


def test_a_preview_says_what_would_happen_and_changes_nothing(opened, engine, official):
    with opened() as session:
        give_everything(session, create_target(session))
        erasure_id = order(session)
    before = places_that_hold(engine, [ACCOUNT])

    with opened() as session:
        preview = preview_erasure(session, erasure_id)

    assert (preview.own, preview.others, preview.accounts) == (5, 1, 2)
    assert preview.targets == [("LRS Bộ", 6)]
    assert places_that_hold(engine, [ACCOUNT]) == before


def test_only_the_typed_reference_begins_the_work(opened, official):
    with opened() as session:
        erasure_id = order(session)

    with opened() as session, pytest.raises(ErasureNotConfirmed):
        confirm_erasure(session, erasure_id, typed_reference="CV-18", by="x", key=KEY, now=NOW)

    with opened() as session:
        assert get_erasure(session, erasure_id).state == "ordered"


def test_a_cancelled_request_forgets_the_person_and_a_begun_one_cannot_be_cancelled(opened, engine, official):
    with opened() as session:
        cancelled = order(session)
        cancel_erasure(session, cancelled)
        begun = order(session, Order("CV-19", "Đơn", "erase"))
        confirm_erasure(session, begun, typed_reference="CV-19", by="x", key=KEY, now=NOW)

    with opened() as session, pytest.raises(ErasureNotOpen):
        cancel_erasure(session, begun)

    with opened() as session:
        assert get_erasure(session, cancelled).subject == ""
        with pytest.raises(ErasureNotOpen):
            preview_erasure(session, cancelled)


def test_a_pseudonymised_person_can_be_erased_later_by_the_old_identifier(opened, official):
    erase(opened, how=Order("CV-17/2026", "Đơn", "pseudonymise"))
    agent = json.dumps({"account": {"homePage": HOME_PAGE, "name": ACCOUNT}})

    with opened() as session:
        subject = find_subject_by_agent(session, agent, key=KEY)
        second = order_erasure(
            session, subject, Order("CV-20", "Đơn", "erase"), by="x", iri_base=IRI_BASE, key=KEY, now=NOW
        ).erasure_id
        confirm_erasure(session, second, typed_reference="CV-20", by="x", key=KEY, now=NOW)
    carry_out(opened, TOOLS, clock=lambda: NOW, most_chunks=100)

    with opened() as session:
        assert counts_of(get_erasure(session, second))["own_statements"] == 5
    count(opened)
    with opened() as session:
        assert verify_rollups(session, iri_base=IRI_BASE).agree


@pytest.mark.parametrize(
    "written", ["", "{}", "[]", '{"mbox":"a@b.vn"}', '{"mbox":"mailto:a@b.vn","openid":"x:y"}']
)
def test_a_subject_that_is_not_one_agent_is_refused(opened, written):
    with opened() as session, pytest.raises(SubjectMalformed):
        find_subject_by_agent(session, written, key=KEY)


def test_an_unknown_staff_code_is_refused(opened):
    with opened() as session, pytest.raises(SubjectUnknown):
        find_subject_by_staff_code(session, "CB-KHONG", key=KEY)


@pytest.mark.parametrize(
    ("reference", "basis"), [("", "Đơn"), ("x" * 81, "Đơn"), ("CV-1", " "), ("CV\n1", "Đơn")]
)
def test_a_request_without_reference_or_basis_is_refused(opened, official, reference, basis):
    with opened() as session, pytest.raises(ErasureIncomplete):
        order(session, Order(reference, basis, "erase"))


def test_two_requests_cannot_share_a_reference(opened, official):
    with opened() as session:
        order(session)

    with opened() as session, pytest.raises(ErasureReferenceTaken):
        order(session)


def test_an_mbox_that_was_not_counted_does_not_begin_to_count(opened):
    mail = {"mbox": "mailto:an.nguyen@moha.gov.vn"}
    with opened() as session:
        sent = json.loads(make_completed("x").raw)
        record(session, make_statement(**{**sent, "id": str(uuid4()), "actor": mail}))
    count(opened)
    with opened() as session:
        subject = find_subject_by_agent(session, json.dumps(mail), key=KEY)
        made = order_erasure(
            session, subject, Order("CV-1", "Đơn", "erase"), by="x", iri_base=IRI_BASE, key=KEY, now=NOW
        )
        confirm_erasure(session, made.erasure_id, typed_reference="CV-1", by="x", key=KEY, now=NOW)

    carry_out(opened, TOOLS, clock=lambda: NOW, most_chunks=100)

    with opened() as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert (report.agree, report.facts) == (True, 0)
        assert find_erasure(session, "CV-1").state == "finished"


def test_an_archived_month_is_erased_when_it_comes_back(opened, engine, official, tmp_path):
    count(opened)
    month = month_from_text("2026-11")
    with opened() as session:
        written = write_month(session, month, tmp_path)
        note_archive(session, written, now=NOW)
        (archive,) = find_archives(session)
        after: int | None = 0
        while after is not None:
            after = mark_keys(session, archive, after=after)
        while not remove_month(session, archive, tmp_path):
            pass
        note_removed(session, archive, now=NOW)

    erasure_id = erase(opened)
    with opened() as session:
        assert get_erasure(session, erasure_id).archives == written.path.name
        assert verify_rollups(session, iri_base=IRI_BASE, archive_folder=tmp_path).agree
        archive = find_archive_of(session, written.path)
    for rows in chunks_of(written.path):
        with opened() as session:
            restore_chunk(session, archive, rows)
    with opened() as session:
        note_restored(session, archive, now=NOW)

    assert places_that_hold(engine, [ACCOUNT, SECOND, "Nguyễn Thị An"]) == []
    with opened() as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert report.agree, report.differences


def test_rooms_that_keep_copies_are_asked_with_every_identifier(opened, official):
    class Copies:
        def __init__(self) -> None:
            self.asked: list[tuple[set, tuple]] = []

        def erase_person(self, session, identifiers, texts, *, now):
            self.asked.append((set(identifiers), tuple(texts)))
            return {"copies": 2}

    copies = Copies()
    with opened() as session:
        erasure_id = order(session)
        confirm(session, erasure_id)

    carry_out(opened, replace(TOOLS, neighbours=(copies,)), clock=lambda: NOW, most_chunks=100)

    named = {("account", HOME_PAGE, ACCOUNT), ("account", HOME_PAGE, SECOND)}
    assert copies.asked == [(named, (SECOND, ACCOUNT))]
    with opened() as session:
        assert counts_of(get_erasure(session, erasure_id))["copies"] == 2
