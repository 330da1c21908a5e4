"""`cchc …`: one group, one file per noun."""

import sys

import click
from sqlalchemy.exc import OperationalError

from lti_tool.cli.content import content
from lti_tool.cli.credentials import credentials
from lti_tool.cli.database import database
from lti_tool.cli.demo import demo
from lti_tool.cli.operators import operators
from lti_tool.cli.platforms import platforms
from lti_tool.cli.rollups import rollups
from lti_tool.cli.serve import serve
from lti_tool.cli.settings import settings as settings_group
from lti_tool.cli.units import units
from lti_tool.error_pages import explanation_of
from lti_tool.logs import configure_logs
from lti_tool.settings import load_settings
from xapi_bridge.errors import RuleBroken


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Bồi dưỡng cải cách hành chính: công cụ LTI 1.3, kho bản ghi học tập và thống kê."""
    settings = load_settings()
    configure_logs(level=settings.log_level, log_format=settings.log_format)
    context.obj = settings


cli.add_command(content)
cli.add_command(credentials)
cli.add_command(database)
cli.add_command(demo)
cli.add_command(operators)
cli.add_command(platforms)
cli.add_command(rollups)
cli.add_command(serve)
cli.add_command(settings_group, name="settings")
cli.add_command(units)


def main() -> None:
    """Entry point: a refusal becomes what happened, what to do, the detail, and exit code 2."""
    try:
        cli()
    except RuleBroken as refused:
        explanation = explanation_of(type(refused))
        click.echo(f"cchc: {explanation.title}. {explanation.next_step}", err=True)
        click.echo(f"      [{refused.code}] {refused}", err=True)
        sys.exit(2)
    except OperationalError as unreachable:
        click.echo("cchc: Không dùng được cơ sở dữ liệu. Kiểm tra CCHC_DATABASE_URL và máy chủ.", err=True)
        click.echo(f"      [database_unavailable] {str(unreachable.orig).splitlines()[0]}", err=True)
        sys.exit(2)
