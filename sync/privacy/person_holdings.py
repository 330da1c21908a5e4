"""What is kept of one person beside statements: registry, documents, attempts, what went to other stores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.erasure import imported_progress_of
from content_packages.experts.erasure import questions_of, votes_of
from content_packages.player.holdings import allowances_of, attempts_of, choices_of, progress_of
from sync.forwarding.models import ForwardedStatement, ForwardingTarget
from sync.organization.models import Appointment, Person, PersonDetail
from sync.privacy.subjects import Subject, old_identities
from xapi_bridge.store.models import DocumentKind, DocumentRow, StatementRow
from xapi_bridge.store.postings import agent_term
from xapi_bridge.store.terms import in_chunks


@dataclass(frozen=True)
class HeldDocument:
    """One state or profile; `described` is what the file beside it says."""

    body: bytes
    described: dict[str, Any]


def read_registry(session: Session, subject: Subject) -> dict[str, Any]:
    """Name, staff code, posts and accounts."""
    accounts = [
        {"home_page": row.home_page, "name": row.account_name, "first_seen_at": row.first_seen_at}
        for row in old_identities(session, subject.accounts)
    ]
    registry: dict[str, Any] = {
        "identifiers": [list(one) for one in subject.identifiers],
        "accounts": accounts,
    }
    if subject.person_id is None:
        return registry
    person = session.get(Person, subject.person_id)
    detail = session.get(PersonDetail, subject.person_id)
    posts = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == subject.person_id)
        .order_by(Appointment.valid_from, Appointment.appointment_id)
    )
    return registry | {
        "pseudonym": person.pseudonym if person else None,
        "staff_code": detail.staff_code if detail else None,
        "full_name": detail.full_name if detail else None,
        "posts": [
            {
                "unit_id": post.unit_id,
                "position": post.position,
                "staff_category": post.staff_category,
                "valid_from": post.valid_from,
                "valid_to": post.valid_to,
            }
            for post in posts
        ],
    }


def list_documents_of(session: Session, subject: Subject) -> Iterator[HeldDocument]:
    """The person's states and profiles."""
    digests = [agent_term(one).digest for one in subject.identifiers]
    rows = session.scalars(
        select(DocumentRow).where(DocumentRow.agent_digest.in_(digests)).order_by(DocumentRow.document_id)
    )
    for row in rows:
        yield HeldDocument(
            row.body,
            {
                "resource": DocumentKind(row.kind).name.lower(),
                "activity": row.activity,
                "registration": row.registration,
                "name": row.name,
                "content_type": row.content_type,
                "updated_at": row.updated_at,
            },
        )


def list_attempts(session: Session, subject: Subject) -> list[dict[str, Any]]:
    """Attempts at quizzes with every answer."""
    return [attempt for account in subject.accounts for attempt in attempts_of(session, account)]


def list_study_progress(session: Session, subject: Subject) -> list[dict[str, Any]]:
    """Modules with the sections that were read, and imported courses with what was reached in each unit."""
    native = [module for account in subject.accounts for module in progress_of(session, account)]
    imported = [one for account in subject.accounts for one in imported_progress_of(session, account)]
    return [*native, *imported]


def list_allowances(session: Session, subject: Subject) -> list[dict[str, Any]]:
    """More time for tests that was given to the person, and why."""
    return [one for account in subject.accounts for one in allowances_of(session, account)]


def list_version_choices(session: Session, subject: Subject) -> list[dict[str, Any]]:
    """What the person chose when newer versions of a package were offered."""
    return [one for account in subject.accounts for one in choices_of(session, account)]


def list_questions(session: Session, subject: Subject) -> dict[str, Any]:
    """Questions to experts, and votes on answers."""
    return {
        "questions": [one for account in subject.accounts for one in questions_of(session, account)],
        "votes": [one for account in subject.accounts for one in votes_of(session, account)],
    }


def list_forwarded(session: Session, seqs: Sequence[int]) -> list[tuple[str, UUID, datetime]]:
    """What went where, and when: (target, statement id, instant)."""
    found: list[tuple[str, UUID, datetime]] = []
    for chunk in in_chunks(seqs):
        rows = session.execute(
            select(ForwardingTarget.name, StatementRow.statement_id, ForwardedStatement.delivered_at)
            .join(ForwardedStatement, ForwardedStatement.target_id == ForwardingTarget.target_id)
            .join(StatementRow, StatementRow.seq == ForwardedStatement.seq)
            .where(ForwardedStatement.seq.in_(chunk))
            .order_by(ForwardingTarget.name, ForwardedStatement.seq)
        )
        found += [(name, statement_id, at) for name, statement_id, at in rows]
    return found
