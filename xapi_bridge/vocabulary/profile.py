"""The profile document: our words, templates and patterns as JSON-LD (xAPI Profiles 1.0, Part Two)."""

from typing import Any

from xapi_bridge.vocabulary.cchc import profile_iri
from xapi_bridge.vocabulary.concept import Concept
from xapi_bridge.vocabulary.concepts import ACTIVITY_TYPES, VERBS
from xapi_bridge.vocabulary.extensions import extensions
from xapi_bridge.vocabulary.patterns import PATTERNS
from xapi_bridge.vocabulary.rules import Rule, common_rules
from xapi_bridge.vocabulary.templates import StatementTemplate, statement_templates

#: Raised with every change of meaning, with the instant of that change.
PROFILE_VERSION = "1"
_GENERATED_AT = "2026-11-25T00:00:00Z"
_PUBLISHER = "Bồi dưỡng cải cách hành chính"
_CONTEXT = "https://w3id.org/xapi/profiles/context"


def profile_document(base: str) -> dict[str, Any]:
    """The whole profile of one installation.

    Args:
        base: beginning of its IRIs (CCHC_IRI_BASE): the profile, templates and our extensions begin with it.
    """
    whole = profile_iri(base)
    version = f"{whole}/v{PROFILE_VERSION}"
    own = [concept for concept in extensions(base) if concept.iri.startswith(base)]
    return {
        "id": whole,
        "@context": _CONTEXT,
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": {"vi": "Hồ sơ xAPI bồi dưỡng cải cách hành chính", "en": "CCHC training xAPI profile"},
        "definition": {
            "vi": "Các bản ghi mà hệ thống bồi dưỡng cải cách hành chính tạo ra, và ý nghĩa của chúng.",
            "en": "The statements that the public administration reform training makes, and what they mean.",
        },
        "author": {"type": "Organization", "name": _PUBLISHER, "url": base},
        "versions": [{"id": version, "generatedAtTime": _GENERATED_AT}],
        "concepts": [_extension(concept, version) for concept in own],
        "templates": [_template(one, base=base, version=version) for one in statement_templates(base)],
        "patterns": [_pattern(code, base=base, version=version) for code in PATTERNS],
    }


def foreign_concepts(base: str) -> tuple[Concept, ...]:
    """Words of other vocabularies that we use: named in the templates, defined where they come from."""
    theirs = [concept for concept in extensions(base) if not concept.iri.startswith(base)]
    return (*VERBS, *ACTIVITY_TYPES, *theirs)


def template_iri(base: str, code: str) -> str:
    """`<profile>#<code>`: a template or a pattern, readable at the profile's page."""
    return f"{profile_iri(base)}#{code}"


def _extension(concept: Concept, version: str) -> dict[str, Any]:
    return {
        "id": concept.iri,
        "type": concept.kind,
        "inScheme": version,
        "prefLabel": dict(concept.label),
        "definition": dict(concept.definition),
        "inlineSchema": concept.value_schema,
    }


def _template(template: StatementTemplate, *, base: str, version: str) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": template_iri(base, template.code),
        "type": "StatementTemplate",
        "inScheme": version,
        "prefLabel": dict(template.label),
        "definition": dict(template.definition),
        "verb": template.verb,
    }
    if template.object_type:
        written["objectActivityType"] = template.object_type
    written["rules"] = [_rule(rule) for rule in (*common_rules(base), *template.rules)]
    return written


def _rule(rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {"location": rule.location, "presence": rule.presence}
    if rule.one_of:
        written["any"] = list(rule.one_of)
    if rule.only:
        written["all"] = list(rule.only)
    return written


def _pattern(code: str, *, base: str, version: str) -> dict[str, Any]:
    label_vi, label_en, way, members = PATTERNS[code]
    iris = [template_iri(base, member) for member in members]
    return {
        "id": template_iri(base, code),
        "type": "Pattern",
        "primary": code == "enrolment",
        "inScheme": version,
        "prefLabel": {"vi": label_vi, "en": label_en},
        "definition": {"vi": f"{label_vi}.", "en": f"{label_en}."},
        way: iris[0] if way == "zeroOrMore" else iris,
    }
