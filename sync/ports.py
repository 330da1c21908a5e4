"""What sync needs from outside, as Protocols. `lti_tool.app` introduces who fills them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from xapi_bridge.lrs_account import AttachmentBody, LrsAccount, LrsCheck, RemotePage
from xapi_bridge.statement import Account


@dataclass(frozen=True)
class LineItemScore:
    """A final result for one learner in one gradebook column.

    Attributes:
        platform_registration_id: the LMS registration whose credentials send it.
        line_item_url: the column, as the LMS gave it (keeps its query string).
        lms_user_id: `sub` of the learner at that LMS.
        score_given: 0.0 to `score_maximum`.
        score_maximum: points possible, above zero.
        scored_at: instant of the result; the LMS ignores a score older than the one it has.
        comment: shown to the learner in the gradebook; may be empty.
    """

    platform_registration_id: int
    line_item_url: str
    lms_user_id: str
    score_given: float
    score_maximum: float
    scored_at: datetime
    comment: str = ""


@dataclass(frozen=True)
class HeldResult:
    """What a gradebook shows for one learner.

    Attributes:
        share: 0.0 to 1.0 of the column's maximum, and above it where a teacher gave more; None: no points.
        tolerance: how far the LMS's rounding may move a share.
    """

    lms_user_id: str
    share: float | None
    tolerance: float = 0.0051


@dataclass(frozen=True)
class WantedLineItem:
    """A gradebook column to be found or made.

    Attributes:
        container_url: `lineitems` of the launch (keeps its query string).
        resource_link_id: the activity in the LMS that the column is for.
        purpose: `resourceId`: which content of ours.
        label: heading of the column.
        score_maximum: points possible in a new column, above zero.
    """

    platform_registration_id: int
    container_url: str
    resource_link_id: str
    purpose: str
    label: str
    score_maximum: float


@dataclass(frozen=True)
class FoundLineItem:
    """A column of a gradebook; `is_ours`: this tool made it."""

    url: str
    is_ours: bool


class Gradebook(Protocol):
    """The LMS's gradebook (AGS 2.0). Every call may raise `ScoreNotDelivered`: try again later."""

    def post_score(self, score: LineItemScore) -> None:
        """Returns when the LMS took the score.

        Raises:
            ScoreNotDelivered: try again later (network, 5xx, 429, token refused for now).
            ScoreConflict: it holds one with the same or a later timestamp.
            ScoreRefused: the LMS will never take it (unknown user or column).
        """

    def read_result(
        self, platform_registration_id: int, line_item_url: str, lms_user_id: str
    ) -> HeldResult | None:
        """What the column shows for one learner; None: nothing.

        Raises:
            ResultsUnreadable: the LMS does not let us read results.
        """

    def read_results(self, platform_registration_id: int, line_item_url: str) -> Sequence[HeldResult]:
        """All that a column shows, page after page.

        Raises:
            ResultsUnreadable: the LMS does not let us read results.
            ColumnGone: there is no such column.
        """

    def find_line_item(self, wanted: WantedLineItem) -> FoundLineItem | None:
        """The column for this link and purpose; None when there is none.

        Raises:
            ScoreRefused: the LMS does not let us look.
        """

    def create_line_item(self, wanted: WantedLineItem) -> str:
        """Makes the column; its address.

        Raises:
            ScoreRefused: the LMS does not let us make columns.
        """

    def rename_line_item(self, platform_registration_id: int, line_item_url: str, label: str) -> None:
        """Changes the heading of a column of ours, and nothing else of it.

        Raises:
            ScoreRefused: the column is gone, or not ours to change.
        """


@dataclass(frozen=True)
class ListedMember:
    """One member of a course, as the LMS lists it.

    Attributes:
        account_home_page, account_name: the pseudonymous account that a launch of this user would have.
        role: learner or teacher, as the list says; a launch may know better.
        status: active, inactive or deleted.
        staff_code: the official's code in the LMS, where the LMS sends it.
    """

    account_home_page: str
    account_name: str
    role: str
    status: str
    staff_code: str | None = None


@dataclass(frozen=True)
class RosterPage:
    """One page of a list of members.

    Attributes:
        next_url: the page after it; empty on the last.
        differences_url: where changes since this list can be asked for later; empty where there are none.
    """

    members: tuple[ListedMember, ...]
    next_url: str = ""
    differences_url: str = ""


class Roster(Protocol):
    """The members of a course (NRPS 2.0)."""

    def read_learners(self, platform_registration_id: int, memberships_url: str) -> RosterPage:
        """The first page of the learners. An LMS that drops the filter sends others as well.

        Raises:
            RosterNotRead: try again later.
            RosterForbidden: the LMS does not give us the list.
        """

    def read_more(self, platform_registration_id: int, memberships_url: str, page_url: str) -> RosterPage:
        """A page that another page named, or the differences.

        Raises:
            RosterNotRead: try again later.
            RosterPageGone: the page is not there any more.
            RosterForbidden: the LMS does not give us the list, or the page lies on another server.
        """


class LaunchTraces(Protocol):
    """What the application keeps of an account beside the records: opened launches."""

    def forget_accounts(self, session: Session, accounts: Sequence[Account]) -> frozenset[UUID]:
        """Deletes the opened launches of the accounts; returns the xAPI registrations that they were given.

        Who still has a lesson open can go on until its ticket ends; what is learned then is new.
        """


class PlatformUpkeep(Protocol):
    """Looks after the connections to LMSs: key rotation, self-tests."""

    def do_due_work(self) -> int:
        """Does what came due; returns how much it was. May run at any time and twice at once."""


class LaunchRecords(Protocol):
    """Attempts to launch, which are kept for a while."""

    def sweep_launch_records(self, *, now: datetime) -> int:
        """Removes those that were kept long enough, in transactions of its own; returns how many."""


class RemoteLrs(Protocol):
    """Another record store; every call names the account to use (xAPI Communication 2.1).

    Every call raises `xapi_bridge.errors.RemoteLrsRefused`; the subclass says what can be done next.
    """

    def post_statements(
        self, account: LrsAccount, statements: Sequence[bytes], *, bodies: Sequence[AttachmentBody] = ()
    ) -> None:
        """Returns when the other store holds every statement; each has its id, so that repeating is harmless.

        Args:
            statements: JSON objects; they are stored in this order, all or none.
            bodies: of attachments without a fileUrl.
        """

    def find_statement(self, account: LrsAccount, statement_id: UUID) -> bytes | None:
        """The JSON of a statement there, valid or voided; None when it has none with this id."""

    def read_page(
        self,
        account: LrsAccount,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 0,
        ascending: bool = True,
        filters: Mapping[str, str] | None = None,
    ) -> RemotePage:
        """The first page of the statements stored after `since` and not after `until`.

        Args:
            filters: further parameters of GET /statements, for example `verb` and `activity`.
        """

    def read_more(self, account: LrsAccount, more: str) -> RemotePage:
        """The page that `more` of another page leads to."""

    def check(self, account: LrsAccount) -> LrsCheck:
        """What the other store says about itself; returns when our key is good."""


class ErasureNeighbour(Protocol):
    """A room that keeps copies of statements beside the store: export files, refused statements …"""

    def erase_person(
        self,
        session: Session,
        identifiers: Collection[tuple[str, ...]],
        texts: Sequence[str],
        *,
        now: datetime,
    ) -> Mapping[str, int]:
        """Deletes, or has deleted, what may hold the person; returns kind of record -> how many.

        Called once per erasure, in a transaction of its own; called again after a crash.

        Args:
            identifiers: as `Actor.identifier` gives them.
            texts: the parts of them that name the person wherever they stand.
        """
