"""One word of our statements, explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

#: The classes of concepts in xAPI Profiles 1.0, Part Two, 7.
ConceptKind = Literal["Verb", "ActivityType", "ContextExtension", "ResultExtension", "ActivityExtension"]


@dataclass(frozen=True)
class Concept:
    """One word.

    Attributes:
        iri: what stands in statements.
        kind: its class in xAPI Profiles.
        label: language tag -> how it reads in a sentence or a heading.
        definition: language tag -> what it means with us.
        value_schema: JSON Schema of an extension's value, else empty.
    """

    iri: str
    kind: ConceptKind
    label: Mapping[str, str]
    definition: Mapping[str, str]
    value_schema: str = ""


def concept(kind: ConceptKind, iri: str, *words: str, schema: str = "") -> Concept:
    """A concept; `words`: Vietnamese label, English label, Vietnamese definition, English definition."""
    label_vi, label_en, definition_vi, definition_en = words
    return Concept(
        iri,
        kind,
        MappingProxyType({"vi": label_vi, "en": label_en}),
        MappingProxyType({"vi": definition_vi, "en": definition_en}),
        schema,
    )
