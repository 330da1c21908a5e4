"""Dynamic Registration 1.0: a token handed to the tool, and what the tool sends with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import jwt
from sqlalchemy import Connection, insert, select, update

from lti_tool.practice_lms.courses import Tool, find_tool
from lti_tool.practice_lms.errors import RegistrationRefused
from lti_tool.practice_lms.keys import read_own_token, sign_message
from lti_tool.practice_lms.profiles import Profile
from lti_tool.practice_lms.registered_tool import RegisteredTool, read_registration
from lti_tool.practice_lms.tables import registration, tool
from lti_tool.practice_lms.tools import find_tool_by_client_id, new_client_id

LINK_LIFETIME: Final = timedelta(hours=1)


@dataclass(frozen=True)
class BegunRegistration:
    """An address that the administrator pasted; `used_at` says when the tool answered."""

    client_id: str
    registration_url: str
    tool_id: int | None
    begun_at: datetime
    used_at: datetime | None


def begin_registration(
    connection: Connection, registration_url: str, *, tool_id: int | None, now: datetime
) -> str:
    """Keeps that a tool may register itself; returns the client id that it will get.

    Args:
        tool_id: a tool that registers again: it keeps its client id and its deployment id.

    Raises:
        RegistrationRefused: the address is not an http address.
    """
    parts = urlsplit(registration_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise RegistrationRefused(
            "invalid_registration_url", "Địa chỉ đăng ký phải bắt đầu bằng http:// hoặc https://."
        )
    client_id = find_tool(connection, tool_id).client_id if tool_id else new_client_id()
    values = {"registration_url": registration_url, "tool_id": tool_id, "begun_at": now, "used_at": None}
    connection.execute(registration.delete().where(registration.c.client_id == client_id))
    connection.execute(insert(registration).values(client_id=client_id, **values))
    return client_id


def find_registration(connection: Connection, client_id: str) -> BegunRegistration:
    """The registration that was begun for that client id.

    Raises:
        RegistrationRefused: there is none.
    """
    query = select(registration).where(registration.c.client_id == client_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise RegistrationRefused("unknown_registration", "Không có lượt đăng ký này. Hãy bắt đầu lại.")
    return BegunRegistration(**row)


def registration_address(
    connection: Connection, begun: BegunRegistration, *, issuer: str, now: datetime
) -> str:
    """Where the frame leads: the tool's address with our configuration and a token for one registration."""
    claims = {
        "sub": begun.client_id,
        "scope": "reg-update" if begun.tool_id else "reg",
        "iat": int(now.timestamp()),
        "exp": int((now + LINK_LIFETIME).timestamp()),
    }
    added = {
        "openid_configuration": f"{issuer}/lti/openid-configuration",
        "registration_token": sign_message(connection, claims),
    }
    parts = urlsplit(begun.registration_url)
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def finish_registration(
    connection: Connection, authorization: str, sent: Any, *, profile: Profile, now: datetime
) -> tuple[Tool, RegisteredTool]:
    """The tool as it registered itself, and what it asked for; the token is used up.

    Raises:
        RegistrationRefused: 401 for the token, 400 for what was sent; nothing is kept then.
    """
    begun = _begun(connection, authorization, now=now)
    wanted = read_registration(sent, needs_domain=profile.registration_needs_domain)
    used = connection.execute(
        update(registration)
        .where(registration.c.client_id == begun.client_id, registration.c.used_at.is_(None))
        .values(used_at=now)
    )
    if used.rowcount == 0:
        raise RegistrationRefused("token_already_used", "The registration token works once.", status=401)
    _keep_tool(connection, begun, wanted, pending=profile.registration_pending)
    made = find_tool_by_client_id(connection, begun.client_id)
    if made is None:
        raise LookupError("The tool that was just registered is missing.")
    return made, wanted


def _begun(connection: Connection, authorization: str, *, now: datetime) -> BegunRegistration:
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer" or not token:
        raise RegistrationRefused(
            "missing_registration_token", "Authorization: Bearer and the token are needed.", status=401
        )
    try:
        claims = read_own_token(connection, token)
    except jwt.PyJWTError as forged:
        raise RegistrationRefused(
            "invalid_token", "The registration token is not from this LMS.", status=401
        ) from forged
    if not str(claims.get("scope", "")).startswith("reg") or now.timestamp() >= float(claims.get("exp", 0)):
        raise RegistrationRefused("invalid_token", "The registration token has expired.", status=401)
    return find_registration(connection, str(claims["sub"]))


def _keep_tool(
    connection: Connection, begun: BegunRegistration, wanted: RegisteredTool, *, pending: bool
) -> None:
    values = wanted.columns()
    if begun.tool_id is not None:
        connection.execute(update(tool).where(tool.c.tool_id == begun.tool_id).values(values))
        return
    values["name"] = _free_name(connection, wanted.name)
    status = "pending" if pending else "active"
    connection.execute(insert(tool).values(client_id=begun.client_id, status=status, **values))


def _free_name(connection: Connection, name: str) -> str:
    taken = set(connection.scalars(select(tool.c.name)))
    numbered = (name if number == 1 else f"{name} ({number})" for number in range(1, len(taken) + 2))
    return next(free for free in numbered if free not in taken)


def cut_value(value: str) -> str:
    """A custom value as one product's reply shows it: cut at the second `=` of its line."""
    return value.split("=", 1)[0]


def reply_custom(custom: Mapping[str, str], *, profile: Profile) -> dict[str, str]:
    """Custom parameters as the reply shows them."""
    if not profile.registration_cuts_custom_values:
        return dict(custom)
    return {name: cut_value(value) for name, value in custom.items()}
