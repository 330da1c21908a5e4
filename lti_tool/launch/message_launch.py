"""The checklist of a launch: pylti1p3's own, each step made strict in one place.

The steps keep pylti1p3's names and order (state, format, nonce, registration, signature, deployment,
message), so `validate()` reads as the specification does. What is stricter, and which row W01-W26 of the
known weaknesses it closes, stands at each step. No database and no cookie is touched here: the login was
looked up before, and is consumed afterwards.

Spec: Security Framework 1.0, 5.1.3; LTI Core 1.3, 5.3.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch

from lti_tool.deep_linking.claims import DeepLinkingRequest, read_deep_linking_request
from lti_tool.launch.claims import (
    DEEP_LINKING,
    RESOURCE_LINK,
    SUBMISSION_REVIEW,
    LaunchClaims,
    read_audience,
    read_deployment,
    read_launch_claims,
    read_message_type,
    read_text,
    read_times,
    read_version,
)
from lti_tool.launch.errors import (
    AlgorithmNotAllowed,
    AudienceMismatch,
    AuthorizedPartyMismatch,
    ClaimRefused,
    DeploymentUnknown,
    IdTokenExpired,
    IdTokenFromFuture,
    IdTokenMalformed,
    IdTokenTooOld,
    IssuerMismatch,
    KeyIdMissing,
    MessageTypeNotOffered,
    MessageTypeUnknown,
    NonceMismatch,
    SignatureInvalid,
    TargetChanged,
    VersionUnsupported,
)
from lti_tool.launch.flight import Flight
from lti_tool.launch.login_initiation import KeepsNothing, OnePlatform, SentFields
from lti_tool.launch.login_state import PendingLogin
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.register import Platform

ALGORITHM: Final = "RS256"
LONGEST_TOKEN: Final = 64 * 1024
#: A message older than this is refused even if its `exp` allows years.
OLDEST_MESSAGE: Final = timedelta(minutes=10)

_OFFERED: Final = frozenset({RESOURCE_LINK, DEEP_LINKING, SUBMISSION_REVIEW})
#: Message types of other specifications of 1EdTech.
_KNOWN: Final = frozenset(
    {
        "DataPrivacyLaunchRequest",
        "LtiAssetProcessorSettingsRequest",
        "LtiContextLaunchRequest",
        "LtiEndAssessment",
        "LtiEulaRequest",
        "LtiReportReviewRequest",
        "LtiStartAssessment",
        "LtiStartProctoring",
    }
)


@cache
def _never_asked() -> LmsHttp:
    """A way out for pylti1p3, which wants one; keys come from `KeySets`."""
    return LmsHttp(timeout_seconds=1, private_networks_allowed=False)


def verify_message(
    fields: Mapping[str, str],
    *,
    login: PendingLogin,
    platform: Platform,
    key_sets: KeySets,
    leeway: timedelta,
    now: datetime,
    flight: Flight,
) -> LaunchClaims | DeepLinkingRequest:
    """The claims of a launch that passes every check; it may ask the platform for its keys.

    Args:
        leeway: how far the LMS's clock may differ from ours.
        flight: is told how far the message came.

    Raises:
        LaunchRefused, PlatformRefused: a subclass that names the broken rule.
    """
    launch = StrictMessageLaunch(
        fields,
        login=login,
        platform=platform,
        key_sets=key_sets,
        leeway=leeway,
        now=now,
        flight=flight,
    )
    launch.validate()
    return launch.claims


class StrictMessageLaunch(MessageLaunch[SentFields, OnePlatform, KeepsNothing, KeepsNothing]):
    """pylti1p3's message launch with the weaknesses closed."""

    claims: LaunchClaims | DeepLinkingRequest

    def __init__(
        self,
        fields: Mapping[str, str],
        *,
        login: PendingLogin,
        platform: Platform,
        key_sets: KeySets,
        leeway: timedelta,
        now: datetime,
        flight: Flight,
    ) -> None:
        super().__init__(
            SentFields(fields),
            OnePlatform(platform),
            KeepsNothing(),
            KeepsNothing(),
            requests_session=_never_asked(),
        )
        self._login = login
        self._platform = platform
        self._key_sets = key_sets
        self._leeway = leeway
        self._now = now
        self._flight = flight
        # Times and audience are checked here with our clock and leeway; the signature alone is left to PyJWT.
        self.set_jwt_verify_options(
            dict.fromkeys(
                (
                    "verify_aud",
                    "verify_exp",
                    "verify_iat",
                    "verify_nbf",
                    "verify_sub",
                    "verify_jti",
                    "verify_iss",
                ),
                False,
            )
        )

    @property
    def _body(self) -> Mapping[str, Any]:
        return self._get_jwt_body()

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def validate_state(self) -> "StrictMessageLaunch":
        """Nothing is left to compare: the login was found by its state, and is consumed after this list.

        pylti1p3 compares with a cookie, and lets a pair of state and token pass for a day (W02, W03).
        """
        return self

    def validate_jwt_format(self) -> "StrictMessageLaunch":
        """Header and body are JSON objects of bearable size, signed with RS256 by a named key (W10)."""
        self._flight.begin_check("format")
        if len(self._get_request_param("id_token")) > LONGEST_TOKEN:
            raise IdTokenMalformed(f"The id_token is longer than {LONGEST_TOKEN} characters.")
        try:
            super().validate_jwt_format()
        except LtiException as malformed:
            raise IdTokenMalformed("The launch carries no readable id_token.") from malformed
        header: Any = self._jwt["header"]
        if not isinstance(header, dict) or not isinstance(self._jwt["body"], dict):
            raise IdTokenMalformed("Header and claims of the id_token must be JSON objects.")
        self._flight.saw_message(header, self._body)
        if header.get("alg") != ALGORITHM:
            raise AlgorithmNotAllowed(f"The id_token must be signed with {ALGORITHM}.")
        if not isinstance(header.get("kid"), str) or not header["kid"]:
            raise KeyIdMissing("The id_token's header must name its key (kid).")
        return self

    def validate_nonce(self) -> "StrictMessageLaunch":
        """The nonce is this login's own; consuming the login makes it single use (W01)."""
        self._flight.begin_check("nonce")
        sent = read_text(self._body, "nonce") or ""
        if not hmac.compare_digest(sent.encode(), self._login.nonce.encode()):
            raise NonceMismatch("The id_token's nonce is not the one of this login.")
        return self

    def validate_registration(self) -> "StrictMessageLaunch":
        """Issuer, audience and authorized party are the login's platform and we (W06, W07, W10)."""
        self._flight.begin_check("audience")
        if read_text(self._body, "iss") != self._platform.issuer:
            raise IssuerMismatch("The id_token's issuer is not the platform that the login came from.")
        audience = read_audience(self._body)
        if self._platform.client_id not in audience:
            raise AudienceMismatch("The id_token is not for the client id of this registration.")
        authorized_party = read_text(self._body, "azp")
        if authorized_party != self._platform.client_id and (authorized_party or len(audience) > 1):
            raise AuthorizedPartyMismatch("azp must be our client id, also where aud names several parties.")
        super().validate_registration()
        return self

    def get_client_id(self) -> str:
        """Ours, wherever it stands in `aud`; pylti1p3 takes the first (W07)."""
        return self._platform.client_id

    def get_public_key(self) -> tuple[str, str]:
        """From our client of key sets: bounded, cached, and asking again for an unknown key (W11, W12)."""
        kid = str(self._jwt["header"]["kid"])
        return self._key_sets.find_public_key(self._platform.key_set_url, kid, now=self._now), ALGORITHM

    def validate_jwt_signature(self) -> "StrictMessageLaunch":
        """The platform's key signed it, recently (W04, W08)."""
        self._flight.begin_check("signature")
        try:
            super().validate_jwt_signature()
        except LtiException as unsigned:
            raise SignatureInvalid("The platform's key did not sign this id_token.") from unsigned
        self._flight.begin_check("times")
        times = read_times(self._body)
        if times.expires_at + self._leeway <= self._now:
            raise IdTokenExpired("The id_token has expired. Check the clocks of both servers.")
        if max(times.issued_at, times.not_before or times.issued_at) > self._now + self._leeway:
            raise IdTokenFromFuture("The id_token is from the future. Check the clocks of both servers.")
        if times.issued_at + OLDEST_MESSAGE + self._leeway < self._now:
            raise IdTokenTooOld("The id_token was issued more than ten minutes ago.")
        return self

    def validate_deployment(self) -> "StrictMessageLaunch":
        """The deployment is one of the registration's."""
        self._flight.begin_check("deployment")
        read_deployment(self._body)
        try:
            super().validate_deployment()
        except LtiException as unknown:
            raise DeploymentUnknown("The deployment of this launch is not registered.") from unknown
        return self

    def validate_message(self) -> "StrictMessageLaunch":
        """Version, message type, types and sizes of the claims, and the login's target (W05, W09, W10).

        The login was refused unless its target was on our host.
        """
        self._flight.begin_check("message")
        if read_version(self._body) != "1.3.0":
            raise VersionUnsupported("The message's LTI version must be 1.3.0.")
        self.claims = _read_claims(self._body)
        if self.claims.target_link_uri != self._login.target_link_uri:
            raise TargetChanged("target_link_uri differs between login and launch.")
        if isinstance(self.claims, DeepLinkingRequest):
            # pylti1p3 refuses a platform that takes other items only; the picker can answer it (W09).
            return self
        try:
            super().validate_message()
        except LtiException as refused:
            raise ClaimRefused(f"The message breaks a rule of LTI: {refused}.") from refused
        return self

    def save_launch_data(self) -> "StrictMessageLaunch":
        """Nothing: the launch session is a row without personal data (W26)."""
        return self


def _read_claims(body: Mapping[str, Any]) -> LaunchClaims | DeepLinkingRequest:
    message_type = read_message_type(body)
    if message_type not in _OFFERED:
        raise _message_type_refusal(message_type)
    return read_deep_linking_request(body) if message_type == DEEP_LINKING else read_launch_claims(body)


def _message_type_refusal(message_type: str) -> ClaimRefused:
    if message_type in _KNOWN:
        return MessageTypeNotOffered(f"This tool does not offer {message_type}.")
    return MessageTypeUnknown("The message type is not one of LTI's.")
