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
