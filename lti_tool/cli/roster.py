"""`cchc roster …`: the lists of members of the LMSs' courses."""

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync import grade_jobs
from sync.calendars import VIET_NAM
from sync.grade_errors import RosterUnknown
from sync.models import CourseRoster
from sync.roster import list_members, list_rosters, read_roster_now
from xapi_bridge.running_app import now, reading, transaction


@click.group()
def roster() -> None:
    """Danh sách lớp đọc từ các LMS."""


@roster.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """Liệt kê khóa học: số học viên, số người đã rời, đọc trọn lúc nào, trở ngại."""
    with running_application(settings), reading() as session:
        rosters = list_rosters(session)
        for found, members in rosters:
            click.echo(_line(found, members))
    if not rosters:
        click.echo("Chưa có khóa học nào.")


@roster.command()
@click.argument("roster_ids", type=int, nargs=-1)
@click.pass_obj
def sync(settings: Settings, roster_ids: tuple[int, ...]) -> None:
    """Đọc lại ngay các danh sách ROSTER_IDS, hoặc mọi danh sách."""
    with running_application(settings):
        with transaction() as session:
            wanted = roster_ids or tuple(found.roster_id for found, _ in list_rosters(session))
            for roster_id in sorted(set(wanted)):
                read_roster_now(session, roster_id, now=now())
        while grade_jobs.read_rosters():
            pass
        with reading() as session:
            for found, members in list_rosters(session):
                if found.roster_id in wanted:
                    click.echo(_line(found, members))


@roster.command()
@click.argument("roster_id", type=int)
@click.pass_obj
def members(settings: Settings, roster_id: int) -> None:
    """Liệt kê học viên của danh sách ROSTER_ID bằng mã ẩn danh."""
    with running_application(settings), reading() as session:
        if session.get(CourseRoster, roster_id) is None:
            raise RosterUnknown(f"There is no roster {roster_id}. List them: cchc roster list")
        for member in list_members(session, roster_id):
            click.echo(f"{member.account_name}\t{member.status}\t{member.seen_at.isoformat()}")


def _line(found: CourseRoster, members: dict[str, int]) -> str:
    read_at = (
        found.completed_at.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y") if found.completed_at else "chưa"
    )
    enrolled = members.get("active", 0) + members.get("inactive", 0)
    return (
        f"{found.roster_id}\tLMS {found.platform_registration_id}\t{found.course_title or found.course_id}\t"
        f"{enrolled} học viên\t{members.get('left', 0)} đã rời\tđọc trọn {read_at}\t{found.trouble}"
    )
