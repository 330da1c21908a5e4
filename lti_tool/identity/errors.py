"""Why identity rules are refused. Drawn with the others in `lti_tool.errors`."""

from lti_tool.errors import ToolRefused


class IdentityRefused(ToolRefused):
    """The rules that say who a learner is cannot be used like this."""

    code = "identity_refused"


class RulesMalformed(IdentityRefused):
    """A rule names an unknown source, transform or pattern."""

    code = "identity_rules_malformed"


class RuleVersionUnknown(IdentityRefused):
    """The registration has no rules of this version."""

    code = "identity_rule_version_unknown"


class RulesChangedMeanwhile(IdentityRefused):
    """Somebody saved newer rules since the page was opened."""

    code = "identity_rules_changed"
