"""`cchc …`: one group, one file per noun."""

import sys

import click
from sqlalchemy.exc import OperationalError

from lti_tool.cli.analysis import analysis
from lti_tool.cli.attachments import attachments
from lti_tool.cli.audit import audit
from lti_tool.cli.campaigns import campaigns
from lti_tool.cli.content import content
from lti_tool.cli.content_exchange import COMMANDS as EXCHANGE_COMMANDS
from lti_tool.cli.content_preview import preview
from lti_tool.cli.content_publishing import COMMANDS as PUBLISHING_COMMANDS
from lti_tool.cli.credentials import credentials
from lti_tool.cli.database import database
from lti_tool.cli.demo import demo
from lti_tool.cli.forwarding import forwarding
from lti_tool.cli.grades import grades
from lti_tool.cli.identity import identity
from lti_tool.cli.intake import intake
from lti_tool.cli.invitations import invitations
from lti_tool.cli.keys import keys
from lti_tool.cli.knowledge import knowledge
from lti_tool.cli.operators import operators
from lti_tool.cli.platforms import platforms
from lti_tool.cli.players import COMMANDS as PLAYER_COMMANDS
from lti_tool.cli.privacy import privacy
from lti_tool.cli.profile import profile
from lti_tool.cli.quizzes import quizzes
from lti_tool.cli.reports import reports
from lti_tool.cli.rollups import rollups
from lti_tool.cli.roster import roster
from lti_tool.cli.serve import serve
from lti_tool.cli.settings import settings as settings_group
from lti_tool.cli.staff import staff
from lti_tool.cli.statement_archive import COMMANDS as ARCHIVE_COMMANDS
from lti_tool.cli.statements import statements
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


cli.add_command(analysis)
cli.add_command(attachments)
cli.add_command(audit)
cli.add_command(campaigns)
cli.add_command(content)
for exchange_command in (*EXCHANGE_COMMANDS, *PLAYER_COMMANDS):
    content.add_command(exchange_command)
content.add_command(preview)
for publishing_command in PUBLISHING_COMMANDS:
    content.add_command(publishing_command)
cli.add_command(credentials)
cli.add_command(database)
cli.add_command(demo)
cli.add_command(forwarding)
cli.add_command(identity)
cli.add_command(grades)
cli.add_command(intake)
cli.add_command(invitations)
cli.add_command(keys)
cli.add_command(knowledge)
cli.add_command(operators)
cli.add_command(platforms)
cli.add_command(privacy)
cli.add_command(profile)
cli.add_command(quizzes)
cli.add_command(reports)
cli.add_command(rollups)
cli.add_command(roster)
cli.add_command(serve)
cli.add_command(settings_group, name="settings")
cli.add_command(staff)
cli.add_command(statements)
for archive_command in ARCHIVE_COMMANDS:
    statements.add_command(archive_command)
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
