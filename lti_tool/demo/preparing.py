"""Before the day: database, units, content, staff, both registrations, operators, the analyst's key.

Each step looks at what is there and adds what is missing, so it may be repeated after any interruption.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import build
from content_packages.contents import Package
from content_packages.knowledge import publish_knowledge
from content_packages.knowledge.source import read_folder
from content_packages.library import publish_package, read_package
from lti_tool import database_schema
from lti_tool.admin.operators import Role, create_operator, list_operators
from lti_tool.demo.history import LrsKey, TaughtModule, old_account
from lti_tool.demo.installation import Installation, write_privately
from lti_tool.demo.people import LOCAL_UNITS, OFFICIALS, LocalUnit, Official, Post, UnitKey
from lti_tool.identity.rule_versions import rules_in_force, save_rules
from lti_tool.identity.rules import STAFF_CODE_RULES
from lti_tool.platforms.register import register_platform
from lti_tool.practice_lms import (
    ActivityPlan,
    CoursePlan,
    PersonPlan,
    Tool,
    add_administrator,
    open_course,
    register_tool,
)
from sync.intake.models import IntakeSource
from sync.intake.sources import NewSource, add_source
from sync.intake.taking import take_statements
from sync.organization.load import load_units
from sync.organization.local_units import add_local_unit
from sync.organization.staff import (
    appoint,
    find_identity,
    find_person_by_staff_code,
    find_primary_post,
    link_identity,
    register_person,
)
from sync.organization.units import find_unit, get_unit
from xapi_bridge.store.credentials import create_credential, list_credentials, revoke_credential
from xapi_bridge.vocabulary import cchc

ADMINISTRATOR: Final = "quantri"
ANALYST: Final = "phantich"
ANALYST_KEY_LABEL: Final = "Demo: khóa chỉ đọc của người phân tích"
_EARLIER_SOURCE: Final = "boi-duong-cu"
TEACHER: Final = PersonPlan("hanh.lt", "TQ-0001", "Lê Thị", "Hạnh", "Giảng viên của khóa học")
LMS_ADMINISTRATOR: Final = PersonPlan(
    "quantri.lms", "TQ-0000", "Quản trị", "LMS", "Đăng ký công cụ với LMS thực hành"
)
#: Path of the tool's picker.
_PICKER_PATH: Final = "/lti/launch"
_ANALYST_KEY_FILE: Final = "analyst-key.json"
_KEY_LIFETIME: Final = timedelta(days=365)


def prepare_database(engine: Engine) -> str:
    """Brings the schema up; returns the revision."""
    database_schema.upgrade_database(engine)
    return database_schema.current_revision(engine) or ""


def prepare_units(session: Session) -> int:
    """Loads the official units and adds our two departments; returns how many units there are."""
    loaded = load_units(session)
    added = [_add_department(session, unit) for unit in LOCAL_UNITS]
    return loaded.units + sum(added)


def _add_department(session: Session, unit: LocalUnit) -> bool:
    first_day = unit.parent.on
    if find_unit(session, scheme="LOCAL", code=unit.code, on_date=first_day) is not None:
        return False
    add_local_unit(
        session,
        _unit_id(session, unit.parent),
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        valid_from=first_day,
        level=unit.level,
    )
    return True


def _unit_id(session: Session, key: UnitKey) -> int:
    return get_unit(session, scheme=key.scheme, code=key.code, on_date=key.on).unit_id


def prepare_content(session: Session, *, now: datetime) -> Package:
    """Publishes the shipped knowledge base and curriculum; returns the curriculum."""
    publish_knowledge(session, read_folder(SHIPPED_CURRICULUM / "knowledge").source, by="shipped", now=now)
    published = publish_package(session, build(SHIPPED_CURRICULUM, today=now.date()), now=now)
    return read_package(session, published.digest)


def prepare_staff(session: Session, *, now: datetime) -> int:
    """Registers the officials with their posts and their accounts in the earlier system; returns how many."""
    for official in OFFICIALS:
        _register_official(session, official, now=now)
    return len(OFFICIALS)


def _register_official(session: Session, official: Official, *, now: datetime) -> None:
    person = find_person_by_staff_code(session, official.staff_code) or register_person(
        session, staff_code=official.staff_code, full_name=official.full_name, now=now
    )
    for post in official.posts:
        if find_primary_post(session, person.person_id, on_date=post.valid_from) is None:
            _appoint(session, person.person_id, post, now=now)
    if official.earlier:
        identity = find_identity(session, old_account(official), now=now)
        link_identity(session, identity.identity_id, person_id=person.person_id, now=now)


def _appoint(session: Session, person_id: int, post: Post, *, now: datetime) -> None:
    appoint(
        session,
        person_id,
        unit_id=_unit_id(session, post.unit),
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        staff_category="cong_chuc",
        is_cchc=True,
        now=now,
    )


def prepare_course(connection: Connection, package: Package, installation: Installation) -> Tool:
    """Registers the tool with the practice LMS and opens the course there: one activity for each module."""
    tool = register_tool(
        connection,
        name=package.title,
        login_url=f"{installation.tool_url}/lti/login",
        redirect_uri=f"{installation.tool_url}/lti/launch",
        key_set_url=f"{installation.tool_url}/lti/jwks.json",
        deep_linking_url=f"{installation.tool_url}{_PICKER_PATH}",
    )
    open_course(connection, _plan_course(package), tool_id=tool.tool_id)
    add_administrator(connection, LMS_ADMINISTRATOR)
    return tool


def _plan_course(package: Package) -> CoursePlan:
    modules = [package.modules[entry.id] for entry in package.outline if entry.kind == "module"]
    return CoursePlan(
        label="CCHC-2026",
        title="Bồi dưỡng CCHC 2026",
        teachers=(TEACHER,),
        learners=tuple(_plan_person(official) for official in OFFICIALS),
        activities=tuple(
            ActivityPlan(
                title=module.title,
                description=module.objectives[0] if module.objectives else "",
                content=f"{package.id}/m/{module.id}",
            )
            for module in modules
        ),
    )


def _plan_person(official: Official) -> PersonPlan:
    return PersonPlan(
        official.username,
        official.staff_code,
        official.family_name,
        official.given_name,
        official.affiliation,
    )


def prepare_platform(session: Session, tool: Tool, installation: Installation, *, now: datetime) -> None:
    """Registers the practice LMS with the tool, by the use case that an administrator's form calls."""
    lms = installation.lms_url
    registered = register_platform(
        session,
        issuer=lms,
        client_id=tool.client_id,
        deployment_id=str(tool.tool_id),
        authorization_url=f"{lms}/lti/authorize",
        token_url=f"{lms}/lti/token",
        key_set_url=f"{lms}/lti/jwks.json",
        name="LMS thực hành",
        now=now,
    )
    session.flush()
    if rules_in_force(session, registered.id).version == 0:
        # The practice LMS keeps staff codes right, so its operator trusts them.
        save_rules(session, registered.id, STAFF_CODE_RULES, seen_version=0, note="demo", by="demo", now=now)


def prepare_operators(session: Session, installation: Installation, *, now: datetime) -> None:
    """Makes the administrator and the analyst."""
    known = {operator.username for operator in list_operators(session)}
    for username, password, role in (
        (ADMINISTRATOR, installation.administrator_password, Role.ADMINISTRATOR),
        (ANALYST, installation.analyst_password, Role.ANALYST),
    ):
        if username not in known:
            create_operator(session, username=username, password=password, role=role, unit_id=None, now=now)


def prepare_analyst_key(session: Session, data_dir: Path, *, pepper: bytes, now: datetime) -> LrsKey:
    """The read-only key of the analyst, from the data folder; a key whose secret was lost is replaced."""
    path = data_dir / _ANALYST_KEY_FILE
    kept = LrsKey(**json.loads(path.read_text("utf-8"))) if path.exists() else None
    usable = {
        credential.key
        for credential in list_credentials(session)
        if credential.label == ANALYST_KEY_LABEL and credential.revoked_at is None
    }
    if kept is not None and kept.key in usable:
        return kept
    for lost in usable:
        revoke_credential(session, lost, now=now)
    made = make_key(session, label=ANALYST_KEY_LABEL, scope="all/read", pepper=pepper, now=now)
    # Before the commit: a kill in between leaves a file without a key, which the next start replaces.
    write_privately(path, asdict(made))
    return made


def make_key(session: Session, *, label: str, scope: str, pepper: bytes, now: datetime) -> LrsKey:
    """A new key for the xAPI door with one scope."""
    made = create_credential(
        session, label=label, scopes=[scope], expires_at=now + _KEY_LIFETIME, now=now, pepper=pepper
    )
    return LrsKey(made.key, made.secret)


def take_earlier_record(
    session: Session, statements: Sequence[dict[str, Any]], *, iri_base: str, secret: str, now: datetime
) -> None:
    """Takes in what the earlier system has on record: a source that is trusted, so that its word counts."""
    source = session.scalars(select(IntakeSource).where(IntakeSource.name == _EARLIER_SOURCE)).one_or_none()
    if source is None:
        new = NewSource(_EARLIER_SOURCE, "Hệ thống bồi dưỡng cũ", kind="other", trusted=True)
        source = add_source(session, new, secret=secret, now=now)
    raws = [json.dumps(one, ensure_ascii=False).encode() for one in statements]
    take_statements(session, source, raws, iri_base=iri_base, now=now)


def taught_modules(package: Package, *, iri_base: str) -> list[TaughtModule]:
    """The modules of the package in its order, as statements name them."""
    return [
        TaughtModule(
            iri=cchc.module_iri(iri_base, package.id, entry.id), title=package.modules[entry.id].title
        )
        for entry in package.outline
        if entry.kind == "module"
    ]
