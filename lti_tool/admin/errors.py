"""Why the console refuses something. Drawn with the others in `lti_tool.errors`."""

from lti_tool.errors import ToolRefused


class OperatorRefused(ToolRefused):
    """An operator account cannot be made or changed like this."""

    code = "operator_refused"


class OperatorNameMalformed(OperatorRefused):
    """A user name has 3 to 64 letters, digits, dots, hyphens or underscores."""

    code = "operator_name_malformed"


class OperatorNameTaken(OperatorRefused):
    """Another operator has this user name."""

    code = "operator_name_taken"


class OperatorUnitMissing(OperatorRefused):
    """A unit manager needs an existing unit; the other roles have none."""

    code = "operator_unit_missing"


class OperatorNotFound(OperatorRefused):
    """No operator has this user name."""

    code = "operator_not_found"


class PasswordTooShort(OperatorRefused):
    """A password has 12 characters or more."""

    code = "password_too_short"


class SignInRefused(ToolRefused):
    """Unknown user name, wrong password or disabled account. Which of them is not told."""

    code = "sign_in_refused"


class TooManySignIns(SignInRefused):
    """Too many attempts failed for this user name or from this address."""

    code = "too_many_sign_ins"


class AccessRefused(ToolRefused):
    """The signed-in operator's role or unit does not include what was asked for."""

    code = "access_refused"


class NotSignedIn(AccessRefused):
    """The address is for operators who signed in."""

    code = "not_signed_in"


class LaunchAttemptUnknown(ToolRefused):
    """No attempt to launch with this support code is kept."""

    code = "launch_attempt_unknown"


class PasswordTooLong(OperatorRefused):
    """A password has 256 characters or fewer."""

    code = "password_too_long"


class LastAdministrator(OperatorRefused):
    """One administrator who can sign in must remain."""

    code = "last_administrator"


class SecondFactorRequired(OperatorRefused):
    """The installation asks this role for a second factor, so it can be replaced and not taken away."""

    code = "second_factor_required"


class UnitNotClear(OperatorRefused):
    """The words name no unit, or several."""

    code = "unit_not_clear"


class CodeRefused(SignInRefused):
    """The code of the authenticator app is wrong, over, or was used before."""

    code = "code_refused"


class SingleSignOnRefused(SignInRefused):
    """The organisation's sign-in did not end with an account that may enter here."""

    code = "single_sign_on_refused"


class IssuerUnavailable(SingleSignOnRefused):
    """The organisation's sign-in server cannot be reached or answers nonsense."""

    code = "issuer_unavailable"


class NoAccountHere(SingleSignOnRefused):
    """The organisation knows the person, and nobody gave that person an account here."""

    code = "no_account_here"


class ConfirmationNeeded(AccessRefused):
    """What was asked for is dangerous: the operator must prove to be there."""

    code = "confirmation_needed"
