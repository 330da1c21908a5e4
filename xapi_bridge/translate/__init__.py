"""Other languages -> statements (pure)."""

from xapi_bridge.translate.building import Enrolment, NamedActivity

__all__ = ["Enrolment", "NamedActivity"]
