"""`cchc settings …`: what may be set, and what is set."""

import click
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lti_tool.settings import PREFIX, Settings


@click.group()
def settings() -> None:
    """Các biến cấu hình CCHC_… của bản cài đặt."""


@settings.command()
@click.pass_obj
def show(current: Settings) -> None:
    """In giá trị đang dùng; giá trị bí mật được che."""
    for name in Settings.model_fields:
        click.echo(f"{PREFIX}{name.upper()}={getattr(current, name)}")


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


def _row(name: str, field: FieldInfo) -> str:
    values = str(field.annotation).replace("typing.", "").replace("|", "\\|")
    if isinstance(field.annotation, type):
        values = field.annotation.__name__
    default = "required" if field.default is PydanticUndefined else f"`{field.default}`"
    return f"| `{PREFIX}{name.upper()}` | {values} | {default} | {field.description} |"
