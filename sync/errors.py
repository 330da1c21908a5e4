"""Why `sync` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── SyncRefused
"""

from xapi_bridge.errors import RuleBroken


class SyncRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "sync_refused"
