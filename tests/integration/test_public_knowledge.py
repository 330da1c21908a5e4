"""The knowledge base in public: the page and its JSON API, read only, within limits."""

import jsonschema
import pytest
from sqlalchemy.orm import Session

from content_packages.knowledge import publish_knowledge
from lti_tool.app import create_app
from lti_tool.settings import SettingsRefused, load_settings
from tests.factories.knowledge import make_source
from tests.factories.lti import open_tool

API = "/api/hoi-dap"
QUESTION = "nguoi xa khac nop ho so o xa toi duoc khong"


@pytest.fixture
def open_public(database_url, engine, clock):
    """Opens the application with settings, the small knowledge base published."""
    with Session(engine) as session, session.begin():
        publish_knowledge(session, make_source(), by="test", now=clock())

    def opened(**settings):
        return open_tool(database_url, clock=clock, **settings)

    return opened


@pytest.fixture
def client(open_public):
    with open_public() as app:
        yield app.test_client()


def test_anybody_finds_an_answer_with_its_basis_and_nothing_to_send(client):
    page = client.get("/hoi-dap", query_string={"q": QUESTION})

    assert "Máy trả lời" in page.text
    assert "118/2025/NĐ-CP" in page.text
    assert "Gửi chuyên gia" not in page.text
    assert "<form method=" not in page.text.partition("<main")[2].replace('method="get"', "")
    assert page.headers["Cache-Control"] == "public, max-age=300"


def test_a_slash_at_the_end_of_the_address_is_no_other_page(client):
    assert client.get("/hoi-dap/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/hoi-dap", "/hoi-dap/goi-y?q=x", "/hoi-dap/muc/nop-ho-so-khac-xa", f"{API}/search?q=x", f"{API}/areas"],
)
def test_an_installation_may_keep_it_to_itself(open_public, path):
    with open_public(public_knowledge="off") as app:
        answer = app.test_client().get(path)

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_address_may_not_ask_for_ever(open_public):
    with open_public(public_knowledge_per_minute=2) as app:
        client = app.test_client()
        codes = [client.get(f"{API}/areas").status_code for _ in range(3)]
        refused = client.get(f"{API}/areas")

    assert codes == [200, 200, 429]
    assert refused.get_json()["code"] == "too_many_searches"
    assert int(refused.headers["Retry-After"]) > 0


def test_pages_of_named_origins_may_read_and_others_may_not(open_public):
    with open_public(public_knowledge_origins="https://caicachhanhchinh.gov.vn") as app:
        client = app.test_client()
        ours = client.get(f"{API}/areas", headers={"Origin": "https://caicachhanhchinh.gov.vn"})
        other = client.get(f"{API}/areas", headers={"Origin": "https://evil.example"})

    assert ours.headers["Access-Control-Allow-Origin"] == "https://caicachhanhchinh.gov.vn"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Origin" in other.headers["Vary"]


def test_an_origin_with_a_path_is_refused_at_the_start():
    with pytest.raises(SettingsRefused):
        load_settings({"CCHC_PUBLIC_KNOWLEDGE_ORIGINS": "https://caicachhanhchinh.gov.vn/trang"})


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (f"/search?q={QUESTION}", "Found"),
        ("/search?q=Nghị định 61/2018/NĐ-CP còn hiệu lực không&on=2026-11-24", "Found"),
        ("/search?q=giá vé bóng đá&limit=3&level=cap-xa", "Found"),
        ("/suggest?q=nguoi", "Suggestions"),
        ("/areas", "Areas"),
        ("/entries/nop-ho-so-khac-xa", "Entry"),
        ("/documents/118/2025/NĐ-CP", "Document"),
        ("/entries/khong-co", "Refusal"),
        ("/search", "Refusal"),
    ],
)
def test_answers_are_as_the_openapi_document_says(client, path, schema):
    described = client.get(f"{API}/openapi.json").get_json()
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}

    jsonschema.validate(client.get(f"{API}{path}").get_json(), wanted)


def test_the_openapi_document_names_every_route_and_no_other(client):
    app = create_app(load_settings({}))
    routes = {
        rule.rule.replace("<path:ref>", "{ref}").replace("<entry_id>", "{entry_id}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("knowledge_api.")
    }

    assert set(client.get(f"{API}/openapi.json").get_json()["paths"]) == routes


def test_the_machine_says_that_it_is_one_and_what_it_does_not_know(client):
    known = client.get(f"{API}/search", query_string={"q": QUESTION}).get_json()["answer"]
    unknown = client.get(f"{API}/search?q=giá vé bóng đá").get_json()["answer"]

    assert (known["by"], known["kind"], known["citations"][0]["standing"]) == ("machine", "entry", "in_force")
    assert (unknown["by"], unknown["kind"], unknown["text"]) == ("machine", "unknown", "")


@pytest.mark.parametrize(
    "query",
    ["", "q=", f"q={'x' * 301}", "q=x&area=y", "q=x&level=y", "q=x&on=hom-nay", "q=x&limit=0", "q=x&limit=²"],
)
def test_a_search_that_cannot_be_read_is_refused_with_a_stable_code(client, query):
    answer = client.get(f"{API}/search?{query}")

    assert (answer.status_code, answer.get_json()["code"]) == (400, "search_unreadable")


def test_a_document_tells_what_replaced_it(client):
    record = client.get(f"{API}/documents/61/2018/NĐ-CP").get_json()

    assert (record["standing"], record["replaced_by"]) == ("expired", ["118/2025/NĐ-CP"])
