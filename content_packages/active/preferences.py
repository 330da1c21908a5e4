"""The learner's preferences as a unit may write them (cmi5 11). Pure."""

from typing import Any, Final

import msgspec

from content_packages.active.errors import DocumentOutsideCmi5
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.statement.formats import check_language_tag
from xapi_bridge.store.documents import NewDocument

_SOUND: Final = frozenset({"on", "off", ""})


def check_preferences(given: NewDocument) -> None:
    """Refuses a document that is not what cmi5 makes of the preferences.

    Raises:
        DocumentOutsideCmi5: the requirement.
    """
    described = _object_in(given)
    languages, sound = described.get("languagePreference"), described.get("audioPreference")
    if not isinstance(languages, str) or not isinstance(sound, str) or sound not in _SOUND:
        raise DocumentOutsideCmi5("11.0.0.0-5", "languagePreference and audioPreference are texts.")
    for tag in languages.split(","):
        try:
            check_language_tag(tag.strip(), at="languagePreference")
        except StatementRefused as refused:
            raise DocumentOutsideCmi5("11.1.0.0-1", "languagePreference lists language tags.") from refused


def _object_in(given: NewDocument) -> dict[str, Any]:
    if not given.is_json:
        raise DocumentOutsideCmi5("11.0.0.0-5", "The preferences are application/json.")
    try:
        return msgspec.json.decode(given.body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as malformed:
        raise DocumentOutsideCmi5("11.0.0.0-5", "The preferences are a JSON object.") from malformed
