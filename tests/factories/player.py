"""The player of a whole application, used by one learner through plain forms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from content_packages.assessment.keys import right_answer
from content_packages.contents import Package
from content_packages.player.settings import PlayerSettings
from content_packages.player.ticket import Ticket, browser_cookie_name, browser_proof, seal_ticket
from lti_tool.app import create_app
from lti_tool.settings import load_settings
from tests.factories.content import create_package, make_ticket
from xapi_bridge.running_app import lend, running_app, section, transaction
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.store.follow import read_after
from xapi_bridge.vocabulary import cmi5

MODULE = "m/tong-quan"
QUIZ = "z/cuoi-bai"
JSON = {"Accept": "application/json"}


@dataclass
class Learner:
    """One person at the player's pages, with one ticket and one browser."""

    client: FlaskClient
    ticket: Ticket
    package: Package
    sealed: str
    statements_of: Any = field(repr=False)

    def get(self, path: str = "", **options: Any) -> TestResponse:
        """GET a page below the ticket."""
        return self.client.get(f"/hoc/{self.sealed}/{path}", **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """POST a form below the ticket."""
        return self.client.post(f"/hoc/{self.sealed}/{path}", data=data or {}, **options)

    def read_everything(self) -> None:
        """Opens the module, answers its check rightly, and marks both sections as read."""
        self.get(MODULE)
        self.post(f"{MODULE}/1/tq-1", {"seq": "0", "chosen": "1"})
        for number in (1, 2):
            self.post(f"{MODULE}/{number}")

    def begin(self) -> str:
        """Begins an attempt; returns its path."""
        location = self.post(QUIZ).headers["Location"]
        return location.partition(f"{self.sealed}/")[2]

    def question_ids(self, attempt: str) -> list[str]:
        """The questions of the attempt in the learner's order, found by their stems."""
        pages = [self.get(f"{attempt}/{position}").text for position in range(1, 5)]
        stems = {question.stem: question.id for question in self.package.questions.values()}
        return [next(name for stem, name in stems.items() if stem in unescape(page)) for page in pages]

    def answer(self, attempt: str, position: int, form: dict[str, Any], *, seq: int = 0) -> TestResponse:
        """Sends one question's form."""
        return self.post(f"{attempt}/{position}", {"seq": str(seq), **form})

    def answer_all(self, attempt: str, *, rightly: int = 4) -> None:
        """Answers so many questions rightly, from the first; the others stay empty."""
        for position, question_id in enumerate(self.question_ids(attempt)[:rightly], start=1):
            self.answer(attempt, position, form_of(self.package, question_id))

    def hand_in(self, attempt: str) -> TestResponse:
        """Hands in the attempt and follows to its result."""
        return self.post(f"{attempt}/nop-bai", follow_redirects=True)

    def statements(self) -> list[Statement]:
        """Everything in the store, in order."""
        return self.statements_of()

    def told(self) -> list[str]:
        """The store as short words: verb and what it was about."""
        return [told(statement) for statement in self.statements()]


def form_of(package: Package, question_id: str) -> dict[str, Any]:
    """The form fields of the right answer."""
    written = right_answer(package.questions[question_id])
    form: dict[str, Any] = {"chosen": written.get("chosen", []), "text": written.get("text", "")}
    form |= {f"place-{number}": str(place) for number, place in enumerate(written.get("places", []))}
    return {name: value for name, value in form.items() if value not in ("", [])}


def told(statement: Statement) -> str:
    """For example `completed m/tong-quan`, or `progressed m/tong-quan 25`."""
    verb = statement.verb.id.rsplit("/", 1)[1]
    words = f"{verb} {str(statement.object.id).partition('/p/nhap-mon')[2].removeprefix('/')}"
    if verb != "progressed" or statement.result is None:
        return words
    return f"{words} {statement.result.extensions[cmi5.PROGRESS]}"


def seq_on(page: TestResponse) -> int:
    """The number of saves that a page knows of."""
    found = re.search(r'name="seq" value="(\d+)"', page.text)
    assert found, page.text
    return int(found[1])


@dataclass(frozen=True)
class Classroom:
    """An application with the small package published."""

    app: Flask
    package: Package

    def admit(self, **given: Any) -> Learner:
        """A learner with a ticket of that kind and a browser of their own."""
        ticket = make_ticket(package_digest=self.package.digest, **given)
        return Learner(
            client=self.app.test_client(),
            ticket=ticket,
            package=self.package,
            sealed=self.seal(ticket),
            statements_of=self.statements,
        )

    def proof_of(self, learner: Learner) -> tuple[str, str]:
        """Name and value of the cookie that the launch leaves in the learner's browser."""
        session_id = learner.ticket.launch_session_id
        with self.app.app_context():
            proof = browser_proof(session_id, secret=section(PlayerSettings).secret)
        return browser_cookie_name(session_id), proof

    def seal(self, ticket: Ticket) -> str:
        """The ticket as text for an address."""
        with self.app.app_context():
            return seal_ticket(ticket, secret=section(PlayerSettings).secret)

    def statements(self) -> list[Statement]:
        """Everything in the store, in order."""
        with self.app.app_context(), transaction() as session:
            return [parse_statement(stored.payload) for stored in read_after(session, 0, limit=1000)]


@contextmanager
def open_classroom(database_url: str, folder: Path, *, clock: Any, **changes: Any) -> Iterator[Classroom]:
    """An application on that database whose clock is the test's, with the small package published."""
    app = create_app(load_settings({"CCHC_DATABASE_URL": database_url}))
    with app.app_context():
        lend(app, replace(running_app(), clock=clock))
        with transaction() as session:
            package = create_package(session, folder, **changes)
    yield Classroom(app, package)
    with app.app_context():
        running_app().engine.dispose()
