"""Why the learning record store refuses something.

RuleBroken                      root of every refusal in this project
└── XapiRefused                 root of this package
"""

from typing import ClassVar


class RuleBroken(Exception):  # noqa: N818 - our error classes are named by the broken rule, not by "Error"
    """A rule was broken; the message names the rule, what was received, and what to do next.

    Messages never hold tokens, names of people or e-mail addresses. `code` is stable: programs may test it.
    """

    code: ClassVar[str] = "rule_broken"


class XapiRefused(RuleBroken):
    """Root of the refusals of the learning record store."""

    code = "xapi_refused"
