"""Console pages of the vocabulary: added, tried, changed, removed, each with its history."""

import re

import pytest
from sqlalchemy.orm import Session

from content_packages.knowledge import search
from tests.factories.knowledge import TODAY, create_knowledge
from tests.factories.lti import open_tool
from tests.factories.reports import create_country, create_operators, csrf_token, sign_in

PAGES = "/quan-tri/tu-vung"


@pytest.fixture
def client(engine, database_url, clock):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
        create_knowledge(session)
    with open_tool(database_url, clock=clock) as app:
        opened = app.test_client()
        sign_in(opened, "administrator")
        yield opened


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def send(client, action: str, **fields: str):
    token = csrf_token(client.get(PAGES))
    return client.post(f"{PAGES}/{action}", data={"csrf_token": token, **fields}, follow_redirects=True)


def test_a_word_is_tried_before_it_is_kept(client, engine):
    word = {"kind": "abbreviation", "phrase": "LCS", "meanings": "lương cơ sở", "question": "LCS bao nhiêu"}

    tried = text_of(send(client, "thu", **word).text)

    assert "Chưa lưu gì" in tried
    _before, after = tried.split("Nếu lưu từ này")
    assert "Mức lương cơ sở hiện nay là bao nhiêu?" in after
    with Session(engine) as session:
        assert search(session, "LCS", on=TODAY).entries == ()


def test_a_word_that_was_kept_is_in_effect_at_once_with_who_and_why(client, engine):
    send(client, "luu", kind="abbreviation", phrase="LCS", meanings="lương cơ sở", reason="Hay gặp")

    with Session(engine) as session:
        assert search(session, "LCS", on=TODAY).entries[0].key == "entry:luong-co-so"
    page = text_of(client.get(f"{PAGES}/mot-tu?loai=abbreviation&tu=LCS").text)
    assert "Hay gặp" in page
    assert "administrator" in page


def test_a_word_that_was_removed_leaves_its_history(client):
    page = text_of(send(client, "bo", kind="abbreviation", phrase="CCHC", reason="Trùng").text)

    assert "Đã bỏ “CCHC”" in page
    assert "Trùng" in page
    assert client.get(f"{PAGES}/mot-tu?loai=abbreviation&tu=CCHC").status_code == 404


@pytest.mark.parametrize("meanings", ["", "?!", "lcs", "a" * 130])
def test_a_word_that_says_nothing_is_refused(client, meanings):
    refused = send(client, "luu", kind="abbreviation", phrase="LCS", meanings=meanings)

    assert refused.status_code == 400
    assert "Từ này không dùng được" in text_of(refused.text)
