"""What a reader asks the record store for, in the address: bookmarkable, and checked before it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sync.calendars import VIET_NAM
from sync.errors import FilterRefused
from sync.statement_filters import StatementFilters
from xapi_bridge.statement.errors import IriMalformed
from xapi_bridge.statement.formats import check_iri
from xapi_bridge.store.search import Validity

#: Field for a name, and the parameter that holds what it means.
_NAMED: Final = (("ten-don-vi", "don-vi"), ("ten-hoat-dong", "hoat-dong"))
VALIDITIES: Final[dict[str, Validity]] = {
    "con": Validity.VALID,
    "huy": Validity.VOIDED,
    "tat-ca": Validity.ANY,
}
_LONGEST_TEXT: Final = 2_000
_LAST_UNIT: Final = 2**31 - 1


@dataclass(frozen=True)
class RecordsAsked:
    """The question, and where in the answer the reader is.

    Attributes:
        first_day, last_day: days of `stored` in Viet Nam, both included.
        unit_text, activity_text: typed names that stand for no unit and no activity yet.
        older_than, newer_than: `seq` at the edge of the page before; at most one is set.
        written: the parameters that filter, as they stand in the address.
    """

    filters: StatementFilters
    first_day: date | None = None
    last_day: date | None = None
    unit_text: str = ""
    activity_text: str = ""
    older_than: int | None = None
    newer_than: int | None = None
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_first_page(self) -> bool:
        """Whether the newest matches are shown."""
        return self.older_than is None and self.newer_than is None

    def link(self, **changes: str | int | None) -> dict[str, str | int]:
        """Arguments for an address with the same filters and with changes; `None` takes one away."""
        merged: dict[str, str | int | None] = {**self.written, **changes}
        return {name: value for name, value in merged.items() if value not in (None, "")}

    def with_filters(self, **changes: object) -> "RecordsAsked":
        """The same question with other filters."""
        return replace(self, filters=replace(self.filters, **changes))  # type: ignore[arg-type]


_FILTER_NAMES: Final = (
    "don-vi", "ten-don-vi", "nguoi", "dong-tu", "dong-tu-khac", "hoat-dong", "ten-hoat-dong", "lien-quan",
    "dang-ky", "nguon", "tu", "den", "hieu-luc",
)  # fmt: skip


def read_records_asked(arguments: Mapping[str, str]) -> RecordsAsked:
    """The question in an address.

    Raises:
        FilterRefused: a value in a form that nothing can be asked by; the message names the field.
    """
    written = {name: text for name in _FILTER_NAMES if (text := arguments.get(name, "").strip())}
    for name, text in written.items():
        if len(text) > _LONGEST_TEXT or "\0" in text:
            raise FilterRefused(f"{name} is longer than {_LONGEST_TEXT} characters, or holds NUL.")
    for typed, meant in _NAMED:
        # A name that was deleted from its field takes what it stood for away.
        if typed in arguments and typed not in written:
            written.pop(meant, None)
    first_day, last_day = _day(written, "tu"), _day(written, "den")
    if first_day and last_day and first_day > last_day:
        raise FilterRefused("tu (the first day) comes after den (the last day).")
    filters = StatementFilters(
        unit_id=_number(written, "don-vi", most=_LAST_UNIT),
        person=written.get("nguoi", ""),
        verb=_iri(written, "dong-tu-khac") or _iri(written, "dong-tu"),
        activity=_iri(written, "hoat-dong"),
        related=written.get("lien-quan") == "1",
        registration=_uuid(written, "dang-ky"),
        authority_name=written.get("nguon", ""),
        since=_start_of(first_day),
        before=_start_of(last_day + timedelta(days=1)) if last_day else None,
        validity=_validity(written),
    )
    older, newer = (_number(arguments, name, most=2**62) for name in ("cu-hon", "moi-hon"))
    return RecordsAsked(
        filters=filters,
        first_day=first_day,
        last_day=last_day,
        unit_text=written.get("ten-don-vi", ""),
        activity_text=written.get("ten-hoat-dong", ""),
        older_than=older,
        newer_than=None if older is not None else newer,
        written=written,
    )


def uuid_from(text: str, *, name: str) -> UUID:
    """A UUID that a reader typed.

    Raises:
        FilterRefused: another text.
    """
    try:
        return UUID(text.strip())
    except ValueError as malformed:
        raise FilterRefused(f"{name} must be a UUID, for example {UUID(int=0)}.") from malformed


def _validity(written: Mapping[str, str]) -> Validity:
    word = written.get("hieu-luc", "con")
    if word not in VALIDITIES:
        raise FilterRefused(f"hieu-luc must be one of {', '.join(VALIDITIES)}.")
    return VALIDITIES[word]


def _uuid(written: Mapping[str, str], name: str) -> UUID | None:
    text = written.get(name)
    return None if text is None else uuid_from(text, name=name)


def _iri(written: Mapping[str, str], name: str) -> str:
    text = written.get(name, "")
    if not text:
        return ""
    try:
        check_iri(text, at=name)
    except IriMalformed as malformed:
        raise FilterRefused(f"{name} must be an IRI, for example https://example.org/x.") from malformed
    return text


def _number(written: Mapping[str, str], name: str, *, most: int) -> int | None:
    text = written.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or int(text) > most:
        raise FilterRefused(f"{name} must be a whole number.")
    return int(text)


def _day(written: Mapping[str, str], name: str) -> date | None:
    text = written.get(name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as malformed:
        raise FilterRefused(f"{name} is a day, written YYYY-MM-DD.") from malformed
    if not 2000 <= day.year <= 2200:
        raise FilterRefused(f"{name} must lie between 2000 and 2200.")
    return day


def _start_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, tzinfo=VIET_NAM)
