"""What both rooms of the desk share: who is at it, one question with everything about it, one action."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from content_packages.errors import AnsweringRefused, ContentNotFound
from content_packages.experts.areas import AREA_TITLES
from content_packages.experts.asking import entry_of, find_similar
from content_packages.experts.drafts import Draft, Editor, draft_from_row, entry_from_draft, read_draft
from content_packages.experts.history import get_question, list_history
from content_packages.experts.models import ExpertDraft, ExpertQuestion
from content_packages.experts.moderation import find_block
from content_packages.experts.queue import deadline_of
from content_packages.experts.routing import list_experts
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.states import ANSWERED, OPEN, State, Step, may_take
from content_packages.experts.working_days import local_day
from content_packages.knowledge import Citation, list_documents, list_entry_versions
from content_packages.knowledge.searching import cite
from content_packages.knowledge.stored import find_documents
from lti_tool.admin.guard import required_operator, say
from lti_tool.admin.operators import Role
from lti_tool.error_pages import explanation_of
from lti_tool.experts.draft_form import source_rows
from lti_tool.settings import Settings
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.statement import Account
from xapi_bridge.store.audit import note_action

_REVIEWERS = frozenset({Role.ADMINISTRATOR, Role.CONTENT_MANAGER})


def current_editor() -> Editor:
    """The signed-in operator as the queue knows them."""
    operator = required_operator()
    return Editor(operator.username, reviews=operator.role in _REVIEWERS)


def expert_account() -> Account:
    """The pseudonymous account under which the signed-in operator's answers are told."""
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    key = settings.secret_key.get_secret_value().encode()
    name = hmac.new(key, f"expert:{required_operator().username}".encode(), hashlib.sha256).hexdigest()
    return Account(str(settings.iri_base), f"expert-{name[:32]}")


def act(question_id: int, action: str, change: Callable[[Session], Any], *, done: str) -> Response:
    """Does one thing with a question, notes it in the audit log, says so, and shows the question again.

    A refusal of the queue is said on the question's page too: it shows the state that others left.
    """
    try:
        with transaction() as session:
            change(session)
            note_action(
                session,
                action,
                operator=required_operator().username,
                subject=f"question:{question_id}",
                now=now(),
            )
    except (AnsweringRefused, ContentNotFound) as refusal:
        _say_refusal(refusal)
    else:
        say(done)
    return redirect(url_for("expert_desk.question", question_id=question_id), code=303)


def question_page(
    question_id: int, *, typed: Draft | None = None, refusal: RuleBroken | None = None, previews: bool = False
) -> str:
    """Everything about one question.

    Args:
        typed: a draft that could not be kept, or is only looked at.
        previews: whether the answer is shown as readers will see it.
    """
    with reading() as session:
        question = get_question(session, question_id)
        kept = session.get(ExpertDraft, question_id)
        draft = typed or read_draft(session, question, now=now())
        return render_template(
            "admin/expert_question.html",
            question=question,
            deadline=deadline_of(question, today=_today(), holidays=section(ExpertSettings).holidays),
            draft=draft,
            kept=draft_from_row(kept) if kept else None,
            sources=source_rows(draft),
            citations=_citations(session, draft),
            previews=previews,
            refusal=explanation_of(type(refusal)) if refusal else None,
            history=list_history(session, question_id),
            similar=find_similar(session, question.text, now=now()) if question.state in OPEN else (),
            answered_by=entry_of(session, question),
            versions=list_entry_versions(session, question.entry_id) if question.entry_id else (),
            block=find_block(session, question, now=now()),
            experts=list_experts(session),
            documents=list_documents(session),
            **_may(question, draft),
            areas=AREA_TITLES,
        )


def _may(question: ExpertQuestion, draft: Draft) -> dict[str, object]:
    """What the signed-in operator may do with the question now."""
    editor, state = current_editor(), State(question.state)
    own = section(ExpertSettings).four_eyes and draft.written_by == editor.name
    return {
        "editor": editor,
        "may_write": may_take(Step.DRAFT, state),
        "may_submit": may_take(Step.SUBMIT, state),
        "may_publish": editor.reviews and may_take(Step.PUBLISH, state) and not own,
        "may_return": editor.reviews and may_take(Step.RETURN, state),
        "may_correct": editor.reviews and state in ANSWERED,
        "is_open": state in OPEN,
        "may_restore": editor.reviews and may_take(Step.RESTORE, state),
        "waits_for_other_eyes": own and state is State.IN_REVIEW,
    }


def _citations(session: Session, draft: Draft) -> tuple[Citation, ...]:
    held = find_documents(session, [basis.ref for basis in draft.sources])
    return tuple(cite(basis, held, on=_today()) for basis in entry_from_draft(draft, "").sources)


def _say_refusal(refusal: RuleBroken) -> None:
    explanation = explanation_of(type(refusal))
    say(f"{explanation.title}. {explanation.next_step}", kind="error")


def _today() -> date:
    return local_day(now())
