"""Why `lti_tool` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── ToolRefused
"""

from xapi_bridge.errors import RuleBroken


class ToolRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "tool_refused"
