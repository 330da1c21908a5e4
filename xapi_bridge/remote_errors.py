"""Why another record store did not do what we asked of it; each class says what helps.

XapiRefused                         (xapi_bridge.errors)
└── RemoteLrsRefused                another record store did not do what we asked of it
    ├── RemoteUnavailable           not now: network, time-out, 408, 429, 5xx
    │   └── RemoteAnswerMalformed   an answer that no record store gives (HTML, other ids …)
    ├── RemoteAccessRefused         not before somebody changes a setting: 401, 403, 404, a redirect
    │   └── RemoteAddressForbidden  a private address, or not https
    ├── RemoteAnswerTooLarge        more than we are ready to read
    ├── RemoteBatchTooLarge         413
    ├── RemoteConflict              409: it holds another statement under one of the ids
    └── RemoteStatementsRefused     400: it finds a statement not valid
"""

from xapi_bridge.errors import XapiRefused


class RemoteLrsRefused(XapiRefused):
    """Another record store did not do what we asked of it.

    Attributes:
        status: HTTP status of its answer; None when there was none.
        answer: the beginning of its answer, for the operator; may quote statements, so it is kept out of
            messages and logs.
    """

    code = "remote_lrs_refused"

    def __init__(self, message: str, *, status: int | None = None, answer: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.answer = answer


class RemoteUnavailable(RemoteLrsRefused):
    """The other store cannot be reached or has no time: network, time-out, 408, 429, 5xx.

    Attributes:
        retry_after_seconds: the pause that it asked for (Retry-After), if it asked.
    """

    code = "remote_unavailable"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        answer: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, status=status, answer=answer)
        self.retry_after_seconds = retry_after_seconds


class RemoteAnswerMalformed(RemoteUnavailable):
    """An answer that no record store gives, such as the page of a proxy."""

    code = "remote_answer_malformed"


class RemoteAccessRefused(RemoteLrsRefused):
    """Wrong key, missing right, wrong address: 401, 403, 404, a redirect."""

    code = "remote_access_refused"


class RemoteAddressForbidden(RemoteAccessRefused):
    """The address is not https, or on a private network that may not be asked."""

    code = "remote_address_forbidden"


class RemoteAnswerTooLarge(RemoteLrsRefused):
    """The other store answered with more than we are ready to read."""

    code = "remote_answer_too_large"


class RemoteBatchTooLarge(RemoteLrsRefused):
    """The other store takes only smaller requests (413)."""

    code = "remote_batch_too_large"


class RemoteConflict(RemoteLrsRefused):
    """The other store holds another statement under one of the ids (409)."""

    code = "remote_conflict"


class RemoteStatementsRefused(RemoteLrsRefused):
    """The other store finds at least one of the statements not valid (400)."""

    code = "remote_statements_refused"
