"""A browser as far as the demo needs one: cookies, links, forms, and forms that post themselves."""

from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar, get_cookie_header

from lti_tool.demo.errors import PageNotAsExpected
from lti_tool.demo.pages import Element, Form, read_forms, read_page

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_AUTOMATIC_FORMS: Final = 6
_TIMEOUT_SECONDS: Final = 60.0


class _LoopbackIsTrustworthy(DefaultCookiePolicy):
    """Sends Secure cookies over plain http to this machine, as browsers do (Secure Contexts, 3.1)."""

    def return_ok_secure(self, cookie: Cookie, request: Any) -> bool:
        if urlsplit(request.get_full_url()).hostname in _LOOPBACK:
            return True
        return super().return_ok_secure(cookie, request)


class _SendsOwnCookies(HTTPAdapter):
    """Writes the Cookie header by the policy of the browser's jar.

    requests copies the cookies of each request into a new jar, and with it forgets the policy.
    """

    def __init__(self, jar: RequestsCookieJar) -> None:
        super().__init__()
        self._jar = jar

    def add_headers(self, request: requests.PreparedRequest, **_options: Any) -> None:
        """The hook of requests for headers that belong to the connection."""
        request.headers.pop("Cookie", None)
        header = get_cookie_header(self._jar, request)  # type: ignore[no-untyped-call]
        if header:
            request.headers["Cookie"] = header


class Browser:
    """One person's browser, with its own cookies. It stands on one page at a time."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.cookies = RequestsCookieJar(policy=_LoopbackIsTrustworthy())
        self._session.mount("http://", _SendsOwnCookies(self._session.cookies))
        # Everything is on this machine, where an office's outgoing proxy cannot reach it.
        self._session.trust_env = False
        self._session.headers["Accept"] = "text/html,application/xhtml+xml"
        self.address = ""
        self.page = Element("page")

    def close(self) -> None:
        """Ends the connections and forgets the cookies."""
        self._session.close()

    def open(self, address: str) -> Element:
        """Goes to an address, relative to the present page, and on through forms that post themselves."""
        return self._stand_on(self._session.get(urljoin(self.address, address), timeout=_TIMEOUT_SECONDS))

    def send(self, form: Form, values: list[tuple[str, str]]) -> Element:
        """Sends a form with these values."""
        address = urljoin(self.address, form.element["action"])
        if form.element["method"].lower() == "post":
            answer = self._session.post(
                address,
                data=values,
                timeout=_TIMEOUT_SECONDS,
                headers={"Referer": self.address, "Origin": _origin(self.address)},
            )
        else:
            answer = self._session.get(address, params=values, timeout=_TIMEOUT_SECONDS)
        return self._stand_on(answer)

    @property
    def forms(self) -> list[Form]:
        """The forms of the present page."""
        return read_forms(self.page)

    def _stand_on(self, answer: requests.Response) -> Element:
        for _ in range(_MOST_AUTOMATIC_FORMS):
            self._read(answer)
            form = next((one for one in self.forms if _posts_itself(one)), None)
            if form is None:
                return self.page
            answer = self._session.post(
                urljoin(self.address, form.element["action"]),
                data=form.untouched(),
                timeout=_TIMEOUT_SECONDS,
                headers={"Origin": _origin(self.address)},
            )
        raise PageNotAsExpected(f"Pages keep posting themselves on, last {urlsplit(self.address).path}.")

    def _read(self, answer: requests.Response) -> None:
        self.address = answer.url
        self.page = read_page(answer.text)
        if not answer.ok:
            raise PageNotAsExpected(
                f"{urlsplit(answer.url).path} answered {answer.status_code}: {self.page.words[:300]}"
            )


def _posts_itself(form: Form) -> bool:
    return form.element["id"] == "post-on" or "data-post-on" in form.element.attributes


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
