"""A unit manager and a neighbour's people: no page, file or API gives a name, a pseudonym, a statement."""

import json
from uuid import UUID

import pytest
from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from sync.organization.models import OPEN_END, ActorIdentity, PersonDetail, Unit
from sync.rollups.models import LearningFact
from tests.factories.learning import make_completed, record
from tests.factories.lti import open_tool
from tests.factories.organization import REORGANISATION
from tests.factories.reports import (
    create_country,
    create_named_operator,
    create_posted_person,
    follow,
    sign_in,
)
from xapi_bridge.running_app import audit_transaction
from xapi_bridge.store.audit_models import ReadingRow

#: Rooms that ask for no operator; what they protect is tested where they are.
OPEN_ROOMS = {"home", "sign_in", "single_sign_on", "static", "launch", "platforms", "player", "registration"}
REFUSED = {302, 303, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422}


@pytest.fixture
def neighbours(engine):
    """The manager of the commune Dân Chủ, beside Đồng Văn (chi), the province (em) and the ministry (an)."""
    with Session(engine) as session, session.begin():
        country = create_country(session)
        create_named_operator(session, "dan-chu", role=Role.UNIT_MANAGER, unit_id=country.commune_dan_chu)
    return country


@pytest.fixture
def manager(database_url, neighbours, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        assert sign_in(client, "dan-chu").status_code == 303
        yield client


@pytest.fixture
def secrets_of_neighbours(engine, neighbours):
    """Everything that must never be in an answer: names, codes, pseudonyms, accounts, statement ids."""
    with Session(engine) as session:
        people = session.execute(
            select(PersonDetail.full_name, PersonDetail.staff_code, ActorIdentity.account_name)
            .join(ActorIdentity, ActorIdentity.person_id == PersonDetail.person_id)
            .where(ActorIdentity.account_name.in_(["an", "chi", "em"]))
        ).all()
        statements = session.scalars(select(LearningFact.statement_id)).all()
    shown = {text for name, code, _ in people for text in (name, code)}
    shown |= {neighbours.pseudonyms[name] for name in ("an", "chi", "em")}
    return shown | {str(one) for one in statements}


def value_for(converter):
    """Something of the kind that a place in an address takes."""
    kind = type(converter).__name__
    if kind == "AnyConverter":
        return sorted(converter.items)[0]
    return {"NumberInAddress": 1, "UUIDConverter": UUID(int=1)}.get(kind, "x")


def addresses(app, country, statement_id):
    """Every address that can be read, asking for each neighbour in turn."""
    units = (
        country.commune_dong_van,
        country.province,
        country.ministry,
        country.nation,
        country.old_district,
    )
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.partition(".")[0] in OPEN_ROOMS:
            continue
        for unit_id, name in zip(units, ("chi", "em", "an", "chi", "chi"), strict=True):
            known = {
                "unit_id": unit_id,
                "pseudonym": country.pseudonyms[name],
                "statement_id": statement_id,
                "form": "csv",
                "calendar_word": "hanh-chinh",
                "first_day": "2026-10-15",
                "turn_word": "hoan-thanh",
            }
            values = {
                name: known.get(name, value_for(converter)) for name, converter in rule._converters.items()
            }
            for day in (None, "2025-06-30"):
                with app.test_request_context():
                    yield rule.endpoint, url_for(rule.endpoint, **values, ngay=day)
            if not {"unit_id", "pseudonym", "statement_id"} & rule.arguments:
                break


def test_no_address_tells_anything_about_a_neighbours_people(
    manager, engine, neighbours, secrets_of_neighbours
):
    with Session(engine) as session:
        statement_id = session.scalars(
            select(LearningFact.statement_id)
            .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
            .where(ActorIdentity.account_name == "chi")
        ).first()
    leaks, opened = [], 0

    for endpoint, address in addresses(manager.application, neighbours, statement_id):
        answer = manager.get(address)
        opened += 1
        assert answer.status_code in {200, *REFUSED}, (endpoint, answer.status_code)
        # What the manager wrote into the address may come back in a link or a form.
        told = {secret for secret in secrets_of_neighbours if secret not in address}
        leaks += [(endpoint, secret) for secret in told if secret.encode() in answer.get_data()]
        answer.close()

    assert opened > 100
    assert leaks == []


UNITS_PAGES = (
    "", "/bang.csv", "/bang.xlsx", "/danh-sach", "/danh-sach.csv", "/danh-sach.xlsx", "/theo-thang",
    "/dien-bien", "/dien-bien.csv", "/xep-hang", "/xep-hang.xlsx", "/ma-tran", "/ma-tran.csv", "/chi-so",
    "/hinh-thuc", "/viec-can-lam", "/viec-can-lam.csv", "/viec-can-lam.xlsx",
    "/theo-thang/hanh-chinh/2026-10-15/hoan-thanh", "/theo-thang/hanh-chinh/2026-10-15/hoan-thanh.csv",
)  # fmt: skip


@pytest.mark.parametrize("question", ["", "?ngay=2025-06-30", "?ngay=2025-06-30&theo=hien-nay"])
def test_every_page_of_a_neighbour_unit_is_refused(manager, neighbours, question):
    own = {
        page: manager.get(f"/thong-ke/don-vi/{neighbours.commune_dan_chu}{page}{question}").status_code
        for page in UNITS_PAGES
    }
    others = {
        (unit_id, page): manager.get(f"/thong-ke/don-vi/{unit_id}{page}{question}").status_code
        for unit_id in (neighbours.commune_dong_van, neighbours.province, neighbours.nation)
        for page in UNITS_PAGES
    }

    assert set(own.values()) == {200}
    assert set(others.values()) == {403}


def test_a_neighbour_cannot_be_taken_into_a_comparison(manager, neighbours):
    own, other = neighbours.commune_dan_chu, neighbours.commune_dong_van

    assert manager.get(f"/thong-ke/so-sanh?don-vi={own}").status_code == 200
    assert manager.get(f"/thong-ke/so-sanh?don-vi={own}&don-vi={other}").status_code == 403
    assert manager.get(f"/thong-ke/so-sanh.xlsx?don-vi={other}").status_code == 403


def test_a_province_with_few_people_is_hidden_from_a_manager_elsewhere(
    database_url, engine, neighbours, clock
):
    with Session(engine) as session, session.begin():
        create_named_operator(session, "bo-noi-vu", role=Role.UNIT_MANAGER, unit_id=neighbours.ministry)
        province = session.get(Unit, neighbours.province)
        for number in range(8):
            create_posted_person(session, f"them-{number}", [(province, REORGANISATION, OPEN_END)])
        record(session, make_completed("them-0", "m1"))
        follow(session)
    with open_tool(database_url, clock=clock) as app:
        elsewhere = app.test_client()
        sign_in(elsewhere, "bo-noi-vu")
        table = elsewhere.get("/thong-ke/ban-do.csv?ngay=2026-11-24").get_data(as_text=True)

    [_header, row] = [line for line in table.splitlines() if line]
    day, _code, name, people, accessed, completed = row.lstrip("\ufeff").split(",")
    # Closed on 14 September: chi had completed something by then, which is one person.
    assert (day, name, people) == ("14/09/2026", "Tỉnh Tuyên Quang", "11")
    assert (accessed, completed) == ("", "")


def test_every_look_at_people_stands_in_the_audit_log(manager, engine, neighbours):
    unit, dung = neighbours.commune_dan_chu, neighbours.pseudonyms["dung"]
    for page in ("danh-sach", "danh-sach.csv", "viec-can-lam", "viec-can-lam.xlsx"):
        assert manager.get(f"/thong-ke/don-vi/{unit}/{page}").status_code == 200
    assert manager.get(f"/thong-ke/nguoi/{dung}").status_code == 200
    assert manager.get(f"/thong-ke/nguoi/{dung}/ban-ghi.csv").status_code == 200

    readings = _readings(manager.application)

    assert [one.resource for one in readings] == [
        "people", "people_file", "attention", "attention_file", "person", "person_file",
    ]  # fmt: skip
    assert {one.reader for one in readings} == {"dan-chu"}
    assert all(json.loads(one.asked)["unit"] == str(unit) for one in readings[:4])
    assert all(one.person_digest for one in readings[4:])


def test_a_look_that_is_refused_shows_nothing(manager, neighbours):
    assert manager.get(f"/thong-ke/nguoi/{neighbours.pseudonyms['chi']}").status_code == 403
    assert _readings(manager.application) == []


def _readings(app):
    with app.app_context(), audit_transaction(read_only=True) as session:
        return session.scalars(select(ReadingRow).order_by(ReadingRow.reading_id)).all()
