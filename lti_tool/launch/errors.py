"""Why a login or a launch is refused. Drawn with the others in `lti_tool.errors`."""

from lti_tool.errors import ToolRefused


class LaunchRefused(ToolRefused):
    """Root of the refusals of login and launch.

    Attributes:
        return_url: where the LMS said a browser may go back to; known only from a verified message.
    """

    code = "launch_refused"
    return_url: str | None = None


class LoginIncomplete(LaunchRefused):
    """A login lacks `iss`, `login_hint` or `target_link_uri` (Security Framework 1.0, 5.1.1.1)."""

    code = "login_incomplete"


class LaunchTooLarge(LaunchRefused):
    """A login or a launch is larger than any honest one; it is refused before it is read."""

    code = "launch_too_large"


class TargetElsewhere(LaunchRefused):
    """`target_link_uri` does not point to this tool."""

    code = "target_elsewhere"


class PlatformAnsweredError(LaunchRefused):
    """The platform answered the login with `error` instead of an id_token (OpenID Connect Core, 3.1.2.6)."""

    code = "platform_answered_error"


class LoginStateRefused(LaunchRefused):
    """The launch does not belong to a login that waits for it."""

    code = "login_state_refused"


class LoginUnknown(LoginStateRefused):
    """`state` is missing, or was never given out here (Security Framework 1.0, 5.1.1.3)."""

    code = "login_unknown"


class LoginExpired(LoginStateRefused):
    """The login waited too long for its launch."""

    code = "login_expired"


class LoginAlreadyUsed(LoginStateRefused):
    """One login was answered twice (Security Framework 1.0, 5.1.3: the nonce is single use)."""

    code = "login_already_used"


class BrowserNotRecognized(LoginStateRefused):
    """The browser that launches does not hold the cookie that the login gave it."""

    code = "browser_not_recognized"


class CookiesBlocked(BrowserNotRecognized):
    """The browser keeps no cookies even in a window of its own, where they are not third-party ones."""

    code = "cookies_blocked"


class IdTokenRefused(LaunchRefused):
    """The id_token fails a check of Security Framework 1.0, 5.1.3."""

    code = "id_token_refused"


class IdTokenMalformed(IdTokenRefused):
    """The id_token is missing, too long, or not a signed JSON object (RFC 7519)."""

    code = "id_token_malformed"


class AlgorithmNotAllowed(IdTokenRefused):
    """The id_token is signed by another algorithm than RS256 (Security Framework 1.0, 5.1.3)."""

    code = "algorithm_not_allowed"


class KeyIdMissing(IdTokenRefused):
    """The id_token does not say which key signed it (Security Framework 1.0, 6.2)."""

    code = "key_id_missing"


class SignatureInvalid(IdTokenRefused):
    """The platform's key did not sign this id_token."""

    code = "signature_invalid"


class NonceMismatch(IdTokenRefused):
    """The nonce is not the one of the login that this launch answers."""

    code = "nonce_mismatch"


class IssuerMismatch(IdTokenRefused):
    """The issuer is not the platform that the login came from."""

    code = "issuer_mismatch"


class AudienceMismatch(IdTokenRefused):
    """Our client id is not in `aud`."""

    code = "audience_mismatch"


class AuthorizedPartyMismatch(IdTokenRefused):
    """`azp` is not our client id, or is missing although `aud` names several parties."""

    code = "authorized_party_mismatch"


class IdTokenExpired(IdTokenRefused):
    """The id_token's `exp` has passed."""

    code = "id_token_expired"


class IdTokenFromFuture(IdTokenRefused):
    """The id_token's `iat` or `nbf` lies ahead of our clock."""

    code = "id_token_from_future"


class IdTokenTooOld(IdTokenRefused):
    """The id_token was issued too long ago, whatever its `exp` says."""

    code = "id_token_too_old"


class ClaimRefused(LaunchRefused):
    """A claim breaks LTI Core 1.3."""

    code = "claim_refused"


class ClaimMissing(ClaimRefused):
    """A required claim is absent or empty."""

    code = "claim_missing"


class ClaimMalformed(ClaimRefused):
    """A claim has the wrong JSON type, or is longer than the specification allows."""

    code = "claim_malformed"


class VersionUnsupported(ClaimRefused):
    """The message's LTI version is not 1.3.0."""

    code = "version_unsupported"


class MessageTypeUnknown(ClaimRefused):
    """The message type is not one of LTI's."""

    code = "message_type_unknown"


class MessageTypeNotOffered(ClaimRefused):
    """The message type is LTI's, and this tool does not offer it."""

    code = "message_type_not_offered"


class TeachingRoleMissing(ClaimRefused):
    """The message is for those who teach the course, and none of its roles does (LTI Core 1.3, A.2)."""

    code = "teaching_role_missing"


class TargetChanged(ClaimRefused):
    """`target_link_uri` differs between login and launch (LTI Core 1.3, 5.3.4)."""

    code = "target_changed"


class DeploymentUnknown(ClaimRefused):
    """The deployment is not one of the registration's."""

    code = "deployment_unknown"


class ContentChoiceRefused(LaunchRefused):
    """The link does not lead to something that can be opened."""

    code = "content_choice_refused"


class ContentNotChosen(ContentChoiceRefused):
    """Neither the custom parameter `content` nor the address of the link names a content."""

    code = "content_not_chosen"


class ContentNotFound(ContentChoiceRefused):
    """The link names a content that is not published here."""

    code = "content_choice_unknown"
