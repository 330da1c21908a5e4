"""Why the practice LMS refuses something.

PracticeLmsRefused              root; not a RuleBroken, because this LMS is not part of the tool
├── PageNotFound                no such course, activity or person, or not yours to see
├── AuthorizationRefused        the login cannot be answered: a page here, nothing goes to the tool
├── LoginRejected               the login is answered to the tool as an OpenID Connect error
├── RegistrationRefused         a tool's registration (Dynamic Registration 1.0): a word and an explanation
├── DeepLinkRefused             what a tool chose cannot be taken: a page, shown where its picker was
├── TokenRefused                the token endpoint's JSON error (RFC 6749, 5.2)
│   └── KeySetUnread            the tool cannot prove who it is, as its keys cannot be fetched
└── ServiceRefused              a service's JSON error
    └── BrokenService           the service breaks down, as on one product: a page of HTML with 404
"""


class PracticeLmsRefused(Exception):  # noqa: N818 - named by the broken rule, as everywhere in this project
    """The message names the rule, what was received and what to do next.

    Attributes:
        status: HTTP status of the answer.
        code: stable name of the broken rule.
    """

    status = 400
    code = "practice_lms_refused"


class PageNotFound(PracticeLmsRefused):
    """There is nothing here for the person who is signed in."""

    status = 404
    code = "page_not_found"


class AuthorizationRefused(PracticeLmsRefused):
    """An authorization request without a trustworthy address to answer to (OpenID Connect Core, 3.1.2.6)."""

    code = "authorization_refused"


class LoginRejected(PracticeLmsRefused):
    """An authorization request that is answered to the tool with `error` (OpenID Connect Core, 3.1.2.6).

    Attributes:
        error: the standard's word, for example `invalid_request`.
    """

    code = "login_rejected"

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class TokenRefused(PracticeLmsRefused):
    """No access token is given.

    Attributes:
        error: the word of RFC 6749, 5.2, for example `invalid_client`.
    """

    code = "token_refused"

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class KeySetUnread(TokenRefused):
    """The tool's key set cannot be fetched or is none."""

    code = "key_set_unread"

    def __init__(self, message: str) -> None:
        super().__init__("invalid_client", message)


class RegistrationRefused(PracticeLmsRefused):
    """A tool's registration is refused (Dynamic Registration 1.0, 3.6).

    Attributes:
        error: one word, for example `invalid_redirect_uris`.
        status: 401 for the token, else 400.
    """

    code = "registration_refused"

    def __init__(self, error: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.error = error
        self.status = status


class DeepLinkRefused(PracticeLmsRefused):
    """A deep linking response is not taken (Deep Linking 2.0, 4.5)."""

    code = "deep_link_refused"


class ServiceRefused(PracticeLmsRefused):
    """A call to a service is refused; `status` says how."""

    code = "service_refused"

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class BrokenService(ServiceRefused):
    """The service breaks down where one product does."""

    code = "broken_service"

    def __init__(self) -> None:
        super().__init__(404, "The service broke down.")
