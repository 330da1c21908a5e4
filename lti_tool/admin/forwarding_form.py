"""The form of a forwarding target: from what was typed to what sync understands, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Self

import msgspec

from sync.calendars import VIET_NAM
from sync.errors import ForwardingFilterRefused, TargetFieldRefused
from sync.forwarding.filters import StatementFilter, read_filter
from sync.forwarding.models import ForwardingTarget
from sync.forwarding.targets import TargetFields

#: Conditions that are lists of texts, one a line.
LISTS = ("verbs", "activities", "packages", "registrations", "home_pages")
#: Where a new target starts.
STARTS = ("now", "day", "all")


@dataclass(frozen=True)
class TargetForm:
    """What stands in the fields, as typed; right after a mistake it is shown again."""

    name: str = ""
    endpoint: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    version: str = "1.0.3"
    disclosure: str = "pseudonyms"
    batch_statements: str = "50"
    batch_bytes: str = "1000000"
    start: str = "now"
    start_day: str = ""
    verbs: str = ""
    activities: str = ""
    packages: str = ""
    related_activities: bool = False
    registrations: str = ""
    authorities: str = ""
    home_pages: str = ""

    @classmethod
    def from_request(cls, sent: Mapping[str, str]) -> Self:
        """The form as it was sent."""
        typed: dict[str, Any] = {
            name: sent[name] for name in cls.__dataclass_fields__ if name in sent and name != "secret"
        }
        typed["related_activities"] = "related_activities" in sent
        return cls(**typed, secret=sent.get("secret", ""))

    @classmethod
    def from_target(cls, target: ForwardingTarget) -> Self:
        """The form of a known target; the password stays hidden."""
        chosen = read_filter(target.filters)
        lists = {name: "\n".join(map(str, getattr(chosen, name))) for name in LISTS}
        hidden = "without_names" if not target.names_allowed else "everything"
        return cls(
            name=target.name,
            endpoint=target.endpoint,
            key=target.key,
            version=target.version,
            disclosure="pseudonyms" if target.pseudonymous else hidden,
            batch_statements=str(target.batch_statements),
            batch_bytes=str(target.batch_bytes),
            related_activities=chosen.related_activities,
            authorities="\n".join(f"{one.homePage} {one.name}" for one in chosen.authorities),
            **lists,
        )

    def filters(self) -> StatementFilter:
        """The filter.

        Raises:
            ForwardingFilterRefused: a line is not understood.
        """
        chosen: dict[str, Any] = {name: _lines(getattr(self, name)) for name in LISTS}
        chosen["related_activities"] = self.related_activities
        chosen["authorities"] = [_account(line) for line in _lines(self.authorities)]
        return read_filter(msgspec.json.encode(chosen).decode())

    def fields(self) -> TargetFields:
        """The whole target.

        Raises:
            ForwardingFilterRefused, TargetFieldRefused: a field is not understood.
        """
        return TargetFields(
            name=self.name,
            endpoint=self.endpoint,
            key=self.key,
            secret=self.secret or None,
            version=self.version,
            filters=self.filters(),
            pseudonymous=self.disclosure not in {"without_names", "everything"},
            names_allowed=self.disclosure == "everything",
            batch_statements=_number(self.batch_statements, "statements in a batch"),
            batch_bytes=_number(self.batch_bytes, "bytes in a batch"),
        )

    def start_instant(self, *, now: datetime) -> datetime | None:
        """From when on statements count; None for all.

        Raises:
            TargetFieldRefused: the day is none.
        """
        if self.start == "all":
            return None
        return first_instant_of(self.start_day) if self.start == "day" else now


def first_instant_of(text: str) -> datetime:
    """The beginning of a day in Viet Nam, from 2026-11-24.

    Raises:
        TargetFieldRefused: another form, or no such day.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise TargetFieldRefused("The first day is a date such as 2026-11-24.") from None
    return datetime.combine(day, time(), tzinfo=VIET_NAM).astimezone(UTC)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _account(line: str) -> dict[str, str]:
    home_page, _, name = line.partition(" ")
    if not name.strip():
        raise ForwardingFilterRefused(
            "An authority is the home page and the name of its account, with one blank between."
        )
    return {"homePage": home_page, "name": name.strip()}


def _number(text: str, what: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit() or len(text) > 12:
        raise TargetFieldRefused(f"The number of {what} is a whole number.")
    return int(text)
