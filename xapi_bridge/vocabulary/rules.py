"""What a template says about one place of a statement (xAPI Profiles 1.0, Part Two, 9.1)."""

from dataclasses import dataclass
from typing import Literal

from xapi_bridge.vocabulary import cchc

Presence = Literal["included", "excluded", "recommended"]


@dataclass(frozen=True)
class Rule:
    """What stands at one place of a statement (xAPI Profiles 1.0, Part Two, 9.1).

    Attributes:
        location: a JSONPath: `$`, names, `['…']` and `[*]` only.
        presence: must be there, must not be there, or should be.
        one_of: at least one of the values there is one of these; empty for any.
        only: every value there is one of these; empty for any.
    """

    location: str
    presence: Presence = "included"
    one_of: tuple[str, ...] = ()
    only: tuple[str | bool, ...] = ()


def common_rules(base: str) -> tuple[Rule, ...]:
    """What every statement of ours keeps: an id, a pseudonym as actor, a time, the translation's version.

    Args:
        base: beginning of our own IRIs (CCHC_IRI_BASE).
    """
    return (
        Rule("$.id"),
        Rule("$.timestamp"),
        Rule("$.actor.account.name"),
        Rule("$.actor.name", "excluded"),
        Rule("$.actor.mbox", "excluded"),
        Rule("$.actor.mbox_sha1sum", "excluded"),
        Rule(f"$.context.extensions['{cchc.translation_extension(base)}']"),
    )
