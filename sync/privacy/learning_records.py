"""What the house derives from statements, moved to the pseudonym so that every count stays as it was."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from sync.bookmarks import hold_bookmark_shared
from sync.grades import GRADES
from sync.models import (
    AwaitedColumn,
    ExpectedScore,
    FinalResult,
    OutgoingScore,
    QuizResult,
    RosterMember,
)
from sync.organization.claim_models import AccountMove, UnitClaim, UnitClaimEvent
from sync.organization.models import ActorIdentity, Appointment, Person, PersonDetail
from sync.organization.staff_import.changes import forget_person_changes
from sync.privacy.subjects import Subject, old_identities
from sync.rollups.dirty import ROLLUPS
from sync.rollups.facts import places_of
from sync.rollups.models import LearningFact, QuizScore
from xapi_bridge.statement import Account, Actor
from xapi_bridge.store.terms import in_chunks

#: Stands where a name stood.
NAME_GONE = "(đã xóa theo yêu cầu)"


def hold_followers(session: Session) -> None:
    """No follower may hold a batch with old payloads while they are rewritten; before the sequence lock."""
    for name in sorted((GRADES, ROLLUPS)):
        hold_bookmark_shared(session, name)


def create_pseudonym_identity(session: Session, subject: Subject, pseudonym: Actor) -> None:
    """The account row of the pseudonym, linked to the same person, seen since the same day."""
    old = old_identities(session, subject.accounts)
    if not old or pseudonym.account is None:
        return
    session.add(
        ActorIdentity(
            home_page=pseudonym.account.home_page,
            account_name=pseudonym.account.name,
            person_id=old[0].person_id,
            first_seen_at=min(one.first_seen_at for one in old),
            linked_at=old[0].linked_at,
        )
    )
    session.flush()


def move_facts(session: Session, statement_ids: Sequence[UUID], *, to: Account) -> None:
    """The facts of rewritten statements belong to the pseudonym now, in the transaction that rewrote them."""
    identity_id = session.scalar(
        select(ActorIdentity.identity_id).where(
            ActorIdentity.home_page == to.home_page, ActorIdentity.account_name == to.name
        )
    )
    if identity_id is None:
        return
    for chunk in in_chunks(sorted(statement_ids)):
        moved = (LearningFact.seq.in_(places_of(chunk)), QuizScore.statement_id.in_(chunk))
        for table, is_moved in zip((LearningFact, QuizScore), moved, strict=True):
            session.execute(
                update(table)
                .where(is_moved)
                .values(identity_id=identity_id)
                .execution_options(synchronize_session=False)
            )


def move_facts_left(session: Session, subject: Subject, *, to: Account, until: int) -> None:
    """Facts whose statements are in an archive: the statements are rewritten when they come back."""
    new = old_identities(session, [to])
    old = [one.identity_id for one in old_identities(session, subject.accounts)]
    if not new:
        return
    for table in (LearningFact, QuizScore):
        session.execute(
            update(table)
            .where(table.identity_id.in_(old), table.seq <= until)
            .values(identity_id=new[0].identity_id)
            .execution_options(synchronize_session=False)
        )


def forget_scores(
    session: Session, registrations: Iterable[UUID], *, registration_for: Callable[[UUID], UUID]
) -> int:
    """Nothing leads from a registration to the LMS user any more; the best result stays under the new one.

    Scores that the LMS holds are the LMS's own. One that was still to be sent is not sent.
    """
    forgotten = 0
    for registration in sorted(registrations):
        expected = session.get(ExpectedScore, registration)
        if expected is not None:
            forgotten += _forget_expected(session, expected)
        session.execute(delete(AwaitedColumn).where(AwaitedColumn.registration == registration))
        for table in (FinalResult, QuizResult):
            session.execute(
                update(table)
                .where(table.registration == registration)
                .values(registration=registration_for(registration))
                .execution_options(synchronize_session=False)
            )
    return forgotten


def _forget_expected(session: Session, expected: ExpectedScore) -> int:
    session.execute(
        delete(OutgoingScore).where(
            OutgoingScore.platform_registration_id == expected.platform_registration_id,
            OutgoingScore.lms_user_id == expected.lms_user_id,
        )
    )
    session.delete(expected)
    session.flush()
    return 1


def drop_identities(session: Session, subject: Subject, pseudonym: Actor) -> int:
    """Removes account rows that no fact uses; an account that learned again meanwhile is a new one."""
    old = [one for one in old_identities(session, subject.accounts) if one.account_name != _name(pseudonym)]
    _forget_declarations(session, [one.identity_id for one in old])
    _forget_memberships(session, subject.accounts)
    gone = session.execute(
        delete(ActorIdentity)
        .where(
            ActorIdentity.identity_id.in_([one.identity_id for one in old]),
            ~exists().where(LearningFact.identity_id == ActorIdentity.identity_id),
            ~exists().where(QuizScore.identity_id == ActorIdentity.identity_id),
        )
        .returning(ActorIdentity.identity_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)


def _forget_declarations(session: Session, identity_ids: Sequence[int]) -> None:
    """What the accounts declared, what became of it, and which people they were given to."""
    claims = select(UnitClaim.claim_id).where(UnitClaim.identity_id.in_(identity_ids))
    for doomed in (
        delete(UnitClaimEvent).where(UnitClaimEvent.claim_id.in_(claims)),
        delete(UnitClaim).where(UnitClaim.identity_id.in_(identity_ids)),
        delete(AccountMove).where(AccountMove.identity_id.in_(identity_ids)),
    ):
        session.execute(doomed.execution_options(synchronize_session=False))


def _forget_memberships(session: Session, accounts: Sequence[Account]) -> None:
    """Places on the rosters of courses; the next reading of a roster finds only who is still there."""
    for account in accounts:
        session.execute(
            delete(RosterMember).where(
                RosterMember.account_home_page == account.home_page,
                RosterMember.account_name == account.name,
            )
        )


def _name(pseudonym: Actor) -> str:
    return pseudonym.account.name if pseudonym.account else ""


def anonymise_person(session: Session, person_id: int) -> int:
    """Name, staff code and wording of posts go; the posts themselves stay, because counts stand on them."""
    person = session.get(Person, person_id)
    if person is None:
        return 0
    person.pseudonym = uuid4().hex
    detail = session.get(PersonDetail, person_id)
    if detail is not None:
        forget_person_changes(session, person_id, staff_code=detail.staff_code)
        detail.staff_code, detail.full_name = f"erased-{uuid4().hex}", NAME_GONE
    session.execute(
        update(Appointment)
        .where(Appointment.person_id == person_id)
        .values(position="")
        .execution_options(synchronize_session=False)
    )
    session.flush()
    return 1
