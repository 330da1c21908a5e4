"""The background jobs of this room; they may run at any time, twice at once, or be killed half-way."""

from collections.abc import Sequence

from sync.exports.erasing import ExportFiles
from sync.intake.erasing import RefusedStatements
from sync.ports import ErasureNeighbour, LaunchTraces
from sync.privacy.carrying_out import Tools, carry_out
from sync.privacy.erasures import list_running
from sync.privacy.person_export import Desk, is_person_export_waiting, write_person_exports
from sync.privacy.retention import apply_rules, is_rule_waiting
from sync.privacy.targets import is_target_asked, note_voided
from sync.settings import PrivacySettings
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import audit_transaction, borrow, now, reading, section, transaction
from xapi_bridge.store.audit import Reading, ReadingFilter, digest_person, list_readings
from xapi_bridge.store.blobs import Blobs

#: Chunks per run, so that one run does not keep a worker from its other jobs.
_MOST_CHUNKS = 50
#: Readings told in one export of a person's records.
_MOST_READINGS = 10_000


#: Rooms that keep copies of statements beside the store; an erasure asks each of them.
NEIGHBOURS: tuple[ErasureNeighbour, ...] = (ExportFiles(), RefusedStatements())


def tools() -> Tools:
    """What the work needs, from the running application."""
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    launches = borrow(LaunchTraces)  # type: ignore[type-abstract]
    return Tools(key=section(PrivacySettings).key, launches=launches, neighbours=NEIGHBOURS)


def desk() -> Desk:
    """What the writing of exports needs, from the running application."""
    return Desk(
        transaction=transaction,
        reading=reading,
        blobs=borrow(Blobs),  # type: ignore[type-abstract]
        settings=section(PrivacySettings),
        clock=now,
        find_readings=readings_about,
    )


def readings_about(identifiers: Sequence[tuple[str, ...]]) -> Sequence[Reading]:
    """Who asked for this person's records, newest first."""
    secret = section(LrsSettings).secret
    digests = {digest_person(one, secret=secret) for one in identifiers}
    with audit_transaction(read_only=True) as session:
        found = [
            reading
            for digest in sorted(digests)
            for reading in list_readings(session, ReadingFilter(person_digest=digest), limit=_MOST_READINGS)
        ]
    return sorted(found, key=lambda one: one.read_at, reverse=True)


def carry_out_erasures() -> int:
    """Goes on with erasures, and looks whether targets have taken their voiding statements."""
    with reading() as session:
        running, asked = bool(list_running(session)), is_target_asked(session)
    done = carry_out(transaction, tools(), clock=now, most_chunks=_MOST_CHUNKS) if running else 0
    if asked:
        with transaction() as session:
            note_voided(session, now=now())
    return done


def apply_retention() -> int:
    """Runs the retention rules that are on; returns how many records were changed or deleted."""
    with reading() as session:
        if not is_rule_waiting(session, now=now()):
            return 0
    return apply_rules(transaction, now=now(), most_chunks=_MOST_CHUNKS)


def write_person_archives() -> int:
    """Writes the exports that wait and deletes those that outlived their time."""
    with reading() as session:
        if not is_person_export_waiting(session, now=now()):
            return 0
    return write_person_exports(desk())
