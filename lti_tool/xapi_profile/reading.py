"""The profile laid out for reading: each kind of statement with what it must hold and an example."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from xapi_bridge.translate.examples import example_statements
from xapi_bridge.vocabulary.concept import Concept
from xapi_bridge.vocabulary.concepts import ACTIVITY_TYPES, VERBS
from xapi_bridge.vocabulary.extensions import extensions
from xapi_bridge.vocabulary.rules import Rule, common_rules
from xapi_bridge.vocabulary.templates import StatementTemplate, statement_templates


@dataclass(frozen=True)
class TemplateReading:
    """One kind of statement.

    Attributes:
        object_type: the concept of its object's type; None when several are possible or it is a reference.
        rules: what the kind asks for besides the common rules.
        example: a statement as our code makes it, indented JSON.
    """

    template: StatementTemplate
    verb: Concept
    object_type: Concept | None
    rules: tuple[Rule, ...]
    example: str


@dataclass(frozen=True)
class ProfileReading:
    """The whole profile, in the order in which people read it."""

    common: tuple[Rule, ...]
    templates: tuple[TemplateReading, ...]
    verbs: tuple[Concept, ...]
    activity_types: tuple[Concept, ...]
    extensions: tuple[Concept, ...]


def read_profile(base: str) -> ProfileReading:
    """The profile of one installation.

    Args:
        base: beginning of its IRIs (CCHC_IRI_BASE).
    """
    concepts = {concept.iri: concept for concept in (*VERBS, *ACTIVITY_TYPES)}
    examples = {code: one.raw for code, one in example_statements(base).items()}
    return ProfileReading(
        common=common_rules(base),
        templates=tuple(
            TemplateReading(
                template,
                concepts[template.verb],
                concepts.get(template.object_type),
                template.rules,
                _indented(examples, template.code),
            )
            for template in statement_templates(base)
        ),
        verbs=VERBS,
        activity_types=ACTIVITY_TYPES,
        extensions=extensions(base),
    )


def profile_text(base: str) -> str:
    """The same as Markdown, in Vietnamese: docs/xapi-profile/README.md."""
    reading = read_profile(base)
    lines = [
        "# Hồ sơ xAPI",
        "",
        "In từ mã nguồn bằng `make reference`. Bản cho máy đọc: [profile.jsonld](profile.jsonld).",
        "Trên máy chủ, trang này ở địa chỉ `/ho-so-xapi`; IRI bắt đầu bằng giá trị của `CCHC_IRI_BASE`.",
        "",
        "## Mọi bản ghi",
        "",
        *_rule_lines(reading.common),
    ]
    for one in reading.templates:
        lines += _template_lines(one)
    for title, concepts in (
        ("Động từ", reading.verbs),
        ("Loại hoạt động", reading.activity_types),
        ("Phần mở rộng", reading.extensions),
    ):
        lines += [
            "",
            f"## {title}",
            "",
            "| IRI | Tiếng Việt | English | Nghĩa |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| `{one.iri}` | {one.label['vi']} | {one.label['en']} | {one.definition['vi']} |"
            for one in concepts
        ]
    return "\n".join(lines) + "\n"


def _template_lines(one: TemplateReading) -> list[str]:
    return [
        "",
        f"## {one.template.label['vi']} (`{one.template.code}`)",
        "",
        one.template.definition["vi"],
        "",
        f"Động từ: {one.verb.label['vi']}, `{one.verb.iri}`.",
        "",
        *_rule_lines(one.rules),
        "",
        "```json",
        one.example,
        "```",
    ]


def _rule_lines(rules: tuple[Rule, ...]) -> list[str]:
    words = {"included": "phải có", "excluded": "không được có", "recommended": "nên có"}
    return [f"- {words[rule.presence]} `{rule.location}`{_values(rule)}" for rule in rules]


def _values(rule: Rule) -> str:
    if rule.one_of:
        return ", ít nhất một trong: " + ", ".join(f"`{one}`" for one in rule.one_of)
    return ", chỉ gồm: " + ", ".join(f"`{json.dumps(one)}`" for one in rule.only) if rule.only else ""


def _indented(examples: Mapping[str, bytes], code: str) -> str:
    return json.dumps(json.loads(examples[code]), ensure_ascii=False, indent=2)
