"""The members of a course: fills sync's port `Roster` with NRPS 2.0.

A member leaves this room as a pseudonym, a role and a staff code; names and addresses stay outside. The
staff code is what the identity rules of the registration find, the same version of them as at a launch.

Spec: NRPS 2.0, 2.2 (members), 2.4 (paging and filters), 2.5 (differences).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import requests
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.advantage.access_tokens import AccessTokens
from lti_tool.advantage.line_items import with_query
from lti_tool.advantage.link_headers import find_link, is_same_server
from lti_tool.advantage.reasons import redact_reason
from lti_tool.advantage.services import LARGEST_LIST_BYTES, LmsServices, retry_after_seconds
from lti_tool.identity.rule_versions import rules_in_force
from lti_tool.identity.rules import Rule, pick_values, read_identity
from lti_tool.launch.identity import account_from_subject
from lti_tool.launch.roles import role_from_lti
from lti_tool.platforms.errors import AccessTokenRefused, PlatformRefused
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.trust import TrustNotes
from sync.grade_errors import RosterForbidden, RosterNotRead, RosterNotTaken, RosterPageGone
from sync.ports import ListedMember, RosterPage

MEMBERS_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LIS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/lis"
LEARNER: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
#: Members that an LMS is asked to put on one page; it may send more.
PAGE: Final = 200
LONGEST_PAGE_ADDRESS: Final = 2000
_LONGEST_USER_ID: Final = 255
_TRY_AGAIN: Final = frozenset({401, 408, 425, 429})


class NrpsRoster:
    """Asks LMSs for members, with the credentials of their registration.

    Args:
        secret: opens our signing key, and keys the pseudonyms.
    """

    def __init__(self, engine: Engine, http: LmsHttp, *, secret: str, clock: Callable[[], datetime]) -> None:
        tokens = AccessTokens(http, clock=clock, on_granted=TrustNotes(engine, clock=clock))
        self._services = LmsServices(engine, http, secret, clock, tokens)
        self._secret = secret
        self._reading = engine.execution_options(read_only=True)

    def read_learners(self, platform_registration_id: int, memberships_url: str) -> RosterPage:
        """As the port says. An LMS whose filter finds nobody, or is refused, is asked again for everyone."""
        filtered = with_query(memberships_url, role=LEARNER, limit=str(PAGE))
        try:
            page = self._read(platform_registration_id, memberships_url, filtered)
        except RosterPageGone:
            page = RosterPage(())
        if page.members or page.next_url:
            return page
        try:
            return self._read(platform_registration_id, memberships_url, memberships_url)
        except RosterPageGone as gone:
            raise RosterForbidden(str(gone)) from gone

    def read_more(self, platform_registration_id: int, memberships_url: str, page_url: str) -> RosterPage:
        return self._read(platform_registration_id, memberships_url, page_url)

    def _read(self, registration_id: int, memberships_url: str, page_url: str) -> RosterPage:
        if not is_same_server(page_url, memberships_url):
            # Our token goes to no other server.
            raise RosterForbidden("The list of members leads to another server.")
        try:
            connector = self._services.connect(registration_id)
            answer = connector.ask(
                "GET",
                page_url,
                MEMBERS_SCOPE,
                accept=MEMBERS_TYPE,
                largest_answer_bytes=LARGEST_LIST_BYTES,
            )
        except AccessTokenRefused as refused:
            raise RosterForbidden(str(refused)) from refused
        except PlatformRefused as failed:
            raise RosterNotRead(str(failed)) from failed
        if not answer.ok:
            raise _explained(answer)
        with Session(self._reading) as session:
            rules = rules_in_force(session, registration_id).rules
        return self._page(answer, issuer=connector.platform.issuer, rules=rules)

    def _page(self, answer: requests.Response, *, issuer: str, rules: Sequence[Rule]) -> RosterPage:
        link, base = answer.headers.get("Link", ""), str(answer.url)
        listed = read_members(answer.content)
        members = tuple(
            member
            for one in listed
            if (member := read_member(one, issuer=issuer, secret=self._secret, rules=rules)) is not None
        )
        next_url = find_link(link, "next", base=base)
        if len(next_url) > LONGEST_PAGE_ADDRESS:
            raise RosterNotRead("The address of the next page is longer than 2000 characters.")
        differences_url = find_link(link, "differences", base=base)
        if not is_same_server(differences_url, base) or len(differences_url) > LONGEST_PAGE_ADDRESS:
            differences_url = ""
        return RosterPage(members, next_url, differences_url)


def read_members(content: bytes) -> list[dict[str, Any]]:
    """`members` of a membership container.

    Raises:
        RosterNotRead: the answer is no such container.
    """
    try:
        container: Any = json.loads(content)
        listed = container["members"]
    except (ValueError, KeyError, TypeError, RecursionError) as malformed:
        raise RosterNotRead("The LMS did not answer with a list of members.") from malformed
    if not isinstance(listed, list):
        raise RosterNotRead("The members of the course are not a list.")
    return [one for one in listed if isinstance(one, dict)]


def read_member(
    member: dict[str, Any], *, issuer: str, secret: str, rules: Sequence[Rule]
) -> ListedMember | None:
    """One member; None when it has no usable user id. Where privacy is on, the id is all there is.

    Args:
        rules: of the registration; those that name a unit find nothing here, for only the learner's own
            launch brings the name that the unit's manager needs.
    """
    user_id = member.get("user_id")
    if isinstance(user_id, bool) or not isinstance(user_id, str | int) or user_id == "":
        return None
    subject = str(user_id)
    if len(subject) > _LONGEST_USER_ID:
        return None
    account = account_from_subject(issuer, subject, secret=secret)
    roles = member.get("roles")
    named = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    status = member.get("status")
    return ListedMember(
        account_home_page=account.home_page,
        account_name=account.name,
        role=role_from_lti(named),
        status=status.lower() if isinstance(status, str) and status else "active",
        staff_code=read_identity(pick_values(claims_of(member)), rules).staff_code,
    )


def claims_of(member: Mapping[str, Any]) -> dict[str, Any]:
    """What the list tells of a member, under the names that it has in a launch.

    Spec: NRPS 2.0, 2.2 (members) and 3 (`message`: the launch's claims, where a resource link was asked for).
    """
    sent = member.get("message")
    messages = [one for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []
    claims: dict[str, Any] = {**(messages[0] if messages else {})}
    if "email" in member:
        claims["email"] = member["email"]
    if "lis_person_sourcedid" in member:
        lis = claims.get(LIS_CLAIM)
        claims[LIS_CLAIM] = {
            **(lis if isinstance(lis, dict) else {}),
            "person_sourcedid": member["lis_person_sourcedid"],
        }
    return claims


def _explained(answer: requests.Response) -> RosterNotTaken:
    status = answer.status_code
    told = f"The roster service answered {status}{redact_reason(answer.reason)}."
    if status in _TRY_AGAIN or status >= 500:
        return RosterNotRead(told, retry_after_seconds=retry_after_seconds(answer.headers))
    if status in {400, 404, 410}:
        return RosterPageGone(told)
    return RosterForbidden(told)
