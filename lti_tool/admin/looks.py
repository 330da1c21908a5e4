"""Every look of an operator at people is in the audit log before the page or file is answered."""

from typing import Any

from lti_tool.admin.guard import required_operator
from xapi_bridge.reading_log import log_reading
from xapi_bridge.store.audit import Reader


def note_look(what: str, *, people: int, **asked: Any) -> None:
    """The signed-in operator is about to be shown people by name.

    Args:
        what: the page or file; `lti_tool.admin.reading_words` says it in words.
        people: how many are shown.
        asked: what was asked for, as in the address.
    """
    log_reading(Reader("operator", required_operator().username), what, asked=asked, records=people)
