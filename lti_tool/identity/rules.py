"""Identity rules: which claim of a launch says who the official is, and in which unit (pure).

A rule reads one value, transforms it, and offers it as a staff code or as the code of a unit. Of all rules
for one of the two, the first that finds a value decides; later ones only fill in what is absent. What an LMS
did not know (`$Person.sourcedId`) is absent.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from lti_tool.identity.errors import RulesMalformed

Target = Literal["staff_code", "unit_code"]

LONGEST_VALUE: Final = 255
LONGEST_STAFF_CODE: Final = 64
LONGEST_UNIT_CODE: Final = 35
MOST_RULES: Final = 20
MOST_STEPS: Final = 8
MOST_PAIRS: Final = 2000
LONGEST_PATTERN: Final = 200
#: More of them in one pattern could take the square or the cube of the value's length.
MOST_REPETITIONS: Final = 3

#: Claims that a rule may read beside `custom.<name>`.
SOURCES: Final = (
    "lis.person_sourcedid",
    "lis.course_section_sourcedid",
    "ext.user_username",
    "address.locality",
    "email.local_part",
)
_CUSTOM: Final = "custom."
_STEPS: Final = ("trim", "strip_prefix", "regex", "upper", "lower")
_CUSTOM_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,120}")
_SCHEME: Final = re.compile(r"[A-Z0-9/]{1,16}")
_LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"


@dataclass(frozen=True)
class Step:
    """One transform; `argument` is the prefix or the pattern with one group."""

    kind: str
    argument: str = ""


@dataclass(frozen=True)
class Rule:
    """Reads one value.

    Attributes:
        source: one of `SOURCES`, or `custom.<name>`.
        target: what the value is.
        steps: transforms, in order; a pattern that does not match leaves nothing.
        scheme: of the unit code, for example `QD19/2025`.
        pairs: value → unit code; when given, other values are nothing. Group ids of a course come here.
        separator: the value is a list; every part is looked up.
    """

    source: str
    target: Target
    steps: tuple[Step, ...] = ()
    scheme: str = ""
    pairs: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""


@dataclass(frozen=True)
class UnitCode:
    """A unit as its code says it."""

    scheme: str
    code: str


@dataclass(frozen=True)
class Reading:
    """What the rules find in one launch.

    Attributes:
        staff_code: None: no rule found one.
        unit_codes: several: the launch says several units, which is a conflict and no choice.
    """

    staff_code: str | None
    unit_codes: tuple[UnitCode, ...]


#: What a registration without rules of its own uses: nobody is recognised by a claim until its operator says
#: which claim is kept right in that LMS.
NO_RULES: Final[tuple[Rule, ...]] = ()
#: What every registration used before there were rules; also the ready-made choice for Moodle.
STAFF_CODE_RULES: Final[tuple[Rule, ...]] = (
    Rule("lis.person_sourcedid", "staff_code", (Step("trim"),)),
    Rule("custom.staff_code", "staff_code", (Step("trim"),)),
)


def pick_values(claims: Mapping[str, Any], sources: Sequence[str] | None = None) -> dict[str, str]:
    """Source → value, for the sources that the launch has a value for.

    Args:
        claims: of a verified message.
        sources: None: all that a rule could read.
    """
    custom = _object(claims, f"{_LTI}custom")
    if sources is None:
        sources = [*SOURCES, *(_CUSTOM + name for name in custom if isinstance(name, str))]
    found = {source: _value(claims, custom, source) for source in dict.fromkeys(sources)}
    return {source: value for source, value in found.items() if value is not None}


def read_identity(values: Mapping[str, str], rules: Sequence[Rule]) -> Reading:
    """What the rules find among the values of `pick_values`."""
    staff_code: str | None = None
    units: tuple[UnitCode, ...] = ()
    for rule in rules:
        found = _apply(rule, values.get(rule.source))
        if rule.target == "staff_code" and staff_code is None:
            staff_code = next((one for one in found if len(one) <= LONGEST_STAFF_CODE), None)
        elif rule.target == "unit_code" and not units:
            units = tuple(UnitCode(rule.scheme, one) for one in found if len(one) <= LONGEST_UNIT_CODE)
    return Reading(staff_code, units)


def rules_from_json(text: str) -> tuple[Rule, ...]:
    """Rules as they are kept and typed.

    Raises:
        RulesMalformed: with the number of the rule and what is wrong with it.
    """
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as malformed:
        raise RulesMalformed("The rules must be a JSON list.") from malformed
    if not isinstance(written, list) or len(written) > MOST_RULES:
        raise RulesMalformed(f"The rules must be a list of at most {MOST_RULES}.")
    rules = tuple(_rule_from(one, number) for number, one in enumerate(written, start=1))
    for number, rule in enumerate(rules, start=1):
        _check_rule(rule, number)
    return rules


def rules_as_json(rules: Sequence[Rule]) -> str:
    """As `rules_from_json` reads it; empty members are left out."""
    written = []
    for rule in rules:
        whole = asdict(rule)
        whole["steps"] = [{name: value for name, value in step.items() if value} for step in whole["steps"]]
        written.append({name: value for name, value in whole.items() if value})
    return json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True)


def _rule_from(written: Any, number: int) -> Rule:
    if not isinstance(written, dict) or set(written) - set(Rule.__dataclass_fields__):
        raise RulesMalformed(
            f"Rule {number} must be an object with {', '.join(Rule.__dataclass_fields__)} only."
        )
    steps = written.get("steps", [])
    pairs = written.get("pairs", {})
    if not isinstance(steps, list) or len(steps) > MOST_STEPS or not isinstance(pairs, dict):
        raise RulesMalformed(f"Rule {number}: steps is a list of at most {MOST_STEPS}, pairs is an object.")
    if len(pairs) > MOST_PAIRS or not all(_is_short(one) for pair in pairs.items() for one in pair):
        raise RulesMalformed(f"Rule {number}: pairs are at most {MOST_PAIRS}, of short texts.")
    return Rule(
        source=_text(written, "source", number),
        target=_text(written, "target", number),  # type: ignore[arg-type]
        steps=tuple(_step_from(step, number) for step in steps),
        scheme=_text(written, "scheme", number),
        pairs=pairs,
        separator=_text(written, "separator", number),
    )


def _step_from(written: Any, number: int) -> Step:
    if isinstance(written, str):
        written = {"kind": written}
    if not isinstance(written, dict) or set(written) - {"kind", "argument"}:
        raise RulesMalformed(f"Rule {number}: a step is an object with kind and argument.")
    return Step(_text(written, "kind", number), _text(written, "argument", number))


def _text(written: Mapping[str, Any], name: str, number: int) -> str:
    value = written.get(name, "")
    if not _is_short(value):
        raise RulesMalformed(f"Rule {number}: {name} must be a text of at most {LONGEST_VALUE} characters.")
    return str(value)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_VALUE and "\x00" not in value


def _check_rule(rule: Rule, number: int) -> None:
    is_custom = rule.source.startswith(_CUSTOM) and _CUSTOM_NAME.fullmatch(rule.source[len(_CUSTOM) :])
    if rule.source not in SOURCES and not is_custom:
        raise RulesMalformed(
            f"Rule {number}: the source must be custom.<name> or one of {', '.join(SOURCES)}."
        )
    if rule.target not in {"staff_code", "unit_code"}:
        raise RulesMalformed(f"Rule {number}: the target must be staff_code or unit_code.")
    if (rule.target == "unit_code") != bool(rule.scheme):
        raise RulesMalformed(
            f"Rule {number}: a unit code needs its scheme (QD19/2025, TW, LOCAL), others none."
        )
    if rule.scheme and not _SCHEME.fullmatch(rule.scheme):
        raise RulesMalformed(f"Rule {number}: a scheme is written in capital letters, digits and slashes.")
    if rule.target == "staff_code" and (rule.separator or rule.pairs):
        raise RulesMalformed(f"Rule {number}: pairs and separator are for unit codes.")
    for step in rule.steps:
        _check_step(step, number)


def _check_step(step: Step, number: int) -> None:
    if step.kind not in _STEPS:
        raise RulesMalformed(f"Rule {number}: a step is one of {', '.join(_STEPS)}.")
    if (step.kind in {"strip_prefix", "regex"}) != bool(step.argument):
        raise RulesMalformed(f"Rule {number}: strip_prefix and regex need an argument, other steps none.")
    if step.kind == "regex":
        _check_pattern(step.argument, number)


def _check_pattern(pattern: str, number: int) -> None:
    """One group; and nothing that could keep the server busy with a value of 255 characters."""
    if len(pattern) > LONGEST_PATTERN:
        raise RulesMalformed(f"Rule {number}: a pattern has at most {LONGEST_PATTERN} characters.")
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as malformed:
        raise RulesMalformed(f"Rule {number}: the pattern cannot be read: {malformed}.") from malformed
    if compiled.groups != 1:
        raise RulesMalformed(f"Rule {number}: the pattern must have exactly one group, what is kept.")
    bare = re.sub(r"\\.|\[[^\]]*\]", "x", pattern)
    if re.search(r"\)[*+{]", bare) or re.search(r"\(\?[^:P]|\(\?P[^<]|\\\d", pattern):
        raise RulesMalformed(f"Rule {number}: no repeated groups, look-arounds or references in a pattern.")
    if len(re.findall(r"[*+]|\{\d*,\d*\}", bare)) > MOST_REPETITIONS:
        raise RulesMalformed(f"Rule {number}: a pattern has at most {MOST_REPETITIONS} repetitions.")


def _apply(rule: Rule, value: str | None) -> list[str]:
    """What the rule makes of a value, without repetitions."""
    if value is None:
        return []
    parts = value.split(rule.separator) if rule.separator else [value]
    found = [_transform(part, rule.steps) for part in parts]
    if rule.pairs:
        found = [rule.pairs.get(one, "") if one else "" for one in found]
    return list(dict.fromkeys(one for one in found if one))


def _transform(value: str, steps: Sequence[Step]) -> str:
    for step in steps:
        value = _step(value, step)
        if not value:
            return ""
    return value


def _step(value: str, step: Step) -> str:
    if step.kind == "trim":
        return value.strip()
    if step.kind == "strip_prefix":
        return value.removeprefix(step.argument)
    if step.kind == "upper":
        return value.upper()
    if step.kind == "lower":
        return value.lower()
    matched = re.fullmatch(step.argument, value)
    return (matched[1] or "") if matched else ""


def _value(claims: Mapping[str, Any], custom: Mapping[str, Any], source: str) -> str | None:
    if source.startswith(_CUSTOM):
        return _usable(custom.get(source[len(_CUSTOM) :]))
    if source == "email.local_part":
        address = _usable(claims.get("email"))
        return _usable(address.partition("@")[0]) if address and "@" in address else None
    room, _, name = source.partition(".")
    holder = _object(claims, room if room == "address" else f"{_LTI}{room}")
    if room == "ext" and not holder:
        # Moodle names this claim without the prefix of 1EdTech's other claims in some versions.
        holder = _object(claims, "ext")
    return _usable(holder.get(name))


def _usable(value: Any) -> str | None:
    """A text with something in it; a variable that the LMS did not know is sent literally and is nothing."""
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or "\x00" in value:
        return None
    return None if not value.strip() or value.strip().startswith("$") else value


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    sent = claims.get(name)
    return sent if isinstance(sent, dict) else {}
