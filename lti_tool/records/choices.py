"""What the form of filters offers: verbs and sources that exist, units and activities by the names typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.admin.sign_in import SignedIn
from lti_tool.records.asked import RecordsAsked
from lti_tool.records.pages import iri_base, today
from lti_tool.records.verbs import VERB_WORDS
from lti_tool.reports.access import may_see_unit
from sync.activity_titles import ActivityTitle, search_titles, title_of_activity
from sync.intake.sources import list_sources
from sync.organization.staff import find_person_by_staff_code
from sync.organization.units import FoundUnit, label_on, search_units
from xapi_bridge.running_app import now
from xapi_bridge.store.credentials import list_credentials
from xapi_bridge.store.models import TermKind
from xapi_bridge.store.postings import TermKey
from xapi_bridge.store.terms import find_terms
from xapi_bridge.vocabulary import cchc


@dataclass(frozen=True)
class Choices:
    """Attributes: verbs and sources are value and words; units and activities what a typed name may mean."""

    unit_name: str
    activity_title: str
    verbs: Sequence[tuple[str, str]]
    sources: Sequence[tuple[str, str]]
    units: Sequence[FoundUnit] = ()
    activities: Sequence[ActivityTitle] = ()

    @property
    def is_undecided(self) -> bool:
        """Whether a typed name means several things, so that nothing is asked yet."""
        return bool(self.units or self.activities)


def settle_names(
    session: Session, asked: RecordsAsked, operator: SignedIn
) -> tuple[RecordsAsked, Choices, tuple[str, ...]]:
    """The question with typed names turned into what they mean, what else may be chosen, and what is unknown.

    Returns:
        The third: fields whose text means nothing; with any, nothing is asked.
    """
    unknown: list[str] = []
    asked, units = _settle_unit(session, asked, operator, unknown)
    asked, activities = _settle_activity(session, asked, unknown)
    asked = _settle_person(session, asked, operator)
    return (
        asked,
        Choices(
            unit_name=_name_of_unit(session, asked.filters.unit_id),
            activity_title=title_of_activity(session, asked.filters.activity, iri_base=iri_base())
            or asked.filters.activity,
            verbs=_known_verbs(session),
            sources=_sources(session) if operator.unit_id is None else (),
            units=units,
            activities=activities,
        ),
        tuple(unknown),
    )


def find_units(session: Session, text: str, operator: SignedIn) -> list[FoundUnit]:
    """Units of today by name, those only that the operator may see."""
    found = search_units(session, text, on_date=today(), limit=12)
    return [one for one in found if may_see_unit(session, operator, one.unit.unit_id)]


def _settle_unit(
    session: Session, asked: RecordsAsked, operator: SignedIn, unknown: list[str]
) -> tuple[RecordsAsked, Sequence[FoundUnit]]:
    text = asked.unit_text
    if not text:
        return asked, ()
    if asked.filters.unit_id and _name_of_unit(session, asked.filters.unit_id) == text:
        return asked, ()
    found = find_units(session, text, operator)
    exact = [one for one in found if one.unit.name.casefold() == text.casefold()]
    if len(found) == 1 or len(exact) == 1:
        return asked.with_filters(unit_id=(exact or found)[0].unit.unit_id), ()
    if not found:
        unknown.append("ten-don-vi")
    return asked.with_filters(unit_id=None), found


def _settle_activity(
    session: Session, asked: RecordsAsked, unknown: list[str]
) -> tuple[RecordsAsked, Sequence[ActivityTitle]]:
    text = asked.activity_text
    if not text:
        return asked, ()
    if "://" in text:
        return asked.with_filters(activity=text), ()
    if (
        asked.filters.activity
        and title_of_activity(session, asked.filters.activity, iri_base=iri_base()) == text
    ):
        return asked, ()
    found = search_titles(session, text, iri_base=iri_base())
    exact = [one for one in found if one.title.casefold() == text.casefold()]
    if len(found) == 1 or len(exact) == 1:
        return asked.with_filters(activity=(exact or found)[0].iri), ()
    if not found:
        unknown.append("ten-hoat-dong")
    return asked.with_filters(activity=""), found


def _settle_person(session: Session, asked: RecordsAsked, operator: SignedIn) -> RecordsAsked:
    """A staff code means its person, for readers who may know whose it is."""
    if not asked.filters.person or not operator.sees_names:
        return asked
    person = find_person_by_staff_code(session, asked.filters.person)
    return asked if person is None else asked.with_filters(person=person.pseudonym)


def _name_of_unit(session: Session, unit_id: int | None) -> str:
    if unit_id is None:
        return ""
    found = label_on(session, {unit_id}, on_date=today()).get(unit_id)
    return found.name if found else ""


def _known_verbs(session: Session) -> list[tuple[str, str]]:
    """Verbs that have words and stand in the store."""
    keys = {TermKey(TermKind.VERB, iri) for iri in VERB_WORDS}
    return [(key.value, str(VERB_WORDS[key.value])) for key in sorted(find_terms(session, keys))]


def _sources(session: Session) -> list[tuple[str, str]]:
    own = (cchc.tool_authority(iri_base()).name, _("Hệ thống này"))
    sources = [
        (cchc.source_authority(iri_base(), one.row.name).name, one.row.title)
        for one in list_sources(session, now=now())
    ]
    named = {one for one, _words in sources}
    accounts = [(one.authority(iri_base=iri_base()), one.label) for one in list_credentials(session)]
    keys = [
        (account.name, label)
        for account, label in accounts
        if account.home_page == iri_base() and account.name not in named
    ]
    return [own, *sources, *dict(keys).items()]
