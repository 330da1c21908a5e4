"""`cchc settings …`: what may be set, and what is set."""

import re
from pathlib import Path
from typing import get_args

import click
from pydantic import HttpUrl, SecretStr
from pydantic.fields import FieldInfo

from lti_tool.settings import PREFIX, Settings

#: In every address of a list of them, before the host or as a parameter.
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=:)[^:/;]+(?=@)|(?<=password=)[^&;]+")


@click.group()
def settings() -> None:
    """Các biến cấu hình CCHC_… của bản cài đặt."""


@settings.command()
@click.pass_obj
def show(current: Settings) -> None:
    """In giá trị đang dùng; giá trị bí mật được che."""
    for name in Settings.model_fields:
        click.echo(f"{PREFIX}{name.upper()}={_without_password(str(getattr(current, name)))}")


@settings.command()
def reference() -> None:
    """In bảng tra cứu mọi biến (nguồn của docs/settings.md)."""
    click.echo(settings_reference(), nl=False)


def settings_reference() -> str:
    """The settings reference as Markdown; docs/settings.md holds exactly this, and a test compares them."""
    lines = [
        "# Settings",
        "",
        "Every variable that an installation may set. An unknown `CCHC_…` name is refused at start.",
        "This page is printed by `cchc settings reference`.",
        "",
        "| Variable | Values | Default | Meaning |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(lines) + "\n"


def _without_password(value: str) -> str:
    """Database and broker addresses may carry a password: it is shown as ***."""
    return _PASSWORD_IN_ADDRESS.sub("***", value)


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{PREFIX}{name.upper()}` | {_values(field)} | {_default(field)} | {field.description} |"


def _values(field: FieldInfo) -> str:
    choices = get_args(field.annotation)
    if choices and all(isinstance(choice, str) for choice in choices):
        return ", ".join(f"`{choice}`" for choice in choices)
    kinds = {str: "text", bool: "`true`, `false`", int: "whole number", float: "number", Path: "folder"}
    kinds |= {SecretStr: "secret text", HttpUrl: "address"}
    named = [kind for kind in (field.annotation, *choices) if kind in kinds]
    return kinds[named[0]]


def _default(field: FieldInfo) -> str:
    default = field.default
    shown = default.get_secret_value() if isinstance(default, SecretStr) else default
    if shown in ("", None):
        return "(empty)"
    return f"`{str(shown).lower() if isinstance(shown, bool) else shown}`"
