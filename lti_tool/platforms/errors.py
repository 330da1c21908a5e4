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


class RegistrationTaken(PlatformRefused):
    """Another registration has this issuer and client id."""

    code = "registration_taken"


class PlatformInUse(PlatformRefused):
    """Launches, scores or rosters belong to the registration, so it cannot be removed or renamed."""

    code = "platform_in_use"


class DeploymentNotFound(PlatformRefused):
    """The registration does not have this deployment."""

    code = "deployment_not_found"


class InvitationRefused(PlatformRefused):
    """The invitation does not open a registration."""

    code = "invitation_refused"


class InvitationUnknown(InvitationRefused):
    """No invitation has this link, or it was revoked."""

    code = "invitation_unknown"


class InvitationExpired(InvitationRefused):
    """The invitation's time is over."""

    code = "invitation_expired"


class InvitationUsed(InvitationRefused):
    """An LMS registered by this invitation already; each works once."""

    code = "invitation_used"


class InvitationBusy(InvitationRefused):
    """Another attempt with this invitation is talking to the LMS at this moment."""

    code = "invitation_busy"


class InvitationFieldRefused(InvitationRefused):
    """An invitation lacks a name, or names hosts, a variable or a time that cannot be."""

    code = "invitation_field_refused"


class RegistrationRefused(PlatformRefused):
    """A dynamic registration cannot go on (LTI Dynamic Registration 1.0).

    Attributes:
        lms_words: what the LMS answered, as plain text; may be empty.
    """

    code = "registration_refused"

    def __init__(self, message: str, *, lms_words: str = "") -> None:
        super().__init__(message)
        self.lms_words = lms_words


class RegistrationRequestIncomplete(RegistrationRefused):
    """The LMS opened the link without `openid_configuration`, or with one that is no address (3.2)."""

    code = "registration_request_incomplete"


class OpenidConfigurationRefused(RegistrationRefused):
    """The LMS's configuration lacks something or asks for what is not spoken here (3.3)."""

    code = "openid_configuration_refused"


class IssuerHostMismatch(RegistrationRefused):
    """An address of the configuration lies on another host than issuer and invitation allow (3.4)."""

    code = "issuer_host_mismatch"


class LmsRefusedRegistration(RegistrationRefused):
    """The LMS did not accept the registration (3.6)."""

    code = "lms_refused_registration"


class KeyRefused(PlatformRefused):
    """A step with our keys is not possible now."""

    code = "key_refused"


class KeyNotFound(KeyRefused):
    """We have no key of this id, or it is retired."""

    code = "key_not_found"


class RotationUnderWay(KeyRefused):
    """A next key is published already: one rotation at a time."""

    code = "rotation_under_way"


class KeyWaitNotOver(KeyRefused):
    """LMSs have not had the time yet in which they read our key set again."""

    code = "key_wait_not_over"


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
    """The LMS grants no access token for its services (RFC 6749, 5.2).

    Attributes:
        status: HTTP status of the answer; 0 when it granted a token without the scope.
        lms_words: what the LMS answered, as plain text; may be empty.
    """

    code = "access_token_refused"

    def __init__(self, message: str, *, status: int = 0, lms_words: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.lms_words = lms_words
