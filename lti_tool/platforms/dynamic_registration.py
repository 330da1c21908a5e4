"""The LMS registers itself: fetch its configuration, send ours, read its reply, keep the registration.

Three parts that never overlap: claim the invitation (transaction), talk to the LMS (no transaction), store
what it accepted and use the invitation up (transaction).

Spec: LTI Dynamic Registration 1.0, 3; RFC 7591, 3.2.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from requests import Response
from sqlalchemy.orm import Session

from lti_tool.platforms.care import ProductSeen, note_product
from lti_tool.platforms.errors import (
    AccessTokenRefused,
    LmsRefusedRegistration,
    LmsUnreachable,
    OpenidConfigurationRefused,
)
from lti_tool.platforms.invitations import Invitation, use_up_invitation
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.lms_words import words_of
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.openid_configuration import (
    OpenidConfiguration,
    read_configuration,
    refuse_foreign_configuration,
)
from lti_tool.platforms.register import (
    Platform,
    PlatformFields,
    add_deployment,
    field_fault,
    find_registration,
    save_registration,
)
from lti_tool.platforms.token_requests import request_token
from lti_tool.platforms.tool_configuration import TOOL_CONFIGURATION
from lti_tool.platforms.tool_keys import SigningKey
from xapi_bridge.store.audit import note_action

#: Who the audit log names for what an LMS did.
LMS: Final = "lms"


@dataclass(frozen=True)
class Accepted:
    """What the LMS answered to our registration.

    Attributes:
        deployment_id: None where the LMS names it later.
        warnings: what differs from what we asked for, in English, for the log.
    """

    client_id: str
    deployment_id: str | None


@dataclass(frozen=True)
class Verified:
    """What token requests showed.

    Attributes:
        granted: scopes that the LMS really grants.
        denied: asked for and not granted.
        trouble: why nothing was granted at all; None when a token came.
    """

    granted: frozenset[str]
    denied: frozenset[str]
    trouble: AccessTokenRefused | LmsUnreachable | None = field(default=None)


def fetch_configuration(http: LmsHttp, address: str, *, expected_hosts: Sequence[str]) -> OpenidConfiguration:
    """The LMS's configuration, checked.

    Raises:
        IssuerHostMismatch, OpenidConfigurationRefused, LmsUnreachable
    """
    refuse_foreign_configuration(address, expected_hosts)
    answer = http.get(address, headers={"Accept": "application/json"})
    if answer.status_code != 200:
        # Its words are not told: the address comes from whoever opened the link, and may be anybody's.
        raise OpenidConfigurationRefused(f"openid_configuration answered {answer.status_code}.")
    return read_configuration(answer.content, address=address, expected_hosts=expected_hosts)


def send_registration(
    http: LmsHttp, configuration: OpenidConfiguration, body: dict[str, Any], *, registration_token: str
) -> Accepted:
    """Registers us at the LMS.

    Raises:
        LmsRefusedRegistration: with the LMS's own words.
        LmsUnreachable
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if registration_token:
        # Moodle compares the scheme letter by letter.
        headers["Authorization"] = f"Bearer {registration_token}"
    answer = http.post(
        configuration.registration_url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers=headers,
    )
    return read_registration_reply(answer)


def read_registration_reply(answer: Response) -> Accepted:
    """The client id of a reply. Moodle answers 200 instead of 201, and calls its JSON text/html.

    Raises:
        LmsRefusedRegistration
    """
    if not 200 <= answer.status_code < 300:
        raise LmsRefusedRegistration(
            f"The registration endpoint answered {answer.status_code}.", lms_words=words_of(answer)
        )
    try:
        told: Any = json.loads(answer.content)
    except (ValueError, RecursionError) as malformed:
        raise LmsRefusedRegistration(
            "The registration endpoint did not answer with JSON.", lms_words=words_of(answer)
        ) from malformed
    client_id = told.get("client_id") if isinstance(told, dict) else None
    client_id = (
        str(client_id) if isinstance(client_id, int) and not isinstance(client_id, bool) else client_id
    )
    if not isinstance(client_id, str) or field_fault("client_id", client_id) is not None:
        raise LmsRefusedRegistration(
            "The registration endpoint's answer names no usable client_id.", lms_words=words_of(answer)
        )
    return Accepted(client_id, _deployment_of(told))


def store_registration(
    session: Session,
    configuration: OpenidConfiguration,
    accepted: Accepted,
    *,
    invitation: Invitation,
    claim: str,
    approve: bool,
    now: datetime,
) -> PlatformRegistration:
    """Keeps what the LMS accepted and uses the invitation up, both or neither.

    The known registration of this issuer and client id is brought up to date. It stays approved if it was in
    use and nothing that messages are checked against has changed; otherwise an operator looks at it first.

    Raises:
        InvitationUsed
    """
    fields = PlatformFields(
        issuer=configuration.issuer,
        client_id=accepted.client_id,
        authorization_url=configuration.authorization_url,
        token_url=configuration.token_url,
        key_set_url=configuration.key_set_url,
        token_audience=configuration.token_audience,
        name=invitation.name,
    )
    known = find_registration(session, issuer=fields.issuer, client_id=fields.client_id)
    trusted = known is not None and known.active and _is_unchanged(known, fields)
    registration = save_registration(session, fields, now=now)
    registration.entered_by = "dynamic"
    if approve:
        registration.active, registration.approved_at = True, registration.approved_at or now
    elif not trusted:
        registration.active, registration.approved_at = False, None
    note_product(registration, ProductSeen(configuration.product_family, configuration.product_version))
    if accepted.deployment_id is not None:
        add_deployment(session, registration.id, accepted.deployment_id)
    use_up_invitation(session, invitation.id, claim, registration_id=registration.id, now=now)
    note_action(
        session,
        "registration_updated" if known else "registration_received",
        operator=LMS,
        subject=f"{registration.id} {registration.issuer} {registration.client_id}"[:200],
        now=now,
        invitation=invitation.id,
        approved=registration.approved_at is not None,
    )
    session.flush()
    return registration


def verify_scopes(
    http: LmsHttp, platform: Platform, key: SigningKey, scopes: Sequence[str], *, now: datetime
) -> Verified:
    """Asks for a token of all scopes; the reply tells which the LMS grants, whatever the registration said.

    An LMS that refuses the whole because of one scope is asked for each alone.
    """
    asked = frozenset(scopes)
    if not asked:
        return Verified(frozenset(), frozenset())
    try:
        granted = request_token(http, platform, key, scopes, now=now).scopes
        return Verified(granted, asked - granted)
    except LmsUnreachable as trouble:
        return Verified(frozenset(), asked, trouble)
    except AccessTokenRefused as refused:
        if len(scopes) == 1 or refused.status != 400:
            return Verified(frozenset(), asked, refused)
    each = [verify_scopes(http, platform, key, [scope], now=now) for scope in scopes]
    granted = frozenset().union(*(one.granted for one in each))
    return Verified(granted, asked - granted, None if granted else each[0].trouble)


def _is_unchanged(known: PlatformRegistration, fields: PlatformFields) -> bool:
    return all(
        getattr(known, name) == getattr(fields, name)
        for name in ("authorization_url", "token_url", "token_audience", "key_set_url")
    )


def _deployment_of(told: dict[str, Any]) -> str | None:
    about = told.get(TOOL_CONFIGURATION)
    sent = about.get("deployment_id") if isinstance(about, dict) else None
    sent = str(sent) if isinstance(sent, int) and not isinstance(sent, bool) else sent
    return sent if isinstance(sent, str) and field_fault("deployment_id", sent) is None else None
