"""Taking in what a source says: known, recorded, or kept with the reason why not. Nothing blocks the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.errors import VoidingOfOthers
from sync.intake.copies import is_altered_copy
from sync.intake.models import IntakeSource, RejectedStatement, StatementProvenance
from xapi_bridge.database import insert_if_absent
from xapi_bridge.errors import RuleBroken, StatementConflict, XapiRefused
from xapi_bridge.statement import Statement, canonical_form, parse_statement
from xapi_bridge.statement.errors import AttachmentBodyMissing, StatementRefused
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.postings import agent_term
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.terms import find_terms, in_chunks
from xapi_bridge.translate.unnamed import id_of_unnamed
from xapi_bridge.vocabulary.cchc import source_authority

#: Longest reason kept; the statement itself is kept whole.
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Taken:
    """What became of a batch.

    Attributes:
        accepted: recorded now.
        known: the store had them, word for word.
        copies: the store had them, with other people in them.
        rejected: kept with the reason why they were not recorded.
    """

    accepted: int = 0
    known: int = 0
    copies: int = 0
    rejected: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.accepted + other.accepted,
            self.known + other.known,
            self.copies + other.copies,
            self.rejected + other.rejected,
        )

    @property
    def total(self) -> int:
        return self.accepted + self.known + self.copies + self.rejected


@dataclass(frozen=True)
class Rejection:
    """A statement that is not recorded, and the rule that it breaks."""

    raw: bytes
    statement_id: UUID | None
    refusal: RuleBroken


class _Said(msgspec.Struct):
    """What the source's own store added."""

    stored: str = ""
    authority: msgspec.Raw = msgspec.Raw(b"")


_read_said = msgspec.json.Decoder(_Said)


def take_statements(
    session: Session, source: IntakeSource, raws: Sequence[bytes], *, iri_base: str, now: datetime
) -> Taken:
    """Takes in a batch of a source. Repeating it changes nothing.

    The store's lock is held from here to the end of the transaction, so let it be the last that a use case
    does.

    Args:
        raws: the JSON of each statement, as it came.
        iri_base: home page of the account that vouches for the source.
    """
    taken, _rejections = sort_statements(session, source, raws, iri_base=iri_base, now=now)
    return taken


def sort_statements(
    session: Session, source: IntakeSource, raws: Sequence[bytes], *, iri_base: str, now: datetime
) -> tuple[Taken, Sequence[Rejection]]:
    """As `take_statements`; also what was rejected, for a report."""
    parsed, rejections = _parse(raws, source)
    fresh, known, copies, contradicting = _compare(session, parsed)
    rejections += contradicting
    foreign = _voidings_of_others(session, source, fresh, iri_base=iri_base)
    rejections += foreign
    held_back = {one.statement_id for one in foreign}
    recorded, refused = _record(
        session, source, [one for one in fresh if one.id not in held_back], iri_base=iri_base, now=now
    )
    rejections += refused
    _note_provenance(session, source, recorded, now=now)
    _keep_rejected(session, source, rejections, now=now)
    taken = Taken(len(recorded), known, copies, len(rejections))
    source.accepted += taken.accepted
    source.known += taken.known
    source.copies += taken.copies
    session.flush()
    return taken, rejections


def _parse(raws: Sequence[bytes], source: IntakeSource) -> tuple[list[Statement], list[Rejection]]:
    """The statements that keep the grammar, each with an id, and the others."""
    parsed: list[Statement] = []
    rejections: list[Rejection] = []
    for raw in raws:
        try:
            parsed.append(_parse_one(raw, source))
        except StatementRefused as refused:
            rejections.append(Rejection(raw, None, refused))
    return parsed, rejections


def _parse_one(raw: bytes, source: IntakeSource) -> Statement:
    statement = parse_statement(raw, version=source.xapi_version)
    for place, attachment in enumerate(statement.attachments):
        if attachment.file_url is None:
            raise AttachmentBodyMissing(f"attachments[{place}]", "has no fileUrl, and its bytes did not come")
    if statement.id is not None:
        return statement
    return replace(statement, id=id_of_unnamed(statement, source_name=source.name))


def _compare(
    session: Session, statements: Sequence[Statement]
) -> tuple[list[Statement], int, int, list[Rejection]]:
    """What is new; how many are known; how many are copies; what contradicts a statement of the same id."""
    kept = _find_kept(session, [one.id for one in statements if one.id is not None])
    fresh: dict[UUID, Statement] = {}
    known = copies = 0
    contradicting: list[Rejection] = []
    for statement in statements:
        assert statement.id is not None  # noqa: S101 - `_parse_one` gave each an id
        earlier = kept.get(statement.id)
        if earlier is None and statement.id in fresh:
            earlier = fresh[statement.id].raw
        if earlier is None:
            fresh[statement.id] = statement
        elif _says_the_same(statement, earlier):
            known += 1
        elif statement.id in kept and is_altered_copy(statement.raw, earlier):
            copies += 1
        else:
            contradicting.append(_contradiction(statement))
    return list(fresh.values()), known, copies, contradicting


def _contradiction(statement: Statement) -> Rejection:
    return Rejection(
        statement.raw,
        statement.id,
        StatementConflict("Another statement already has this id; compare the two and discard one."),
    )


def _says_the_same(statement: Statement, earlier: bytes) -> bool:
    timed = statement.timestamp is not None
    return canonical_form(statement.raw, with_timestamp=timed) == canonical_form(
        earlier, with_timestamp=timed
    )


def _find_kept(session: Session, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    kept: dict[UUID, bytes] = {}
    for chunk in in_chunks(ids):
        rows = session.execute(
            select(StatementRow.statement_id, StatementRow.payload).where(
                StatementRow.statement_id.in_(chunk)
            )
        )
        kept |= {row.statement_id: row.payload for row in rows}
    return kept


def _voidings_of_others(
    session: Session, source: IntakeSource, fresh: Sequence[Statement], *, iri_base: str
) -> list[Rejection]:
    """Voiding statements whose target did not come from this source: it may take back only its own words."""
    targets = [one.target_id for one in fresh if one.is_voiding and one.target_id is not None]
    own = {one.id for one in fresh} | _find_own(session, source, targets, iri_base=iri_base)
    return [
        Rejection(
            one.raw,
            one.id,
            VoidingOfOthers(
                "The source takes back a statement that is not here, or that did not come from it. "
                "Void it with a key of scope all, or retry when the statement has come."
            ),
        )
        for one in fresh
        if one.is_voiding and one.target_id not in own
    ]


def _find_own(
    session: Session, source: IntakeSource, ids: Sequence[UUID], *, iri_base: str
) -> set[UUID | None]:
    """Those of the ids that this source vouches for."""
    account = source_authority(iri_base, source.name)
    number = next(
        iter(find_terms(session, [agent_term(("account", account.home_page, account.name))]).values()), None
    )
    own: set[UUID | None] = set()
    for chunk in in_chunks(ids):
        own |= set(
            session.scalars(
                select(StatementRow.statement_id).where(
                    StatementRow.statement_id.in_(chunk), StatementRow.authority_term_id == number
                )
            )
        )
    return own


def _record(
    session: Session, source: IntakeSource, fresh: Sequence[Statement], *, iri_base: str, now: datetime
) -> tuple[list[Statement], list[Rejection]]:
    """Records what is new, in one go; if the store refuses, one by one, so that one spoils nothing."""
    authority = source_authority(iri_base, source.name)
    if not fresh:
        return [], []
    try:
        with session.begin_nested():
            record_statements(session, fresh, authority=authority, now=now, may_void_others=False)
    except XapiRefused as refused:
        if len(fresh) == 1:
            return [], [Rejection(fresh[0].raw, fresh[0].id, refused)]
    else:
        return list(fresh), []
    recorded: list[Statement] = []
    rejections: list[Rejection] = []
    for one in fresh:
        good, bad = _record(session, source, [one], iri_base=iri_base, now=now)
        recorded += good
        rejections += bad
    return recorded, rejections


def _note_provenance(
    session: Session, source: IntakeSource, recorded: Sequence[Statement], *, now: datetime
) -> None:
    rows = [_provenance(one, source, now=now) for one in recorded]
    insert_if_absent(
        session, StatementProvenance.__table__, sorted(rows, key=lambda row: str(row["statement_id"]))
    )


def _provenance(statement: Statement, source: IntakeSource, *, now: datetime) -> dict[str, object]:
    said = _read_said.decode(statement.raw)
    return {
        "statement_id": statement.id,
        "source_id": source.source_id,
        "original_stored": said.stored[:60],
        "original_authority": bytes(said.authority).decode(),
        "received_at": now,
    }


def _keep_rejected(
    session: Session, source: IntakeSource, rejections: Sequence[Rejection], *, now: datetime
) -> None:
    rows: Mapping[bytes, dict[str, object]] = {
        digest: {
            "source_id": source.source_id,
            "statement_id": one.statement_id,
            "digest": digest,
            "code": one.refusal.code,
            "reason": str(one.refusal)[:_LONGEST_REASON].replace("\x00", ""),
            "raw": one.raw,
            "received_at": now,
            "decision": "",
            "note": "",
        }
        for one in rejections
        for digest in (sha256(one.raw).digest(),)
    }
    insert_if_absent(session, RejectedStatement.__table__, [rows[digest] for digest in sorted(rows)])
