"""Why `content_packages` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── ContentRefused
"""

from xapi_bridge.errors import RuleBroken


class ContentRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "content_refused"
