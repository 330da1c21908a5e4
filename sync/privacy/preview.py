"""What an erasure would touch, before anybody confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sync.privacy.erasures import get_erasure, working_of
from sync.privacy.person_export import count_exports_of
from sync.privacy.subjects import old_identities
from sync.privacy.targets import find_given_statements
from xapi_bridge.store.archive import find_archives
from xapi_bridge.store.erased_files import count_attachments, count_documents
from xapi_bridge.store.erasure import count_occurrences, find_named_seqs
from xapi_bridge.store.sequence import last_sequence


@dataclass(frozen=True)
class Preview:
    """What an erasure would touch.

    Attributes:
        own: statements whose actor is the person.
        others: statements of others that name the person.
        accounts: rows of the registry of accounts.
        documents: states and profiles of the person.
        attachments: of the person's own statements.
        person_exports: files with the person's records that were made on request and can still be fetched.
        archives: months in files, which may hold the person.
        targets: record stores that were given statements of the person: (name, how many).
    """

    own: int
    others: int
    accounts: int
    documents: int = 0
    attachments: int = 0
    person_exports: int = 0
    archives: int = 0
    targets: Sequence[tuple[str, int]] = ()


def preview_erasure(session: Session, erasure_id: int) -> Preview:
    """What the work would touch if it began now; reads only.

    Raises:
        ErasureUnknown, ErasureNotOpen: there is no such request, or it was done.
    """
    subject = working_of(get_erasure(session, erasure_id)).subject
    found = count_occurrences(session, subject.identifiers, until=last_sequence(session))
    given = find_given_statements(session, subject.identifiers, until=last_sequence(session))
    own, _ = find_named_seqs(session, subject.identifiers, until=last_sequence(session))
    return Preview(
        own=found.own,
        others=found.others,
        accounts=len(old_identities(session, subject.accounts)),
        documents=count_documents(session, subject.identifiers),
        attachments=count_attachments(session, own),
        person_exports=count_exports_of(session, subject),
        archives=sum(one.is_removed for one in find_archives(session)),
        targets=[(one.name, len(one.own) + len(one.others)) for one in given],
    )
