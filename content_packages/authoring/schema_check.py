"""JSON Schema 2020-12, with findings an author can read."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

SchemaName = Literal["package", "module", "bank", "question", "quiz", "qa", "qa_entry", "survey"]
ValuePath = tuple[str | int, ...]


@cache
def _validator(name: SchemaName) -> Draft202012Validator:
    text = files("content_packages.authoring").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def schema_violations(value: Any, *, schema: SchemaName) -> Iterator[tuple[ValuePath, str]]:
    """Where the value breaks the schema, and what to write instead, in Vietnamese."""
    errors = sorted(
        _validator(schema).iter_errors(value), key=lambda error: [str(p) for p in error.absolute_path]
    )
    for error in errors:
        yield tuple(error.absolute_path), _explained(error)


def _explained(error: ValidationError) -> str:
    where = ".".join(str(step) for step in error.absolute_path)
    place = f"“{where}” " if where else ""
    return f"{place}{_reason(error)}"


def _reason(error: ValidationError) -> str:
    explain = _REASONS.get(str(error.validator))
    return explain(error) if explain else f"không hợp lệ ({error.validator})"


def _missing(error: ValidationError) -> str:
    absent = [
        name for name in cast(list[str], error.validator_value) if name not in cast(Any, error.instance)
    ]
    return f"thiếu trường {_listed(absent)}"


def _unknown(error: ValidationError) -> str:
    known = cast(dict[str, Any], error.schema).get("properties", {})
    extra = [name for name in cast(Any, error.instance) if name not in known]
    return f"có trường lạ {_listed(extra)}; các trường được phép: {', '.join(known)}"


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _contains(error: ValidationError) -> str:
    exactly = " đúng một" if cast(dict[str, Any], error.schema).get("maxContains") == 1 else " ít nhất một"
    return f"cần{exactly} phương án đúng [x]"


_TYPES = {
    "string": "chữ (đặt trong dấu nháy nếu là số)",
    "array": "danh sách",
    "object": "bảng khóa: giá trị",
    "integer": "số nguyên",
    "number": "số",
    "boolean": "true hoặc false",
}

_REASONS: dict[str, Any] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "contains": _contains,
    "maxContains": _contains,
    "type": lambda error: f"phải là {_TYPES.get(str(error.validator_value), error.validator_value)}",
    "enum": lambda error: f"phải là một trong: {', '.join(map(str, error.validator_value))}",
    "const": lambda error: f"phải là {error.validator_value}",
    "pattern": lambda error: f"không đúng dạng {error.validator_value}",
    "minLength": lambda error: f"quá ngắn, cần ít nhất {error.validator_value} ký tự",
    "maxLength": lambda error: f"quá dài, nhiều nhất {error.validator_value} ký tự",
    "minItems": lambda error: f"cần ít nhất {error.validator_value} mục",
    "maxItems": lambda error: f"nhiều nhất {error.validator_value} mục",
    "minProperties": lambda error: f"cần ít nhất {error.validator_value} khóa",
    "maxProperties": lambda error: f"chỉ được {error.validator_value} khóa",
    "minimum": lambda error: f"phải từ {error.validator_value} trở lên",
    "maximum": lambda error: f"phải từ {error.validator_value} trở xuống",
    "exclusiveMinimum": lambda error: f"phải lớn hơn {error.validator_value}",
    "uniqueItems": lambda error: "có mục lặp lại",  # noqa: ARG005 - all reasons have one shape
    "dependentRequired": lambda error: (
        f"phải ghi cùng nhau: {', '.join(sorted(cast(dict[str, Any], error.validator_value)))}"
    ),
    "None": lambda error: "không dùng ở đây với các trường khác đã ghi",  # noqa: ARG005 - as above
}
