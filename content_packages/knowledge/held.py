"""Records that this process has read before, for as long as the index has the same version.

Every change of a record raises the version, and a new version is a new mirror with nothing held.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from content_packages.knowledge.mirror import Mirror
from content_packages.knowledge.records import Document, Entry
from content_packages.knowledge.stored import find_documents, find_entries


def held_documents(session: Session, mirror: Mirror, refs: Collection[str]) -> dict[str, Document]:
    """As `find_documents`, asking the database for what is not held only."""
    held = mirror.documents
    missing = [ref for ref in refs if ref not in held]
    if missing:
        found = find_documents(session, missing)
        held.update({ref: found.get(ref) for ref in missing})
    return {ref: document for ref in refs if (document := held[ref]) is not None}


def held_entries(session: Session, mirror: Mirror, entry_ids: Collection[str]) -> dict[str, Entry]:
    """As `find_entries`, likewise."""
    held = mirror.entries
    missing = [entry_id for entry_id in entry_ids if entry_id not in held]
    if missing:
        found = find_entries(session, missing)
        held.update({entry_id: found.get(entry_id) for entry_id in missing})
    return {entry_id: entry for entry_id in entry_ids if (entry := held[entry_id]) is not None}
