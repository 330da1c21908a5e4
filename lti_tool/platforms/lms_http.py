"""The way out to an LMS's servers. Key sets, access tokens and grades go through `LmsHttp`."""

from typing import Any, Final

import requests

from lti_tool.platforms.errors import LmsAddressForbidden, LmsAnswerTooLarge, LmsUnreachable
from xapi_bridge.outgoing_http import OutgoingHttp, host_of

LARGEST_ANSWER_BYTES: Final = 256 * 1024


class LmsHttp(OutgoingHttp):
    """A session that refuses what an LMS never needs; pylti1p3 takes it for a `requests.Session`.

    Raises, from every request:
        LmsAddressForbidden: not https, or a private address, and private networks are not allowed.
        LmsAnswerTooLarge: more than 256 KiB.
        LmsUnreachable: no connection, no complete answer in time, or a redirect: an LMS that moved should be
            registered where it is now, and a redirect could lead around the rule about addresses.
    """

    address_forbidden = LmsAddressForbidden
    answer_too_large = LmsAnswerTooLarge
    unreachable = LmsUnreachable

    def __init__(
        self, *, timeout_seconds: float, private_networks_allowed: bool, authorities_file: str = ""
    ) -> None:
        super().__init__(
            timeout_seconds=timeout_seconds,
            private_networks_allowed=private_networks_allowed,
            largest_answer_bytes=LARGEST_ANSWER_BYTES,
            authorities_file=authorities_file,
        )

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override]
        answer = super().request(method, url, **options)
        if answer.is_redirect:
            raise LmsUnreachable(
                f"{host_of(answer.url)} answered with a redirect. Register its final address."
            )
        return answer
