"""What an administrator asks of the audit log, and its readings as a file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sync.calendars import VIET_NAM
from sync.csv_files import write_csv
from xapi_bridge.errors import XapiRefused
from xapi_bridge.statement.actors import Actor, check_actor
from xapi_bridge.statement.json_text import read_object
from xapi_bridge.statement.parts import convert_part
from xapi_bridge.store.audit import Reading, ReadingFilter, digest_person

_DIGEST: Final = re.compile(r"[0-9a-f]{32}")
#: Numbers with fewer digits fit into the database; days outside these years name no reading.
_LONGEST_NUMBER: Final = 19
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 9000
_HEADER: Final = ("read_at", "reader_kind", "reader", "resource", "asked", "person", "records", "request_id")


@dataclass(frozen=True)
class AskedReadings:
    """The filters as typed, and what they mean.

    Attributes:
        person_unknown: the person was written in a way that names nobody; then nothing matches.
        before: the page begins below this number.
    """

    reader: str
    day: str
    person: str
    person_unknown: bool
    filter: ReadingFilter
    before: int | None

    @property
    def arguments(self) -> dict[str, str]:
        """For the addresses of further pages."""
        given = {"khoa": self.reader, "ngay": self.day, "nguoi": self.person}
        return {name: value for name, value in given.items() if value}


def asked_readings(arguments: Mapping[str, str], *, secret: bytes) -> AskedReadings:
    """The question in an address: `khoa` reader, `ngay` 2026-11-25, `nguoi` a digest or an Agent, `truoc`."""
    # Databases refuse NUL, and nothing that the log holds has one.
    typed = (arguments.get(name, "").replace("\x00", "").strip() for name in ("khoa", "ngay", "nguoi"))
    reader, day, person = typed
    begins = _day_begins(day)
    digest = person_digest_from(person, secret=secret)
    return AskedReadings(
        reader=reader,
        day=day if begins else "",
        person=person,
        person_unknown=bool(person) and digest is None,
        filter=ReadingFilter(
            reader=reader or None,
            # Something that names nobody matches nothing, instead of everything.
            person_digest=(digest or "nobody") if person else None,
            since=begins,
            until=begins + timedelta(days=1) if begins else None,
        ),
        before=number_before(arguments.get("truoc", "")),
    )


def person_digest_from(text: str, *, secret: bytes) -> str | None:
    """The digest of a person: given itself, as an Agent in JSON, as `homePage name`, or as a mailbox."""
    if _DIGEST.fullmatch(text):
        return text
    if text.startswith("{"):
        return _digest_of_agent(text, secret)
    home_page, blank, name = text.partition(" ")
    if blank and "://" in home_page:
        return digest_person(("account", home_page, name), secret=secret)
    if "@" in text:
        return _digest_of_agent(f'{{"mbox":"mailto:{text.removeprefix("mailto:")}"}}', secret)
    return None


def readings_as_csv(readings: Sequence[Reading]) -> bytes:
    """One line per reading, instants in Viet Nam."""
    return write_csv(
        _HEADER,
        [
            (
                one.read_at.astimezone(VIET_NAM).isoformat(timespec="seconds"),
                one.reader.kind,
                one.reader.name,
                one.resource,
                one.asked,
                one.person_digest,
                one.records,
                one.request_id,
            )
            for one in readings
        ],
    )


def _digest_of_agent(text: str, secret: bytes) -> str | None:
    try:
        agent = convert_part(read_object(text.encode()), Actor, at="agent")
        check_actor(agent, at="agent")
    except (XapiRefused, UnicodeEncodeError):
        return None
    return None if agent.identifier is None else digest_person(agent.identifier, secret=secret)


def number_before(text: str) -> int | None:
    """The number in an address below which a page begins; None for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else None


def _day_begins(day: str) -> datetime | None:
    try:
        begins = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=VIET_NAM)
    except ValueError:
        return None
    return begins if _FIRST_YEAR <= begins.year < _LAST_YEAR else None
