"""`cchc content publish|rollback|versions|expiring`: what learners get, and how long it holds."""

from datetime import date, datetime, timedelta
from pathlib import Path

import click

from content_packages import SHIPPED_CURRICULUM
from content_packages.assessment.legal_validity import CitedLaw, list_due_reviews, list_expiring_law
from content_packages.contents import Package
from content_packages.library import (
    list_current_packages,
    list_releases,
    list_versions,
    publish_package,
    read_package,
    roll_back,
)
from lti_tool.cli.application import running_application
from lti_tool.cli.content_sources import SOURCE_TYPE, compile_source, published_base
from lti_tool.cli.platforms import COMMAND_LINE
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM, local_day
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action


@click.command()
@click.argument("source", type=SOURCE_TYPE, default=SHIPPED_CURRICULUM)
@click.pass_obj
def publish(settings: Settings, source: Path) -> None:
    """Xuất bản gói trong SOURCE (thư mục hoặc tệp .cchc), hoặc chương trình đi kèm khi bỏ trống.

    Chạy lại với cùng nội dung thì không đổi gì. Phiên bản đã xuất bản không bao giờ thay đổi.
    """
    with running_application(settings), transaction() as session:
        compiled = compile_source(source, base=published_base(session, source))
        published = publish_package(session, compiled, now=now(), by=COMMAND_LINE)
        note_action(
            session,
            "content_published",
            operator=COMMAND_LINE,
            subject=published.package_id,
            now=now(),
            version=published.version,
            digest=published.digest,
        )
    click.echo(f"Đã xuất bản {published.package_id} {published.version} sha256:{published.digest}")


@click.command()
@click.argument("package_id")
@click.argument("version")
@click.option("--reason", default="", help="Lý do, giữ trong lịch sử phát hành.")
@click.pass_obj
def rollback(settings: Settings, package_id: str, version: str, reason: str) -> None:
    """Đưa phiên bản VERSION đã xuất bản của gói trở lại làm hiện hành.

    Không xóa gì; muốn đi tiếp thì gọi lại với số mới hơn.
    """
    with running_application(settings), transaction() as session:
        chosen = roll_back(
            session, package_id, version=version, now=now(), by=COMMAND_LINE, reason=reason[:300]
        )
        note_action(
            session,
            "content_rolled_back",
            operator=COMMAND_LINE,
            subject=package_id,
            now=now(),
            version=version,
            digest=chosen.digest,
        )
    click.echo(f"Phiên bản hiện hành của {package_id} là {chosen.version} sha256:{chosen.digest}")


@click.command()
@click.argument("package_id")
@click.pass_obj
def versions(settings: Settings, package_id: str) -> None:
    """Liệt kê các phiên bản đã xuất bản của gói và lịch sử phát hành."""
    with running_application(settings), reading() as session:
        for one in list_versions(session, package_id):
            line = f"{one.version}  sha256:{one.digest[:12]}  {_instant(one.published_at)}"
            click.echo(f"{line}  {one.published_by}".rstrip())
        for release in list_releases(session, package_id):
            what = "quay lại" if release.kind == "rollback" else "xuất bản"
            line = f"{_instant(release.released_at)}  {what} {release.version}  {release.released_by}"
            click.echo(f"{line}  {release.reason}".rstrip())


@click.command()
@click.argument("package_id", required=False)
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(0, 3650), help="Xem trước bao nhiêu ngày."
)
@click.pass_obj
def expiring(settings: Settings, package_id: str | None, days: int) -> None:
    """Văn bản đã hoặc sắp hết hiệu lực và phần đến hạn rà soát, trong các gói hiện hành."""
    with running_application(settings), reading() as session:
        day, ahead = local_day(now()), timedelta(days=days)
        for current in list_current_packages(session):
            if package_id in {None, current.package_id}:
                _print_expiring(read_package(session, current.digest), on=day, ahead=ahead)


def _print_expiring(package: Package, *, on: date, ahead: timedelta) -> None:
    laws = list_expiring_law(package, on=on, ahead=ahead)
    reviews = list_due_reviews(package, on=on, ahead=ahead)
    click.echo(f"{package.id} {package.version}: {len(laws)} văn bản, {len(reviews)} phần đến hạn rà soát")
    for law in laws:
        click.echo(f"  {_law_line(law)}")
    for review in reviews:
        click.echo(f"  rà soát trước {review.review_by:%d/%m/%Y}: {review.kind} {review.id}")


_STATES = {"expired": "đã hết hiệu lực", "expiring": "sắp hết hiệu lực", "coming": "chưa có hiệu lực"}


def _law_line(law: CitedLaw) -> str:
    day = law.basis.effective_on if law.state == "coming" else law.basis.last_day
    replaced = f", thay bằng {law.basis.replaced_by}" if law.basis.replaced_by else ""
    citing = ", ".join((*law.question_ids, *law.qa_ids)) or "không câu nào"
    return f"{law.basis.ref} {_STATES[law.state]} ({day:%d/%m/%Y}{replaced}): {citing}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(VIET_NAM):%d/%m/%Y %H:%M}"


COMMANDS = (publish, rollback, versions, expiring)
