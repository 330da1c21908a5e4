"""`cchc profile …`: the xAPI profile, and whether statements keep it."""

import json
import sys
from pathlib import Path

import click

from lti_tool.settings import Settings
from xapi_bridge.statement import parse_statement
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.vocabulary.conformity import judge_statement
from xapi_bridge.vocabulary.profile import profile_document


@click.group()
def profile() -> None:
    """Hồ sơ xAPI: in ra, và kiểm tra bản ghi theo hồ sơ."""


@profile.command()
@click.pass_obj
def show(settings: Settings) -> None:
    """In hồ sơ xAPI của máy chủ này (JSON-LD)."""
    click.echo(json.dumps(profile_document(str(settings.iri_base)), ensure_ascii=False, indent=2))


@profile.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def check(settings: Settings, file: Path) -> None:
    """Kiểm tra các bản ghi của FILE theo hồ sơ; thoát với mã 1 khi có bản ghi sai.

    Mỗi dòng của FILE là một bản ghi JSON. Bản ghi không thuộc loại nào của hồ sơ được đếm riêng và không
    bị coi là sai.
    """
    conforming = foreign = broken = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            findings = _findings(line, base=str(settings.iri_base))
            conforming, foreign = conforming + (findings == []), foreign + (findings is None)
            broken += bool(findings)
            for finding in findings or []:
                click.echo(f"{file}:{number}: {finding}", err=True)
    click.echo(f"{conforming} đúng hồ sơ, {foreign} không thuộc hồ sơ, {broken} sai.")
    sys.exit(1 if broken else 0)


def _findings(line: bytes, *, base: str) -> list[str] | None:
    """What is wrong with a line: nothing, rules, or None for a statement of no kind of ours."""
    try:
        version = "2.0.0" if b'"contextAgents"' in line or b'"contextGroups"' in line else "1.0.3"
        parse_statement(line, version=version)
    except StatementRefused as refused:
        return [f"{refused.code}: {refused}"]
    verdict = judge_statement(json.loads(line), base=base)
    return None if verdict.template is None else [f"{verdict.template.code}: {one}" for one in verdict.broken]
