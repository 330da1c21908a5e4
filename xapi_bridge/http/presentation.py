"""In which form statements are answered: exact, ids or canonical (xAPI Communication 2.1.3, format)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from xapi_bridge.http.parameters import FORMATS, LANGUAGE
from xapi_bridge.http.request import XapiRequest
from xapi_bridge.statement.presentation import activity_ids_of, canonical, with_ids_only
from xapi_bridge.store.activities import find_definitions


@dataclass(frozen=True)
class Presentation:
    """Attributes:
    form: one of FORMATS.
    accept_language: the header's text; only the canonical form has languages.
    """

    form: str
    accept_language: str = ""

    @property
    def for_more(self) -> Mapping[str, str]:
        """What a `more` address needs, so that it leads on in the same languages whoever follows it."""
        return {LANGUAGE: self.accept_language} if self.accept_language else {}

    @property
    def languages(self) -> Sequence[str]:
        """Language ranges, the most wanted first; those that are not wanted at all are left out."""
        accepted = parse_accept_header(self.accept_language, LanguageAccept)
        return [tag for tag, quality in accepted if quality > 0]


def presentation_of(asked: XapiRequest) -> Presentation:
    """The form that is asked for."""
    form = asked.parameters.get("format", FORMATS[0])
    if form != "canonical":
        return Presentation(form)
    header = asked.headers.get("Accept-Language", "")
    return Presentation(form, asked.parameters.get(LANGUAGE, header))


def present(session: Session, payloads: Sequence[bytes], presentation: Presentation) -> list[bytes]:
    """The statements in this form, in their order."""
    if presentation.form == "ids":
        return [with_ids_only(one) for one in payloads]
    if presentation.form == "canonical":
        return _present_canonical(session, payloads, presentation.languages)
    # The statements are served as they are kept; reading and writing them again would cost, and change them.
    return list(payloads)


def _present_canonical(session: Session, payloads: Sequence[bytes], languages: Sequence[str]) -> list[bytes]:
    ids = {activity_id for one in payloads for activity_id in activity_ids_of(one)}
    definitions = find_definitions(session, ids)
    return [canonical(one, languages=languages, definitions=definitions) for one in payloads]
