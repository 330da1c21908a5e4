"""Who is at the door of a player page: the ticket in the address, the browser's proof, the form's origin."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request
from flask_babel import get_locale
from sqlalchemy.orm import Session

from content_packages.active.tickets import is_imported, read_imported
from content_packages.contents import Module, Package, Quiz, Section
from content_packages.errors import BrowserNotBound, ForeignOrigin, ItemNotFound, PreviewOnly
from content_packages.library import read_package
from content_packages.player.settings import PlayerSettings
from content_packages.player.study import Study
from content_packages.player.ticket import (
    Ticket,
    browser_cookie_name,
    proves_browser,
    read_ticket,
    refuse_expired,
)
from xapi_bridge.running_app import now, section


@dataclass(frozen=True)
class Visit:
    """One request with an admitted ticket.

    Attributes:
        sealed: the ticket as it stands in the address.
        package: in the language of the reader, as far as it is translated.
        study: its package is as written; that is what counts and what is told.
    """

    sealed: str
    ticket: Ticket
    package: Package
    study: Study

    @property
    def is_preview(self) -> bool:
        """Whether a teacher looks: nothing is recorded."""
        return self.ticket.role == "teacher"

    @property
    def return_url(self) -> str:
        """Page of the LMS to go back to, or ""; never a script."""
        url = self.ticket.return_url
        return url if url.startswith(("https://", "http://")) else ""

    @property
    def shows_outline(self) -> bool:
        """Whether the launch opened the whole package."""
        return self.ticket.item == ""

    def find_module(self, module_id: str) -> Module:
        """The module of the package.

        Raises:
            ItemNotFound: there is none.
        """
        module = self.package.modules.get(module_id)
        if module is None:
            raise ItemNotFound(f"The package {self.package.id} has no module {module_id}.")
        return module

    def find_section(self, module: Module, number: int) -> Section:
        """The section of the module.

        Raises:
            ItemNotFound: there is none.
        """
        if not 1 <= number <= len(module.sections):
            raise ItemNotFound(f"Module {module.id} has no section {number}.")
        return module.sections[number - 1]

    def find_quiz(self, quiz_id: str) -> Quiz:
        """The quiz of the package, when this launch covers it.

        Raises:
            ItemNotFound: there is none, or the launch opened something else. Its score would go to the
                wrong column of the gradebook.
        """
        quiz = self.package.quizzes.get(quiz_id)
        if quiz is None or not self.covers_quiz(quiz_id):
            raise ItemNotFound(f"This launch does not open the quiz {quiz_id}.")
        return quiz

    def covers_quiz(self, quiz_id: str) -> bool:
        """Whether the quiz is what was launched, its module is, or the whole package."""
        module = self.package.module_of_quiz(quiz_id)
        covering = {"", f"z/{quiz_id}"} | ({f"m/{module.id}"} if module is not None else set())
        return self.ticket.item in covering


def guard(blueprint: Blueprint) -> None:
    """Lets only admitted requests reach the views, and keeps the ticket out of their arguments."""
    blueprint.url_value_preprocessor(_take_ticket)
    blueprint.url_defaults(_add_ticket)
    blueprint.before_request(_admit)
    blueprint.after_request(_add_headers)


def current_visit(session: Session) -> Visit:
    """The visit of this request; its package is read once per process."""
    ticket: Ticket = g.ticket
    if is_imported(ticket):
        written = shown = read_imported(session, ticket)
    else:
        written = read_package(session, ticket.package_digest)
        shown = read_package(session, ticket.package_digest, language=reading_language())
    settings = section(PlayerSettings)
    return Visit(
        sealed=g.sealed,
        ticket=ticket,
        package=shown,
        study=Study(ticket.learner, ticket.registration, written, settings.iri_base),
    )


def reading_language() -> str:
    """The language in which this page is read."""
    return str(get_locale() or "vi")


def refuse_preview() -> None:
    """Raises for a teacher, before anything is written.

    Raises:
        PreviewOnly: the ticket is a teacher's.
    """
    if g.ticket.role == "teacher":
        raise PreviewOnly("A teacher sees a preview. Open the course as a learner to save answers.")


def _take_ticket(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "ticket" in values:
        g.sealed = values.pop("ticket")


def _add_ticket(endpoint: str, values: dict[str, Any]) -> None:
    if "sealed" in g and not endpoint.endswith(".static"):
        values.setdefault("ticket", g.sealed)


def _admit() -> None:
    """Opens the ticket before any view runs.

    Raises:
        TicketForged, TicketExpired, BrowserNotBound, ForeignOrigin.
    """
    if "sealed" not in g:
        return  # Style sheets and scripts need no ticket.
    settings = section(PlayerSettings)
    # The seal comes first: a page of ours that explains a refusal is shown in the frame of that LMS.
    ticket = read_ticket(g.sealed, secret=settings.secret)
    g.frame_origin = ticket.frame_origin
    refuse_expired(ticket, now=now())
    proof = request.cookies.get(browser_cookie_name(ticket.launch_session_id))
    if not proves_browser(ticket, proof, secret=settings.secret):
        raise BrowserNotBound("This browser did not make the launch. Open the lesson from the course.")
    _refuse_bare_address(ticket)
    _refuse_foreign_origin(settings)
    g.ticket = ticket


def _refuse_bare_address(ticket: Ticket) -> None:
    """A ticket without a cookie opens inside the LMS's frame only (Fetch Metadata).

    In a window it can only be a copied address; and who may frame us is limited to the LMS.
    """
    if not ticket.bound and request.headers.get("Sec-Fetch-Dest") == "document":
        raise BrowserNotBound("This address opens inside the course only. Open the lesson from the course.")


def _refuse_foreign_origin(settings: PlayerSettings) -> None:
    origin = request.headers.get("Origin")
    ours = {settings.own_origin, f"{request.scheme}://{request.host}"}
    if request.method == "POST" and origin is not None and origin not in ours:
        raise ForeignOrigin("The form came from a page of another site. Open the lesson from the course.")


def _add_headers(response: Response) -> Response:
    """Pages of a learner are kept by nobody, and framed only by the LMS of the launch.

    A ticket that cannot be read names no LMS; the refusal, which offers nothing to click, is shown anywhere.
    """
    if "sealed" in g:
        response.headers.setdefault("Cache-Control", "no-store")
        # Style sheets and scripts are asked for without the ticket: proxies log the referrer.
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Frame-Ancestors-Allowed"] = g.get("frame_origin", "*") or "'none'"
    return response
