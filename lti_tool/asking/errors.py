"""Why a search is refused. Drawn with the others in `lti_tool.errors`."""

from lti_tool.errors import ToolRefused


class SearchRefused(ToolRefused):
    """Root of the refusals of the public search."""

    code = "search_refused"


class SearchUnreadable(SearchRefused):
    """A parameter of the search is missing, too long or has another form."""

    code = "search_unreadable"


class PublicSearchOff(SearchRefused):
    """The installation does not show its knowledge base in public."""

    code = "public_search_off"


class TooManySearches(SearchRefused):
    """One address searches more often than the installation allows."""

    code = "too_many_searches"

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
