"""Writes the reference pages that describe the code, or with --check says which of them are out of date.

docs/settings.md, docs/cli.md, docs/addresses.md, docs/error-codes.md, docs/lint-codes.md and
docs/xapi-profile/ are printed from the code itself, so they cannot tell something else than what runs.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from content_packages.authoring.findings import CODES
from lti_tool.app import create_app
from lti_tool.cli import cli
from lti_tool.cli.settings import settings_reference
from lti_tool.error_pages import explanation_of
from lti_tool.settings import load_settings
from lti_tool.xapi_profile.reading import profile_text
from xapi_bridge.errors import RuleBroken
from xapi_bridge.vocabulary.profile import profile_document

#: The default of CCHC_IRI_BASE: an installation's own profile begins with its own.
EXAMPLE_BASE = "https://cchc.example/"

DOCS = Path(__file__).parent.parent / "docs"


def reference_pages() -> dict[str, str]:
    """File name -> content of every page that is printed from the code."""
    return {
        "settings.md": settings_reference(),
        "cli.md": cli_reference(),
        "addresses.md": address_reference(),
        "error-codes.md": error_reference(),
        "lint-codes.md": lint_reference(),
        "xapi-profile/README.md": profile_text(EXAMPLE_BASE),
        "xapi-profile/profile.jsonld": profile_json(),
    }


def profile_json() -> str:
    """The xAPI profile of an installation with the default IRI base."""
    return json.dumps(profile_document(EXAMPLE_BASE), ensure_ascii=False, indent=2) + "\n"


def cli_reference() -> str:
    """The `--help` of every command."""
    sections = ["# Command line\n\nPrinted by `make reference`.\n"]
    for path, command in walk_commands(cli, "cchc"):
        context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
        sections.append(f"## {path}\n\n```text\n{command.get_help(context).strip()}\n```\n")
    return "\n".join(sections)


def lint_reference() -> str:
    """Every rule that `cchc content lint` holds a package to."""
    lines = ["# Lint codes", "", "What `cchc content lint` asks of a package.", ""]
    lines += ["Printed by `make reference`.", ""]
    lines += ["| Code | Rule |", "| --- | --- |"]
    lines += [f"| `{code}` | {rule} |" for code, rule in sorted(CODES.items())]
    return "\n".join(lines) + "\n"


def walk_commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with the words that call it, sorted."""
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk_commands(command.commands[name], f"{path} {name}")


def address_reference() -> str:
    """Every address that the service answers."""
    app = create_app(load_settings({"CCHC_DATABASE_URL": "sqlite://"}))
    lines = ["# Addresses", "", "Every address that the service answers. Printed by `make reference`.", ""]
    lines += ["| Address | Methods | What it is |", "| --- | --- | --- |"]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        view = app.view_functions[rule.endpoint]
        summary = (
            (view.__doc__ or "").strip().split("\n")[0] if rule.endpoint != "static" else "Static files."
        )
        if rule.endpoint.endswith(".static"):
            summary = "Static files."
        lines.append(f"| `{rule.rule}` | {methods} | {summary} |")
    return "\n".join(lines) + "\n"


def error_reference() -> str:
    """Every refusal with its stable code, status and Vietnamese words."""
    lines = ["# Error codes", "", "Stable codes of every refusal. Printed by `make reference`.", ""]
    lines += ["| Code | Status | Title | Meaning |", "| --- | --- | --- | --- |"]
    app = create_app(load_settings({"CCHC_DATABASE_URL": "sqlite://"}))
    with app.test_request_context():
        for refusal in sorted(all_refusals(RuleBroken), key=lambda kind: kind.code):
            explanation = explanation_of(refusal)
            meaning = " ".join((refusal.__doc__ or "").strip().split("\n\n")[0].split())
            lines.append(f"| `{refusal.code}` | {explanation.status} | {explanation.title} | {meaning} |")
    return "\n".join(lines) + "\n"


def all_refusals(root: type[RuleBroken]) -> Iterator[type[RuleBroken]]:
    """Every class below `root`, each once."""
    for kind in root.__subclasses__():
        yield kind
        yield from all_refusals(kind)


def main() -> int:
    """Writes the pages; with --check only compares, and returns 1 when one is out of date."""
    checking = "--check" in sys.argv[1:]
    stale = []
    for name, content in reference_pages().items():
        page = DOCS / name
        if page.exists() and page.read_text(encoding="utf-8") == content:
            continue
        stale.append(name)
        if not checking:
            page.write_text(content, encoding="utf-8")
    if stale:
        click.echo(f"{'Out of date: run `make reference`' if checking else 'Written'}: {', '.join(stale)}")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main())
