"""An erasure reaches what stands beside the records: declarations, rosters, samples, exports, copies."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.identity.models import IdentityConflict, IdentityEvidence, IdentitySample
from lti_tool.launch.erasure import OpenedLaunches
from sync.exports.erasing import ExportFiles
from sync.exports.models import Export
from sync.intake.erasing import RefusedStatements
from sync.intake.models import StatementProvenance
from sync.intake.sources import NewSource, add_source
from sync.intake.taking import take_statements
from sync.models import CourseRoster, QuizResult, RosterMember
from sync.organization.claim_models import AccountMove, UnitClaim, UnitClaimEvent
from sync.organization.models import ActorIdentity
from sync.organization.staff import register_person
from sync.privacy.carrying_out import Advance, Tools, advance_erasure
from sync.privacy.erasures import Order, confirm_erasure, counts_of, get_erasure, order_erasure
from sync.privacy.subjects import find_subject_by_staff_code
from tests.factories.erasure import KEY, places_that_hold
from tests.factories.exports import ask, make_desk, make_settings
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
    record,
)
from tests.factories.lti import FakePlatform, create_platform

NOW = NOON + timedelta(days=3)
ACCOUNT = "hv-an-4f1c2d3e9a"
TOOLS = Tools(key=KEY, launches=OpenedLaunches(), neighbours=(ExportFiles(), RefusedStatements()))
ORDER = Order("CV-18/2026", "Đơn ngày 12/11/2026", "erase", anonymises_person=True)


@pytest.fixture
def official(opened) -> int:
    """An official who learned, declared a unit, was moved, sampled, and stands on a roster."""
    with opened() as session:
        tree = create_small_tree(session)
        person = register_person(session, staff_code="CB-AN-0017", full_name="Nguyễn Thị An", now=NOON)
        create_appointment(session, person.person_id, tree.commune_a)
        create_identity(session, ACCOUNT, person_id=person.person_id)
        record(session, make_opened(ACCOUNT), make_completed(ACCOUNT))
        platform = create_platform(session, FakePlatform(), now=NOON)
        identity_id = session.scalars(
            select(ActorIdentity.identity_id).where(ActorIdentity.account_name == ACCOUNT)
        ).one()
        leave_traces(session, identity_id, person.person_id, platform.id, tree.commune_a)
        return identity_id


def leave_traces(session, identity_id, person_id, registration_id, unit_id) -> None:
    claim = UnitClaim(
        identity_id=identity_id, unit_id=unit_id, state="declared", source="learner", declared_at=NOON
    )
    session.add(claim)
    session.flush()
    roster = CourseRoster(
        platform_registration_id=registration_id, course_id="2", memberships_url="https://lms/m", due_at=NOON
    )
    session.add(roster)
    session.flush()
    session.add_all(
        [
            UnitClaimEvent(claim_id=claim.claim_id, happened_at=NOON, what="declared", unit_id=unit_id),
            AccountMove(identity_id=identity_id, to_person_id=person_id, moved_at=NOON, by="quan-tri"),
            IdentitySample(
                registration_id=registration_id, identity_id=identity_id, taken_at=NOON, sealed_values="x"
            ),
            IdentityConflict(
                identity_id=identity_id, registration_id=registration_id, kind="unit_differs", seen_at=NOON
            ),
            IdentityEvidence(identity_id=identity_id, staff_code="CB-AN-0017", seen_at=NOON),
            RosterMember(
                roster_id=roster.roster_id,
                account_name=ACCOUNT,
                account_home_page=HOME_PAGE,
                status="active",
                seen_reading=1,
                first_seen_at=NOON,
                seen_at=NOON,
            ),
            QuizResult(
                statement_id=uuid4(),
                registration=make_registration(ACCOUNT),
                scaled=0.5,
                reached_at=NOON,
            ),
        ]
    )


def erase(opened) -> int:
    with opened() as session:
        subject = find_subject_by_staff_code(session, "CB-AN-0017", key=KEY)
        erasure_id = order_erasure(
            session, subject, ORDER, by="quan-tri", iri_base=IRI_BASE, key=KEY, now=NOW
        ).erasure_id
        confirm_erasure(
            session, erasure_id, typed_reference="CV-18/2026", by="truong-phong", key=KEY, now=NOW
        )
    while True:
        with opened() as session:
            if advance_erasure(session, erasure_id, TOOLS, now=NOW, limit=5) is Advance.DONE:
                return erasure_id


def test_declarations_samples_and_rosters_forget_the_person(opened, engine, official):
    erase(opened)

    with opened() as session:
        for table in (
            UnitClaim, UnitClaimEvent, AccountMove, IdentitySample, IdentityConflict, IdentityEvidence,
            RosterMember,
        ):  # fmt: skip
            assert session.scalars(select(table)).all() == []
        assert session.get(ActorIdentity, official) is None
        assert session.scalars(select(QuizResult.scaled)).all() == [0.5]
    traces = [ACCOUNT, "CB-AN-0017", "Nguyễn Thị An", str(make_registration(ACCOUNT))]
    assert places_that_hold(engine, traces) == []


def test_exports_and_refused_copies_do_not_outlive_the_person(opened, engine, official, tmp_path):
    ask(make_desk(engine, make_settings(tmp_path)))
    actor = {"account": {"homePage": HOME_PAGE, "name": ACCOUNT}}
    said = {"verb": {"id": "https://cchc.example/v"}, "object": {"id": "https://cchc.example/a"}}
    with opened() as session:
        new = NewSource(name="he-thong-cu", title="Hệ thống cũ")
        source = add_source(session, new, secret="x" * 32, now=NOON)
        vouched = {"id": str(uuid4()), "actor": actor, **said, "authority": actor}
        taken = take_statements(
            session,
            source,
            [json.dumps(vouched).encode(), json.dumps({"actor": actor, "verb": said["verb"]}).encode()],
            iri_base=IRI_BASE,
            now=NOON,
        )
        assert (taken.accepted, taken.rejected) == (1, 1)

    erasure_id = erase(opened)

    with opened() as session:
        counts = counts_of(get_erasure(session, erasure_id))
        assert session.scalars(select(Export.state)).all() == ["cancelled"]
        assert session.scalars(select(StatementProvenance.original_authority)).all() == [""]
    assert (counts["export_files"], counts["refused_statements"], counts["original_authorities"]) == (1, 1, 1)
    assert places_that_hold(engine, [ACCOUNT]) == []
