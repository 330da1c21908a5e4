"""`cchc quizzes …`: count again, check chains of steps, give more time, see how questions work."""

import getpass
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.analysed_attempts import analyse_attempts, pinned_digests
from content_packages.assessment.models import Attempt
from content_packages.assessment.regrading import AttemptChange, NewKey
from content_packages.assessment.steps import check_chain
from content_packages.contents import Package
from content_packages.errors import ItemNotFound, PackageNotFound
from content_packages.library import find_current_version, read_package
from content_packages.player.analysis_files import statistics_csv, statistics_xlsx
from content_packages.player.examinations import give_more_time
from content_packages.player.regrades import apply_regrade, plan_regrade
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.statement import Account


@click.group()
def quizzes() -> None:
    """Bài kiểm tra: chấm lại, kiểm chuỗi bước, cộng thời gian, phân tích câu hỏi."""


@quizzes.command()
@click.argument("package_id")
@click.argument("quiz_id")
@click.option("--given-to-all", multiple=True, metavar="QUESTION", help="Câu mà ai cũng được trọn điểm.")
@click.option("--only", multiple=True, metavar="QUESTION", help="Chỉ chấm lại các câu này.")
@click.option("--apply", "fingerprint", metavar="CODE", help="Áp dụng đúng bảng thay đổi có mã này.")
@click.option("--reason", default="", help="Lý do, ghi vào từng bước chấm lại.")
@click.pass_obj
def regrade(
    settings: Settings,
    package_id: str,
    quiz_id: str,
    given_to_all: tuple[str, ...],
    only: tuple[str, ...],
    fingerprint: str | None,
    reason: str,
) -> None:
    """Chấm lại QUIZ_ID theo đáp án của phiên bản hiện hành.

    Không có --apply thì chỉ in bảng thay đổi: lượt làm, điểm cũ, điểm mới, và mã của bảng.
    """
    with running_application(settings):
        with reading() as session:
            package = _current(session, package_id, quiz_id)
            key = NewKey(package, frozenset(given_to_all), frozenset(only))
            plan = plan_regrade(session, quiz_id=quiz_id, key=key)
        for change in plan.changes:
            click.echo(_change_line(change))
        click.echo(f"{len(plan.changes)} trên {plan.seen} lượt thay đổi. Mã của bảng: {plan.fingerprint}")
        for question_id in plan.not_comparable:
            click.echo(f"Không chấm lại được {question_id}: phương án đã khác.", err=True)
        if fingerprint is None:
            return
        with transaction() as session:
            apply_regrade(
                session,
                quiz_id=quiz_id,
                key=key,
                fingerprint=fingerprint,
                reason=reason,
                made_by=getpass.getuser(),
                iri_base=str(settings.iri_base),
                now=now(),
            )
    click.echo("Đã chấm lại; điểm mới tự chuyển về sổ điểm.")


@quizzes.command(name="verify-chains")
@click.pass_obj
def verify_chains(settings: Settings) -> None:
    """Kiểm chuỗi bước của mọi lượt làm bài; thoát với mã 1 khi có chuỗi bị sửa."""
    broken = counted = 0
    with running_application(settings), reading() as session:
        for attempt_id in session.scalars(select(Attempt.id).order_by(Attempt.id)).all():
            checked = check_chain(session, attempt_id)
            counted += checked.state != "unchained"
            if checked.state == "broken":
                broken += 1
                click.echo(f"Lượt {attempt_id}: không khớp từ bước {checked.broken_at}.", err=True)
            session.expunge_all()
    click.echo(f"Đã kiểm {counted} lượt, {broken} lượt không khớp.")
    if broken:
        raise SystemExit(1)


@quizzes.command(name="more-time")
@click.argument("home_page")
@click.argument("account_name")
@click.argument("package_id")
@click.option("--quiz", "quiz_id", default="", help="Chỉ bài này; bỏ trống là mọi bài của gói.")
@click.option("--percent", type=int, required=True, help="Cộng thêm bao nhiêu phần trăm; 0 để bỏ.")
@click.option("--reason", required=True, help="Lý do, ví dụ số quyết định; không ghi bệnh tình.")
@click.pass_obj
def more_time(
    settings: Settings,
    home_page: str,
    account_name: str,
    package_id: str,
    quiz_id: str,
    percent: int,
    reason: str,
) -> None:
    """Cộng thêm thời gian làm bài cho một tài khoản (địa chỉ LMS và mã ẩn danh)."""
    with running_application(settings), transaction() as session:
        _current(session, package_id, quiz_id)
        give_more_time(
            session,
            Account(home_page=home_page, name=account_name),
            package_id=package_id,
            quiz_id=quiz_id,
            percent=percent,
            reason=reason,
            given_by=getpass.getuser(),
            now=now(),
        )
    click.echo(f"Đã cộng thêm {percent}% thời gian.")


@quizzes.command()
@click.argument("package_id")
@click.argument("quiz_id")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def analyse(settings: Settings, package_id: str, quiz_id: str, output: Path) -> None:
    """Ghi phân tích câu hỏi của QUIZ_ID ra OUTPUT (.csv hoặc .xlsx)."""
    with running_application(settings), reading() as session:
        package = _current(session, package_id, quiz_id)
        digests = pinned_digests(session, package_id=package_id, quiz_id=quiz_id)
        versions = {digest: read_package(session, digest) for digest in digests}
        statistics = analyse_attempts(session, package=package, quiz_id=quiz_id, versions=versions)
    is_book = output.suffix == ".xlsx"
    output.write_bytes(statistics_xlsx(statistics) if is_book else statistics_csv(statistics).encode())
    click.echo(f"Đã ghi {len(statistics.questions)} câu trên {statistics.count} lượt vào {output}.")


def _current(session: Session, package_id: str, quiz_id: str) -> Package:
    """The current version of the package; refuses an unknown quiz.

    Raises:
        PackageNotFound, ItemNotFound
    """
    version = find_current_version(session, package_id)
    if version is None:
        raise PackageNotFound(f"No version of {package_id} is published.")
    package = read_package(session, version.digest)
    if quiz_id and quiz_id not in package.quizzes:
        raise ItemNotFound(f"The package {package_id} has no quiz {quiz_id}.")
    return package


def _change_line(change: AttemptChange) -> str:
    items = ", ".join(f"{one.question_id} {one.old:g}→{one.new:g}" for one in change.items)
    old, new = (_score(change.old_score), _score(change.new_score))
    return f"{change.attempt.learner.name[:8]} lượt {change.attempt.number}: {old} → {new} ({items})"


def _score(score: float | None) -> str:
    return "chờ chấm" if score is None else f"{score:.1%}"
