"""`cchc grades …`: scores on their way to the LMSs' gradebooks."""

import click

from lti_tool.cli.application import running_application
from lti_tool.reports.score_words import trouble_words
from lti_tool.settings import Settings
from sync import grade_jobs
from sync.calendars import VIET_NAM
from sync.gradebook_breaker import close_breaker, list_breakers
from sync.score_checks import compare_all_now
from sync.score_state import (
    ScoreState,
    ScoreView,
    count_scores,
    list_column_checks,
    list_scores,
    look_again_for_columns,
    send_again,
    send_all_again,
)
from xapi_bridge.running_app import now, reading, transaction

_SHOWN = 1000
_STATES = {
    "refused": ScoreState.REFUSED,
    "different": ScoreState.DIFFERENT,
    "retrying": ScoreState.RETRYING,
    "waiting": ScoreState.WAITING,
}


@click.group()
def grades() -> None:
    """Điểm gửi về sổ điểm của các LMS."""


@grades.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Cho biết hàng đợi của từng LMS và LMS nào đang tạm ngừng gửi."""
    with running_application(settings), reading() as session:
        counts, breakers = count_scores(session), list_breakers(session)
        for one in counts:
            click.echo(
                f"LMS {one.platform_registration_id}\tchưa gửi {one.waiting}\tsẽ thử lại {one.retrying}\t"
                f"từ chối {one.refused}\tđã gửi {one.delivered}\tđã kiểm tra lại {one.confirmed}\t"
                f"LMS hiện khác {one.differences}"
            )
        for breaker in breakers:
            if breaker.opened_at is not None and breaker.retry_at is not None:
                until = breaker.retry_at.astimezone(VIET_NAM).strftime("%H:%M:%S %d/%m/%Y")
                click.echo(
                    f"LMS {breaker.platform_registration_id}\ttạm ngừng gửi, thử lại lúc {until}\t"
                    f"{breaker.trouble}"
                )
    if not counts:
        click.echo("Chưa có điểm nào để gửi.")


@grades.command(name="list")
@click.option("--state", type=click.Choice(sorted(_STATES)), default="refused", show_default=True)
@click.pass_obj
def list_command(settings: Settings, state: str) -> None:
    """Liệt kê điểm ở một tình trạng, kèm lý do và việc cần làm."""
    with running_application(settings) as app, app.test_request_context(), reading() as session:
        scores = list_scores(session, state=_STATES[state], limit=_SHOWN)
        for score in scores:
            click.echo(_line(score))
    if not scores:
        click.echo("Không có điểm nào ở tình trạng này.")


@grades.command()
@click.argument("score_ids", type=int, nargs=-1)
@click.option("--state", type=click.Choice(sorted(_STATES)), help="Gửi lại mọi điểm ở tình trạng này.")
@click.option("--platform", "platform_id", type=int, help="Chỉ của LMS này (số trong cchc platforms list).")
@click.pass_obj
def retry(settings: Settings, score_ids: tuple[int, ...], state: str | None, platform_id: int | None) -> None:
    """Gửi lại các điểm SCORE_IDS, hoặc mọi điểm của một tình trạng."""
    if not score_ids and state is None:
        raise click.UsageError("Cho biết số của điểm, hoặc --state.")
    with running_application(settings), transaction() as session:
        for score_id in sorted(set(score_ids)):
            send_again(session, score_id, now=now())
        count = len(set(score_ids))
        if state is not None:
            count += send_all_again(
                session, state=_STATES[state], platform_registration_id=platform_id, now=now()
            )
    click.echo(f"{count} điểm sẽ được gửi lại.")


@grades.command()
@click.pass_obj
def send(settings: Settings) -> None:
    """Gửi ngay những điểm đến hạn và tìm những cột điểm còn thiếu, rồi kết thúc."""
    with running_application(settings):
        columns = grade_jobs.find_columns()
        tried = grade_jobs.deliver_scores()
    click.echo(f"Đã thử gửi {tried} điểm, tìm {columns} cột điểm.")


@grades.command()
@click.pass_obj
def compare(settings: Settings) -> None:
    """Đọc lại mọi cột điểm trong LMS và so với điểm đã gửi."""
    with running_application(settings):
        grade_jobs.compare_gradebooks()
        with transaction() as session:
            compare_all_now(session, now=now())
        while grade_jobs.compare_gradebooks():
            pass
        with reading() as session:
            columns = list_column_checks(session, limit=_SHOWN)
    for column in columns:
        trouble = f"\t{column.trouble}" if column.trouble else ""
        click.echo(
            f"LMS {column.platform_registration_id}\t{column.line_item_url}\tđã so {column.scores}\t"
            f"khác {column.differences}{trouble}"
        )
    differing = sum(column.differences for column in columns)
    click.echo(f"{differing} điểm khác. Xem: cchc grades list --state different")


@grades.command(name="find-columns")
@click.pass_obj
def find_columns(settings: Settings) -> None:
    """Tìm lại những cột điểm chưa tìm hoặc chưa tạo được."""
    with running_application(settings):
        with transaction() as session:
            count = look_again_for_columns(session, now=now())
        grade_jobs.find_columns()
    click.echo(f"Đã tìm lại {count} cột điểm.")


@grades.command(name="close-breaker")
@click.argument("platform_id", type=int)
@click.pass_obj
def close_breaker_command(settings: Settings, platform_id: int) -> None:
    """Gửi lại ngay đến LMS số PLATFORM_ID, không chờ hết thời gian tạm ngừng."""
    with running_application(settings), transaction() as session:
        was_open = close_breaker(session, platform_id, now=now())
    click.echo("Đã cho gửi lại." if was_open else "LMS này không bị tạm ngừng.")


def _line(score: ScoreView) -> str:
    words = f"{trouble_words(score.trouble_code).title}\t{score.trouble}" if score.trouble_code else ""
    held = "" if score.held_scaled is None else f"{score.held_scaled:.4g}"
    scaled = "" if score.scaled is None else f"{score.scaled:.4g}"
    place = f"{score.outgoing_score_id}\tLMS {score.platform_registration_id}"
    return f"{place}\t{scaled}\t{held}\t{words}"
