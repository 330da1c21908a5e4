"""Figures for programs: the same as the pages', within the reader's units, as the document describes them."""

import re
from datetime import UTC, datetime

import jsonschema
import pytest
from openapi_spec_validator import validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.statistics_api.views import PARAMETERS
from sync.rollups.definitions import TrainingForm
from tests.factories.reports import create_country, create_operators, sign_in
from tests.factories.xapi_door import create_key, open_door
from xapi_bridge.running_app import audit_transaction, transaction
from xapi_bridge.store.audit_models import ReadingRow

API = "/api/thong-ke"
TODAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def door(database_url):
    with open_door(database_url, clock=lambda: TODAY) as opened:
        yield opened


@pytest.fixture
def country(door):
    with door.app.app_context(), transaction() as session:
        made = create_country(session)
        create_operators(session, made)
    return made


def addresses(country) -> list[str]:
    one = f"{API}/units/{country.province}"
    of_unit = [f"{one}/{name}" for name in ("figures", "series", "indicators", "people-counts")]
    return [f"{API}/units", one, *of_unit, f"{API}/indicators", f"{API}/populations"]


def ask(door, address, **parameters):
    return door.client.get(address, query_string=parameters, auth=door.auth)


def described(door) -> dict:
    return door.client.get(f"{API}/openapi.json").get_json()


def schema_of(document, address) -> dict:
    path = re.sub(r"/units/\d+", "/units/{unit_id}", address)
    answer = document["paths"][path]["get"]["responses"]["200"]
    return {**answer["content"]["application/json"]["schema"], "components": document["components"]}


def test_the_document_is_valid_and_names_every_route(door):
    document = described(door)
    rules = {
        re.sub(r"<int:(\w+)>", r"{\1}", rule.rule)
        for rule in door.app.url_map.iter_rules()
        if rule.endpoint.startswith("statistics_api.")
    }

    validate(document)
    assert set(document["paths"]) == rules


def test_every_answer_is_as_the_document_says(door, country):
    document = described(door)
    for address in addresses(country):
        answer = ask(door, address)
        assert answer.status_code == 200, answer.text
        jsonschema.validate(answer.get_json(), schema_of(document, address))


def test_figures_are_those_of_the_day_asked_for(door, country):
    answers = {
        on: ask(door, f"{API}/units/{country.nation}/figures", on=on).get_json()
        for on in ("2025-06-30", "2026-11-24")
    }

    before, now = answers["2025-06-30"], answers["2026-11-24"]
    assert (before["total"]["people"], before["total"]["completed"]) == (4, 1)
    assert (now["total"]["people"], now["total"]["completed"]) == (5, 2)
    assert now["total"]["completed_programme"] == 1
    assert "Tỉnh Hà Giang" in {one["unit"]["name"] for one in before["parts"]}
    assert "Tỉnh Tuyên Quang" in {one["unit"]["name"] for one in now["parts"]}
    assert now["total"]["people"] == now["own"]["people"] + sum(one["people"] for one in now["parts"])


def test_the_people_of_a_day_are_laid_out_in_the_units_of_today(door, country):
    address = f"{API}/units/{country.nation}/figures"

    was, restated = (
        ask(door, address, on="2025-06-30", tree=tree).get_json() for tree in ("as-was", "today")
    )

    assert (was["tree"], restated["tree"]) == ("as-was", "today")
    assert restated["total"] == was["total"]
    names = {one["unit"]["name"] for one in restated["parts"]}
    assert "Tỉnh Tuyên Quang" in names
    assert "Tỉnh Hà Giang" not in names


def test_a_unit_of_today_has_restated_figures_of_a_day_before_it_was(door, country):
    address = f"{API}/units/{country.commune_dong_van}/figures"

    assert ask(door, address, on="2025-06-30", tree="today").status_code == 200


def test_every_indicator_of_the_catalogue_that_is_a_figure_is_given(door, country):
    measured = ask(door, f"{API}/units/{country.nation}/indicators").get_json()

    assert {one["code"] for one in measured["indicators"]} == {
        "cung-cap-kien-thuc", "tiep-can-hoc-lieu", "hoi-dap-dung-han", "ket-qua-kiem-tra",
        "boi-duong-roi-chuyen-viec",
    }  # fmt: skip
    assert {one["form"] for one in measured["forms"]} == {form.value for form in TrainingForm}


def test_a_series_holds_the_months_of_its_calendar(door, country):
    series = ask(door, f"{API}/units/{country.nation}/series", year=2026).get_json()

    assert len(series["months"]) == 12
    assert (series["months"][0]["period_start"], series["months"][-1]["period_end"]) == (
        "2025-12-15",
        "2026-12-14",
    )
    assert sum(month["completed"] for month in series["months"]) == 2


def test_counts_of_people_sum_to_the_unit(door, country):
    counts = ask(door, f"{API}/units/{country.nation}/people-counts").get_json()

    assert counts["by_progress"] == {"not_started": 2, "started": 1, "completed": 2}
    assert counts["people"] == 5


def test_units_come_page_by_page_without_gap_or_repeat(door, country):
    seen, address = [], f"{API}/units?per_page=2"
    while address:
        page = door.client.get(address, auth=door.auth).get_json()
        seen += [one["unit_id"] for one in page["units"]]
        address = page["next"]

    assert len(seen) == len(set(seen)) == page["total"] == 5
    assert country.old_province not in seen


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"level": "commune"}, ["Xã Dân Chủ", "Xã Đồng Văn"]),
        ({"name": "dong van"}, ["Xã Đồng Văn"]),
        ({"name": "dong van", "on": "2025-06-30"}, ["Huyện Đồng Văn"]),
    ],
)
def test_units_are_found_by_level_name_and_day(door, country, asked, names):
    found = ask(door, f"{API}/units", **asked).get_json()

    assert [one["name"] for one in found["units"]] == names


@pytest.mark.parametrize(
    "query",
    ["on=yesterday", "on=2031-01-01", "on=20251231", "level=planet", "page=0", "per_page=501", "below=x",
     "nam=2026", "name=%00", "page=9999999999999999"],
)  # fmt: skip
def test_a_question_without_meaning_is_explained(door, country, query):
    answer = door.client.get(f"{API}/units?{query}", auth=door.auth)

    assert answer.status_code == 400
    assert answer.get_json()["code"] == "filter_refused"
    assert answer.get_json()["next_step"]


def test_a_unit_that_does_not_exist_is_not_found(door, country):
    answer = ask(door, f"{API}/units/99999/figures")

    assert (answer.status_code, answer.get_json()["code"]) == (404, "unit_unknown")


def test_strangers_and_narrow_keys_learn_nothing(door, country):
    for address in addresses(country):
        stranger = door.client.get(address)
        assert stranger.status_code == 401, address
        assert stranger.headers["WWW-Authenticate"]
        for scope in ("statements/write", "statements/read/mine"):
            narrow = door.with_key(scope)
            assert narrow.client.get(address, auth=narrow.auth).status_code == 403, (address, scope)


@pytest.mark.parametrize("scope", ["all/read", "statements/read", "statements/read/pseudonyms"])
def test_keys_that_read_everything_read_figures(door, country, scope):
    key = create_key(door.app, scope)

    answer = door.client.get(f"{API}/units", auth=(key.key, key.secret))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_unit_manager_sees_the_own_units_by_every_address_and_no_other(door, country):
    client = door.app.test_client()
    sign_in(client, "unit_manager")
    inside, outside = f"{API}/units/{country.commune_dan_chu}", f"{API}/units/{country.ministry}"

    listed = client.get(f"{API}/units").get_json()

    assert {one["unit_id"] for one in listed["units"]} == {
        country.province,
        country.commune_dan_chu,
        country.commune_dong_van,
    }
    for name in ("", "/figures", "/series", "/indicators", "/people-counts"):
        assert client.get(inside + name).status_code == 200, name
        for unit in (outside, f"{API}/units/{country.nation}", f"{API}/units/99999"):
            assert client.get(unit + name).status_code == 403, unit + name
    assert client.get(f"{API}/units?below={country.ministry}").status_code == 403


def test_roles_without_statistics_are_refused(door, country):
    client = door.app.test_client()
    sign_in(client, "content_manager")

    assert client.get(f"{API}/units").status_code == 403


def test_every_look_is_noted_before_it_is_answered(door, country):
    ask(door, f"{API}/units/{country.province}/figures", on="2025-12-31")

    with door.app.app_context(), audit_transaction() as session:
        rows = session.scalars(select(ReadingRow).where(ReadingRow.resource == "statistics")).all()
    assert [row.records for row in rows] == [1]
    assert "2025-12-31" in str(rows[0].asked)


def test_the_document_names_the_parameters_that_are_taken(door):
    document = described(door)

    for path, methods in document["paths"].items():
        operation = methods["get"]
        if operation["operationId"] == "openapi":
            continue
        named = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
        assert named == PARAMETERS[operation["operationId"]], path


def test_a_key_that_asks_too_often_is_told_to_wait(door, country):
    key = create_key(door.app, "all/read")
    with door.app.app_context(), transaction() as session:
        limit_to(session, key, 2)

    codes = [door.client.get(f"{API}/indicators", auth=(key.key, key.secret)).status_code for _ in range(4)]

    assert codes[:2] == [200, 200]
    assert codes[-1] == 429


def limit_to(session: Session, key, requests: int) -> None:
    from xapi_bridge.store.models import CredentialRow

    row = session.scalars(select(CredentialRow).where(CredentialRow.key == key.key)).one()
    row.requests_per_minute = requests
