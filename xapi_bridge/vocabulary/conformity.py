"""Whether a statement looks as the profile says (xAPI Profiles 1.0, Part Two, 9 and Part Three, 1)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xapi_bridge.vocabulary.rules import Rule, common_rules
from xapi_bridge.vocabulary.templates import StatementTemplate, statement_templates

_STEP = re.compile(r"\.(?P<name>[A-Za-z_0-9]+)|\['(?P<quoted>[^']+)'\]|(?P<each>\[\*\])")


@dataclass(frozen=True)
class Verdict:
    """What a statement is, and what it lacks.

    Attributes:
        template: its kind; None when it is none of ours.
        broken: the rules that it breaks, in words that name the place.
    """

    template: StatementTemplate | None
    broken: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether it is of a kind of ours and keeps every rule of it."""
        return self.template is not None and not self.broken


def judge_statement(properties: Mapping[str, Any], *, base: str) -> Verdict:
    """What a statement is by the profile, and which rules it breaks.

    Args:
        properties: the JSON of a statement that the grammar accepts.
        base: beginning of our own IRIs (CCHC_IRI_BASE).
    """
    template = _template_of(properties, statement_templates(base))
    if template is None:
        return Verdict(None)
    rules = (*common_rules(base), *template.rules)
    findings = (_broken(rule, properties) for rule in rules)
    return Verdict(template, tuple(finding for finding in findings if finding))


def _template_of(
    properties: Mapping[str, Any], templates: Sequence[StatementTemplate]
) -> StatementTemplate | None:
    thing = properties["object"]
    refers = thing.get("objectType") == "StatementRef"
    type_iri = thing.get("definition", {}).get("type", "")
    for template in templates:
        is_same_object = template.refers == refers and template.object_type in {"", type_iri}
        if template.verb == properties["verb"]["id"] and is_same_object:
            return template
    return None


def _broken(rule: Rule, properties: Mapping[str, Any]) -> str:
    """What is wrong at the rule's place; empty when nothing is."""
    found = list(_values_at(properties, rule.location))
    if rule.presence == "excluded":
        return f"{rule.location} must not be there" if found else ""
    if not found:
        return f"{rule.location} is missing" if rule.presence == "included" else ""
    if rule.one_of and not any(value in rule.one_of for value in found):
        return f"{rule.location} has none of {', '.join(rule.one_of)}"
    if rule.only and not all(_is_among(value, rule.only) for value in found):
        return f"{rule.location} has something else than {', '.join(map(str, rule.only))}"
    return ""


def _is_among(value: Any, allowed: Sequence[str | bool]) -> bool:
    # In Python 1 == True, in JSON it is not.
    return any(type(value) is type(one) and value == one for one in allowed)


def _values_at(whole: Any, location: str) -> Iterator[Any]:
    """Everything at a place that is written as `$.a.b[*]['c']`."""
    found = [whole]
    for step in _STEP.finditer(location):
        if step["each"]:
            found = [item for one in found if isinstance(one, list) for item in one]
        else:
            name = step["name"] or step["quoted"]
            found = [one[name] for one in found if isinstance(one, dict) and name in one]
    yield from found
