"""Why a platform, its addresses or its keys are refused. Drawn with the others in `lti_tool.errors`."""

from lti_tool.errors import ToolRefused


class PlatformRefused(ToolRefused):
    """Something about the LMS's registration or its servers stands in the way."""

    code = "platform_refused"


class PlatformUnknown(PlatformRefused):
    """No active registration has this issuer and client id."""

    code = "platform_unknown"


class PlatformAmbiguous(PlatformRefused):
    """Several registrations share the issuer and the login names no client id."""

    code = "platform_ambiguous"


class PlatformFieldRefused(PlatformRefused):
    """A registration lacks a value, or an address in it is not an http(s) address."""

    code = "platform_field_refused"


class LmsUnreachable(PlatformRefused):
    """The LMS's server did not give a usable answer in time."""

    code = "lms_unreachable"


class LmsAddressForbidden(LmsUnreachable):
    """The address is on a private network, or not https, and this installation does not allow that."""

    code = "lms_address_forbidden"


class LmsAnswerTooLarge(LmsUnreachable):
    """The LMS's answer is larger than any honest answer of its kind."""

    code = "lms_answer_too_large"


class KeySetUnavailable(PlatformRefused):
    """The platform's key set cannot be read, and no earlier copy is young enough."""

    code = "key_set_unavailable"


class SigningKeyUnknown(PlatformRefused):
    """The platform's key set has no usable key of this id (Security Framework 1.0, 6.3)."""

    code = "signing_key_unknown"


class AccessTokenRefused(PlatformRefused):
    """The LMS grants no access token for its services (RFC 6749, 5.2)."""

    code = "access_token_refused"
