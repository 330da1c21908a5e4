"""Findings for machines: JSON, and SARIF 2.1.0 for code review and CI (pure)."""

import json
from collections.abc import Sequence
from typing import Any, Final

from content_packages.authoring.findings import CODES, Finding

_SARIF_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def findings_as_json(findings: Sequence[Finding]) -> str:
    """A list of objects with path, line, code, severity and message, in the order given."""
    written = [
        {
            "path": one.path,
            "line": one.line,
            "code": one.code,
            "severity": one.severity,
            "message": one.message,
        }
        for one in findings
    ]
    return json.dumps(written, ensure_ascii=False, indent=2)


def findings_from_json(text: str) -> tuple[Finding, ...]:
    """The findings that `findings_as_json` wrote."""
    return tuple(Finding(**one) for one in json.loads(text))


def findings_as_sarif(findings: Sequence[Finding], *, version: str) -> str:
    """One SARIF run of the tool `cchc content lint`; paths are relative to the package folder."""
    used = sorted({one.code for one in findings})
    rules = [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in used]
    driver = {"name": "cchc content lint", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, used.index(one.code)) for one in findings],
    }
    return json.dumps(
        {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2
    )


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": finding.path, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": finding.line},
    }
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
