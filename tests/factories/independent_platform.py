"""A platform that others wrote, `lti1p3platform` from PyPI, behind our fake network.

Its limits: it knows resource links and deep linking only; every message has `azp`; AGS and NRPS are
skeletons and not played here; it checks neither the redirect address nor a second use, nor `aud` and `jti`
of an assertion; it lives by the machine's clock.
"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import serialization
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from requests import PreparedRequest

from tests.factories.lti import AGS_SCOPE, TOOL, Answer, FakePlatform, json_answer, make_rsa_key

LAUNCH_URL = f"{TOOL}/lti/launch"


class _Configuration(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **known: Any) -> None:
        self._registration = known["registration"]

    def get_registration_by_params(self, **_params: Any) -> Registration:
        assert self._registration is not None
        return self._registration


class _Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **hint: Any) -> None:
        self._lti_message_hint = hint["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class _Asked(Request):
    def build_metadata(self, request: Any) -> Any:
        return {"method": "GET", "form_data": {}, "get_data": request, "headers": {}, "path": "/auth"}


class _Message(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return launch_data


class IndependentPlatform(FakePlatform):
    """The library's platform at one address; `lti_platform` is what it runs on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        key = make_rsa_key("independent")
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        public = (
            key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
        self.registration = (
            Registration()
            .set_iss(self.issuer)
            .set_client_id(self.client_id)
            .set_deployment_id(self.deployment_id)
            .set_launch_url(LAUNCH_URL)
            .set_deeplink_launch_url(LAUNCH_URL)
            .set_oidc_login_url(f"{TOOL}/lti/login")
            .set_platform_private_key(private)
            .set_platform_public_key(public)
        )
        self.lti_platform = _Configuration(registration=self.registration)
        self.answers["/keys"] = lambda _request: json_answer(self.lti_platform.get_jwks())
        self.answers["/token"] = self._grant

    def _grant(self, request: PreparedRequest) -> Answer:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        return json_answer(self.lti_platform.get_access_token(dict(parse_qsl(body))))

    def login_fields(self, user_id: str) -> dict[str, str]:
        """What the platform sends the browser to the tool's login with."""
        login = _Login(None, self.lti_platform)
        login.set_lti_message_hint(hint="lan-thu")
        return dict(parse_qsl(urlsplit(login.initiate_login(user_id)).query))

    def message_for(self, asked: dict[str, str], *, role: str, deep_linking: bool = False) -> dict[str, str]:
        """The platform's answer to the tool's authentication request: where to post what."""
        message = _Message(_Asked(asked), self.lti_platform)
        message.set_user_data("5", [role], full_name="Trần Thị Thử")
        message.set_launch_context_claim("2", ["CourseSection"], "Khóa thử", "THU")
        message.set_launch_presentation_claim("iframe", f"{self.issuer}/return")
        if deep_linking:
            message.set_dl(f"{self.issuer}/chosen", accept_types={"ltiResourceLink"})
        else:
            message.set_resource_link_claim("7", title="Bài thử")
            message.set_custom_parameters_claim({"content": "goi-thu/m/mot-cua"})
            message.set_ags(f"{self.issuer}/items", f"{self.issuer}/items/3")
        return dict(message.lti_launch())

    def takes_token(self, token: str) -> bool:
        """Whether its services would take this token for posting scores."""
        return self.lti_platform.validate_token(token, [f"{AGS_SCOPE}score"])
