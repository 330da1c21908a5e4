"""A server that words answers, a real one on the loopback: honest, lying, broken."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy.orm import Session

from content_packages.knowledge import answer, word_answer
from content_packages.knowledge.wording import NoWording, reason_to_refuse, sentences
from lti_tool.answer_wording import HttpWording, open_wording
from lti_tool.settings import Settings
from tests.factories.knowledge import TODAY, create_knowledge

HONEST = "Mức lương cơ sở hiện nay là 2.530.000 đồng một tháng, áp dụng từ ngày 1/7/2026. [1]"


@contextmanager
def wording_server(reply, *, status=200):
    """Answers every chat completion with `reply` (text, or bytes of a body); keeps what it was asked."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers.get("Authorization"), body))
            completion = {"choices": [{"message": {"role": "assistant", "content": reply}}]}
            answer_bytes = reply if isinstance(reply, bytes) else json.dumps(completion).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer_bytes)))
            self.end_headers()
            self.wfile.write(answer_bytes)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def given(engine):
    """A sure answer about the base salary."""
    with Session(engine) as session:
        create_knowledge(session)
        return answer(session, "Mức lương cơ sở hiện nay là bao nhiêu?", on=TODAY)


def word(given, address, **changes):
    wording = HttpWording(address=address, model="m", key="", timeout_seconds=5, **changes)
    return word_answer(given, wording=wording)


def test_a_covered_wording_is_shown_with_its_passages(given):
    with wording_server(HONEST) as (address, asked):
        settings = Settings(wording_url=address, wording_model="vi-7b", wording_key="khoa")
        worded = word_answer(given, wording=open_wording(settings))

    (path, authorization, body) = asked[0]
    assert (worded.text, worded.by_model) == (HONEST, True)
    assert worded.passages[0].startswith("161/2026/NĐ-CP: 2.530.000 đồng")
    assert (path, authorization, body["model"]) == ("/v1/chat/completions", "Bearer khoa", "vi-7b")
    assert "[1] 161/2026/NĐ-CP" in body["messages"][1]["content"]


@pytest.mark.parametrize(
    "reply",
    [
        "Mức lương cơ sở là 2.530.000 đồng.",
        "Mức lương cơ sở là 2.530.000 đồng [9].",
        "Mức lương cơ sở là 3.000.000 đồng [1].",
        "Theo Nghị định 99/2030/NĐ-CP, mức lương là 2.530.000 đồng [1].",
        HONEST + " Ngoài ra nên hỏi cơ quan thuế.",
        "KHÔNG BIẾT.",
        "",
        "Dài. [1] " * 500,
    ],
)
def test_a_wording_that_is_not_covered_falls_back_to_the_extract(given, reply):
    with wording_server(reply) as (address, _):
        worded = word(given, address)

    assert (worded.text, worded.by_model) == (given.extract.text, False)
    assert worded.refused


@pytest.mark.parametrize(
    ("reply", "status"),
    [(b"not json", 200), (b'{"choices": []}', 200), (b"{}", 500), (b"x" * 100_000, 200)],
)
def test_a_broken_server_falls_back_to_the_extract(given, reply, status):
    with wording_server(reply, status=status) as (address, _):
        worded = word(given, address)

    assert (worded.text, worded.by_model) == (given.extract.text, False)
    assert worded.refused.startswith("unavailable")


def test_a_server_that_is_not_there_falls_back_to_the_extract(given):
    assert not word(given, "http://127.0.0.1:9/v1").by_model


def test_without_a_server_answers_are_extracts(given):
    wording = open_wording(Settings())

    assert isinstance(wording, NoWording)
    assert word_answer(given, wording=wording).text == given.extract.text


def test_what_is_not_known_or_read_from_records_is_never_worded(engine):
    with Session(engine) as session, wording_server(HONEST) as (address, asked):
        create_knowledge(session)
        for question in ("cách nấu phở bò", "Nghị định 61/2018 còn hiệu lực không?"):
            word(answer(session, question, on=TODAY), address)

    assert asked == []


def test_marks_after_a_full_stop_belong_to_their_sentence():
    assert sentences("Một. [1] Hai [2]. Ba.[1][2]") == ["Một. [1]", "Hai [2].", "Ba.[1][2]"]


def test_a_number_must_stand_in_the_passage_that_its_sentence_names():
    passages = ["Có 3 việc.", "Có 5 việc."]

    assert reason_to_refuse("Có 5 việc [2].", passages) == ""
    assert reason_to_refuse("Có 5 việc [1].", passages) != ""
