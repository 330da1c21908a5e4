"""A small administration and its learners: units, people with posts and accounts, statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4, uuid5

import msgspec
from sqlalchemy.orm import Session

from sync.organization.models import (
    COMMAND,
    OPEN_END,
    ActorIdentity,
    Appointment,
    Person,
    Unit,
    UnitClosure,
)
from xapi_bridge.statement import Account, Statement, parse_statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate import Enrolment, NamedActivity
from xapi_bridge.translate.attempt import AttemptScore, quiz_passed_or_failed
from xapi_bridge.translate.lesson import module_completed, module_initialized
from xapi_bridge.vocabulary import adl, cchc

IRI_BASE = "https://cchc.example/"
HOME_PAGE = "https://lms.example"
AUTHORITY = Account(home_page=IRI_BASE, name="cchc-tool")
NOON = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
_REGISTRATIONS = UUID("0d4d2a52-4d5d-5f4e-9d4e-3a1d6c6f7a10")


def make_account(name: str = "hoc-vien-1") -> Account:
    return Account(home_page=HOME_PAGE, name=name)


def make_registration(name: str = "hoc-vien-1") -> UUID:
    return uuid5(_REGISTRATIONS, name)


def make_enrolment(name: str = "hoc-vien-1", *, registration: UUID | None = None) -> Enrolment:
    package = NamedActivity(cchc.package_iri(IRI_BASE, "cchc"), "Cải cách hành chính", adl.COURSE)
    return Enrolment(
        learner=make_account(name),
        registration=registration or make_registration(name),
        package=package,
        package_version="sha256-1",
        iri_base=IRI_BASE,
    )


def make_module(module: str = "m1") -> NamedActivity:
    return NamedActivity(cchc.module_iri(IRI_BASE, "cchc", module), f"Chuyên đề {module}", adl.MODULE)


def make_quiz(quiz: str = "z1") -> NamedActivity:
    return NamedActivity(cchc.quiz_iri(IRI_BASE, "cchc", quiz), f"Bài kiểm tra {quiz}", adl.ASSESSMENT)


def make_opened(
    name: str = "hoc-vien-1", module: str = "m1", *, at: datetime = NOON, event: str = ""
) -> Statement:
    return module_initialized(
        make_enrolment(name), make_module(module), event_id=event or str(uuid4()), at=at
    )


def make_completed(
    name: str = "hoc-vien-1", module: str = "m1", *, at: datetime = NOON, event: str = ""
) -> Statement:
    return module_completed(make_enrolment(name), make_module(module), event_id=event or str(uuid4()), at=at)


def make_result(
    scaled: float = 0.8,
    name: str = "hoc-vien-1",
    module: str = "m1",
    *,
    at: datetime = NOON,
    event: str = "",
    registration: UUID | None = None,
) -> Statement:
    return quiz_passed_or_failed(
        make_enrolment(name, registration=registration),
        make_quiz(),
        AttemptScore(raw=scaled * 10, maximum=10, passed=scaled >= 0.5),
        parents=[make_module(module)],
        event_id=event or str(uuid4()),
        at=at,
    )


def make_voiding(target: UUID, *, statement_id: UUID | None = None) -> Statement:
    return parse_statement(
        msgspec.json.encode(
            {
                "id": str(statement_id or uuid4()),
                "actor": {"account": {"homePage": IRI_BASE, "name": "quan-tri"}},
                "verb": {"id": adl.VOIDED},
                "object": {"objectType": "StatementRef", "id": str(target)},
            }
        )
    )


def record(session: Session, *statements: Statement, now: datetime = NOON) -> list[UUID]:
    return record_statements(session, statements, authority=AUTHORITY, now=now)


@dataclass(frozen=True)
class SmallTree:
    """A country with one province of two communes, and a ministry."""

    country: int
    province: int
    commune_a: int
    commune_b: int
    ministry: int

    @property
    def leaves(self) -> Sequence[int]:
        return (self.commune_a, self.commune_b, self.ministry)


def create_small_tree(session: Session) -> SmallTree:
    country = create_unit(session, "VN", "national", above=[])
    province = create_unit(session, "08", "province", above=[country])
    commune_a = create_unit(session, "00001", "commune", above=[province, country])
    commune_b = create_unit(session, "00002", "commune", above=[province, country])
    ministry = create_unit(session, "TW01", "central", above=[country])
    return SmallTree(country, province, commune_a, commune_b, ministry)


def create_person(session: Session, pseudonym: str) -> int:
    person = Person(pseudonym=pseudonym, created_at=NOON)
    session.add(person)
    session.flush()
    return person.person_id


def create_appointment(
    session: Session,
    person_id: int,
    unit_id: int,
    *,
    valid_from: date = date(2020, 1, 1),
    valid_to: date = OPEN_END,
) -> Appointment:
    post = Appointment(
        person_id=person_id,
        unit_id=unit_id,
        staff_category="cong_chuc",
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=NOON,
    )
    session.add(post)
    session.flush()
    return post


def create_identity(session: Session, name: str, *, person_id: int | None = None) -> ActorIdentity:
    identity = ActorIdentity(
        home_page=HOME_PAGE, account_name=name, person_id=person_id, first_seen_at=NOON, linked_at=NOON
    )
    session.add(identity)
    session.flush()
    return identity


def create_official(session: Session, name: str, unit_id: int) -> int:
    """A person with one post for all time and an account of the same name."""
    person_id = create_person(session, name)
    create_appointment(session, person_id, unit_id)
    create_identity(session, name, person_id=person_id)
    return person_id


def create_unit(session: Session, code: str, level: str, *, above: Sequence[int]) -> int:
    unit = Unit(
        scheme="TEST",
        code=code,
        level=level,
        parent_id=above[0] if above else None,
        valid_from=date(2000, 1, 1),
        legal_basis="Thử nghiệm",
    )
    session.add(unit)
    session.flush()
    for depth, ancestor_id in enumerate([unit.unit_id, *above]):
        session.add(
            UnitClosure(hierarchy=COMMAND, ancestor_id=ancestor_id, descendant_id=unit.unit_id, depth=depth)
        )
    session.flush()
    return unit.unit_id
