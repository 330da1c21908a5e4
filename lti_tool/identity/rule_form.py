"""Rules as a form shows and sends them: one block of fields for each rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lti_tool.identity.errors import RulesMalformed
from lti_tool.identity.rules import MOST_RULES, Rule, Step, rules_as_json, rules_from_json

#: Empty blocks offered after those that are filled in.
_BLANKS: Final = 2
_PLAIN_STEPS: Final = frozenset({"trim", "upper", "lower"})


@dataclass(frozen=True)
class TypedRule:
    """One block as typed: `steps` one a line (`strip_prefix CB-`), `pairs` one a line (`value = code`)."""

    order: str = ""
    source: str = ""
    target: str = "staff_code"
    scheme: str = ""
    steps: str = "trim"
    pairs: str = ""
    separator: str = ""


def typed_from_rules(rules: Sequence[Rule]) -> list[TypedRule]:
    """The blocks of a form that shows the rules."""
    filled = [
        TypedRule(
            order=str(number),
            source=rule.source,
            target=rule.target,
            scheme=rule.scheme,
            steps="\n".join(f"{step.kind} {step.argument}".strip() for step in rule.steps),
            pairs="\n".join(f"{value} = {code}" for value, code in rule.pairs.items()),
            separator=rule.separator,
        )
        for number, rule in enumerate(rules, start=1)
    ]
    blanks = min(_BLANKS, MOST_RULES - len(filled))
    return filled + [TypedRule(order=str(len(filled) + number + 1)) for number in range(blanks)]


def typed_from_form(form: Any) -> list[TypedRule]:
    """The blocks as they were sent, also those that make no rule."""
    columns = {name: form.getlist(name) for name in TypedRule.__dataclass_fields__}
    count = min(len(columns["source"]), MOST_RULES)
    return [
        TypedRule(**{name: values[row] if row < len(values) else "" for name, values in columns.items()})
        for row in range(count)
    ]


def rules_from_typed(typed: Sequence[TypedRule]) -> tuple[Rule, ...]:
    """The rules of the filled blocks, in the order of their numbers.

    Raises:
        RulesMalformed: with the number of the rule and what is wrong with it.
    """
    filled = [one for one in typed if one.source.strip()]
    try:
        ordered = sorted(filled, key=lambda one: float(one.order or "inf"))
    except ValueError as malformed:
        raise RulesMalformed("The order of the rules is given by numbers.") from malformed
    # Once through the text form, so that typed rules are held against the same checks as kept ones.
    return rules_from_json(rules_as_json([_rule(one, number) for number, one in enumerate(ordered, start=1)]))


def _rule(typed: TypedRule, number: int) -> Rule:
    is_unit = typed.target == "unit_code"
    return Rule(
        source=typed.source.strip(),
        target=typed.target,  # type: ignore[arg-type]
        steps=tuple(_step(line, number) for line in typed.steps.splitlines() if line.strip()),
        scheme=typed.scheme.strip() if is_unit else "",
        pairs=_pairs(typed.pairs, number) if is_unit else {},
        separator=typed.separator.strip() if is_unit else "",
    )


def _step(line: str, number: int) -> Step:
    kind, _, argument = line.strip().partition(" ")
    if kind in _PLAIN_STEPS and argument:
        raise RulesMalformed(f"Rule {number}: {kind} stands alone on its line.")
    return Step(kind, argument.strip())


def _pairs(text: str, number: int) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, (one.strip() for one in text.splitlines())):
        value, sign, code = (part.strip() for part in line.rpartition("="))
        if not sign or not value or not code:
            raise RulesMalformed(f"Rule {number}: write one pair a line, as value = code.")
        found[value] = code
    return found
