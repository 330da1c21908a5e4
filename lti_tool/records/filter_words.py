"""Filters as a reader would say them, for lists of exports."""

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.records.sentences import shorten
from lti_tool.records.verbs import VERB_WORDS, last_part
from sync.calendars import VIET_NAM
from sync.organization.units import label_on
from sync.statement_filters import StatementFilters
from xapi_bridge.store.search import Validity


def describe_filters(session: Session, filters: StatementFilters, *, on: date) -> str:
    """The filters in one line; without any, that everything is meant."""
    pieces = [*_about_people(session, filters, on=on), *_about_things(filters), *_about_time(filters)]
    return " · ".join(pieces) or _("mọi bản ghi còn hiệu lực")


def _about_people(session: Session, filters: StatementFilters, *, on: date) -> list[str]:
    pieces = []
    if filters.unit_id is not None:
        found = label_on(session, {filters.unit_id}, on_date=on).get(filters.unit_id)
        pieces.append(found.name if found else str(filters.unit_id))
    if filters.person:
        pieces.append(_("người %(code)s", code=shorten(filters.person)))
    return pieces


def _about_things(filters: StatementFilters) -> list[str]:
    pieces = []
    if filters.verb:
        pieces.append(str(VERB_WORDS.get(filters.verb, last_part(filters.verb))))
    if filters.activity:
        pieces.append(last_part(filters.activity))
    if filters.registration:
        pieces.append(_("lượt ghi danh %(code)s", code=shorten(str(filters.registration))))
    if filters.authority_name:
        pieces.append(_("nguồn %(name)s", name=filters.authority_name))
    if filters.validity is not Validity.VALID:
        is_voided = filters.validity is Validity.VOIDED
        pieces.append(_("đã hủy") if is_voided else _("kể cả đã hủy"))
    return pieces


def _about_time(filters: StatementFilters) -> list[str]:
    pieces = []
    if filters.since:
        pieces.append(_("từ %(day)s", day=_day(filters.since)))
    if filters.before:
        pieces.append(_("đến hết %(day)s", day=_day(filters.before - timedelta(days=1))))
    return pieces


def _day(instant: datetime) -> str:
    return instant.astimezone(VIET_NAM).strftime("%d/%m/%Y")
