"""`cchc rollups …`: count what waits, recount everything, compare with the raw statements."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from sync.followers import Follower
from sync.rollups.follower import freshness, rollups_follower
from sync.rollups.rebuild import rebuild_rollups
from sync.rollups.verify import VerificationReport, verify_rollups
from sync.timetable import follow
from xapi_bridge.running_app import reading, running_app, transaction

#: How often marks that come in between are counted before the comparison says that it could not settle.
_ATTEMPTS = 5


@click.group()
def rollups() -> None:
    """Số liệu thống kê: tính, tính lại, đối chiếu với bản ghi gốc."""


@rollups.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Tính mọi bản ghi đang chờ rồi kết thúc."""
    with running_application(settings):
        done = _follow_to_the_end(_follower(settings))
    click.echo(f"Đã tính {done} mục đang chờ.")


@rollups.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Cho biết số liệu tính đến lúc nào và còn bao nhiêu mục chờ."""
    with running_application(settings), reading() as session:
        current = freshness(session)
    as_of = current.as_of.astimezone(VIET_NAM).strftime("%H:%M:%S %d/%m/%Y") if current.as_of else "chưa có"
    click.echo(f"Lần tính gần nhất: {as_of}")
    click.echo(f"Còn chờ: {current.waiting}")


@rollups.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Xóa mọi số liệu đã tính và tính lại từ bản ghi gốc."""
    with running_application(settings):
        with transaction() as session:
            rebuild_rollups(session)
        done = _follow_to_the_end(_follower(settings))
    click.echo(f"Đã tính lại từ đầu: {done} mục.")


@rollups.command()
@click.pass_obj
def verify(settings: Settings) -> None:
    """Đếm lại từ bản ghi gốc và đối chiếu; thoát với mã 1 khi có khác biệt."""
    with running_application(settings):
        report = _settled_report(_follower(settings), iri_base=str(settings.iri_base))
    click.echo(
        f"Đã đọc {report.statements} bản ghi: {report.facts} sự kiện học tập, "
        f"{report.states} cặp người – chuyên đề, {report.cells} ô số liệu."
    )
    for difference in report.differences:
        click.echo(str(difference))
    if report.marks:
        click.echo("Chưa kết luận được: liên kết tài khoản hoặc vị trí công tác đang thay đổi. Hãy chạy lại.")
        sys.exit(1)
    if not report.agree:
        click.echo(f"Không khớp: {report.difference_count} khác biệt. Tính lại bằng: cchc rollups rebuild")
        sys.exit(1)
    click.echo("Số liệu khớp hoàn toàn với bản ghi gốc.")


def _follower(settings: Settings) -> Follower:
    return rollups_follower(iri_base=str(settings.iri_base))


def _follow_to_the_end(follower: Follower) -> int:
    total = 0
    while done := follow(follower):
        total += done
    return total


def _settled_report(follower: Follower, *, iri_base: str) -> VerificationReport:
    """Compares at a moment when no link or post waits to be counted; a busy system may need several tries."""
    for _ in range(_ATTEMPTS):
        _follow_to_the_end(follower)
        with _snapshot() as session:
            report = verify_rollups(session, iri_base=iri_base)
        if report.marks == 0:
            break
    return report


@contextmanager
def _snapshot() -> Iterator[Session]:
    """A session that sees the database as it was at one instant."""
    engine = running_app().engine.execution_options(read_only=True)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine, autoflush=False) as session:
        yield session
