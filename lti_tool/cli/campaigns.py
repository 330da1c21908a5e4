"""`cchc campaigns …`: periodic tests, how far people are."""

import click

from lti_tool.campaigns.words import STATE_WORDS
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import local_day
from sync.campaigns.campaigns import count_states, get_campaign, list_campaigns, list_commended, list_sittings
from sync.reports.people import find_names
from xapi_bridge.running_app import now, reading


@click.group()
def campaigns() -> None:
    """Đợt kiểm tra định kỳ: danh sách, tình trạng, biểu dương."""


@campaigns.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """Liệt kê các đợt, mới nhất trước."""
    with running_application(settings), reading() as session:
        for one in list_campaigns(session, root_id=None):
            click.echo(f"{one.campaign_id}\t{one.opens_on:%d/%m/%Y}–{one.closes_on:%d/%m/%Y}\t{one.title}")


@campaigns.command()
@click.argument("campaign_id", type=int)
@click.pass_obj
def show(settings: Settings, campaign_id: int) -> None:
    """Đếm tình trạng của đợt CAMPAIGN_ID và liệt kê mã cán bộ được biểu dương."""
    with running_application(settings), reading() as session:
        row = get_campaign(session, campaign_id, root_id=None)
        today = local_day(now())
        for state, count in count_states(list_sittings(session, row, today=today)).items():
            click.echo(f"{STATE_WORDS[state]}: {count}")
        commended = list_commended(session, row, today=today)
        names = find_names(session, [one.sitting.person_id for one in commended])
        for one in commended:
            click.echo(
                f"{names[one.sitting.person_id].staff_code}\t{100 * (one.sitting.best or 0):.0f}\t"
                f"hạng {one.rank}/{one.of}"
            )
