"""`cchc knowledge …`: publish and import, search and ask, keep the index, examine the quality."""

import sys
from datetime import date
from pathlib import Path

import click

from content_packages import SHIPPED_CURRICULUM
from content_packages.errors import KnowledgeHasErrors
from content_packages.knowledge import Answer, Filters, Hit, answer, publish_knowledge, search
from content_packages.knowledge.confidence import model_json
from content_packages.knowledge.examination import Examination, examine, read_corpus, read_questions
from content_packages.knowledge.rebuilding import check_index, index_lessons, rebuild_index
from content_packages.knowledge.refitting import read_golden, refit
from content_packages.knowledge.source import KnowledgeReading, read_file, read_folder
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import now, reading, transaction, utc_now

SHIPPED_KNOWLEDGE = SHIPPED_CURRICULUM / "knowledge"
_FOLDER = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=SHIPPED_KNOWLEDGE
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ON = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="Tra theo ngày; bỏ trống: hôm nay."
)
_BANDS = {"high": "cao", "medium": "vừa", "low": "thấp"}
_STANDINGS = {
    "in_force": "còn hiệu lực",
    "not_yet": "chưa có hiệu lực",
    "expired": "đã hết hiệu lực",
    "unknown": "chưa rõ hiệu lực",
}


@click.group()
def knowledge() -> None:
    """Cơ sở tri thức: văn bản, hỏi đáp, tìm kiếm, trả lời."""


@knowledge.command()
@_FOLDER
@click.pass_obj
def publish(settings: Settings, folder: Path) -> None:
    """Đưa thư mục nguồn vào cơ sở dữ liệu, hoặc nguồn đi kèm khi bỏ trống; chỉ phần khác mới thay đổi."""
    _publish(settings, read_folder(folder), by="shipped")


@knowledge.command(name="import")
@click.argument("file", type=_FILE)
@click.pass_obj
def import_command(settings: Settings, file: Path) -> None:
    """Nạp một tệp .xlsx (van-ban, doan, hoi-dap), .md (hỏi đáp) hoặc .yaml (văn bản)."""
    _publish(settings, read_file(file), by="import")


def _publish(settings: Settings, read: KnowledgeReading, *, by: str) -> None:
    _print_findings(read)
    if read.errors:
        raise KnowledgeHasErrors(f"The source has {len(read.errors)} errors. Mend them, then publish again.")
    with running_application(settings), transaction() as session:
        done = publish_knowledge(session, read.source, by=by, now=now())
        index_lessons(session)
    click.echo(
        f"Đã cập nhật {done.documents} văn bản, {done.entries} mục hỏi đáp"
        f"{', bảng từ' if done.words else ''}; {done.passages} đoạn trong chỉ mục."
    )


@knowledge.command()
@_FOLDER
@click.option("--index", is_flag=True, help="Đối chiếu chỉ mục trong cơ sở dữ liệu thay cho thư mục nguồn.")
@click.pass_obj
def check(settings: Settings, folder: Path, index: bool) -> None:
    """Kiểm tra thư mục nguồn, hoặc chỉ mục; thoát với mã 1 khi có lỗi."""
    if index:
        _check_index(settings)
        return
    read = read_folder(folder)
    _print_findings(read)
    source, warnings = read.source, len(read.findings) - len(read.errors)
    click.echo(f"{len(source.documents)} văn bản, {len(source.entries)} mục hỏi đáp.")
    click.echo(f"{len(read.errors)} lỗi, {warnings} cảnh báo.")
    sys.exit(1 if read.errors else 0)


def _check_index(settings: Settings) -> None:
    with running_application(settings), reading() as session:
        found = check_index(session)
    for problem in found.problems:
        click.echo(problem, err=True)
    click.echo(f"{found.passages} đoạn, {len(found.problems)} sai lệch.")
    sys.exit(1 if found.problems else 0)


def _print_findings(read: KnowledgeReading) -> None:
    for finding in read.findings:
        click.echo(str(finding), err=True)


@knowledge.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Dựng lại toàn bộ chỉ mục từ văn bản, hỏi đáp và bài học đã xuất bản."""
    with running_application(settings), transaction() as session:
        rows = rebuild_index(session)
    click.echo(f"Đã dựng lại chỉ mục: {rows} đoạn.")


@knowledge.command(name="search")
@click.argument("question")
@_ON
@click.option("--area", default="", help="Chỉ trong một lĩnh vực.")
@click.option("--with-expired", is_flag=True, help="Kể cả văn bản không có hiệu lực vào ngày đó.")
@click.pass_obj
def search_command(settings: Settings, question: str, on: date | None, area: str, with_expired: bool) -> None:
    """Tìm hỏi đáp, văn bản và bài học."""
    filters = Filters(area=area, with_expired=with_expired)
    with running_application(settings), reading() as session:
        found = search(session, question, on=_day(on), filters=filters)
    if found.corrected:
        click.echo(f"Đã tìm theo: {found.corrected}")
    for title, hits in (
        ("Hỏi đáp", found.entries),
        ("Văn bản", found.documents),
        ("Bài học", found.sections),
    ):
        if hits:
            click.echo(f"\n{title}")
        for hit in hits:
            _print_hit(hit)
    if found.expired_left_out:
        click.echo(f"\nCòn {found.expired_left_out} văn bản không có hiệu lực vào ngày này (--with-expired).")


@knowledge.command(name="answer")
@click.argument("question")
@_ON
@click.pass_obj
def answer_command(settings: Settings, question: str, on: date | None) -> None:
    """Trả lời một câu hỏi bằng máy, kèm căn cứ và mức tin cậy."""
    with running_application(settings), reading() as session:
        given = answer(session, question, on=_day(on))
    _print_answer(given)


def _print_answer(given: Answer) -> None:
    click.echo("Không biết." if given.kind == "unknown" else given.extract.text)
    click.echo(f"Máy trả lời; mức tin cậy {_BANDS[given.band]} ({given.confidence:.2f}).")
    for citation in given.citations:
        place = ", ".join(part for part in (citation.ref, citation.article, citation.clause) if part)
        checked = f"; đối chiếu ngày {citation.checked_on:%d/%m/%Y}" if citation.checked_on else ""
        click.echo(f"Căn cứ: {place} ({_STANDINGS[citation.standing]}{checked})")
    for caution in given.cautions:
        click.echo(f"Lưu ý: {caution}")
    for hit in given.alternatives:
        click.echo(f"Có thể liên quan: {hit.title}" + (f" – {hit.place}" if hit.place else ""))


def _print_hit(hit: Hit) -> None:
    click.echo(f"  {hit.title}" + (f" – {hit.place}" if hit.place else ""))
    click.echo("    " + "".join(f"[{text}]" if marked else text for text, marked in hit.extract.pieces()))


def _day(on: date | None) -> date:
    """The day asked about; today in Viet Nam when none is named."""
    if on is None:
        return utc_now().astimezone(VIET_NAM).date()
    return date(on.year, on.month, on.day)


@knowledge.command(name="refit")
@click.argument("golden", type=_FILE)
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Tệp JSON cần ghi."
)
@_ON
@click.pass_obj
def refit_command(settings: Settings, golden: Path, output: Path, on: date | None) -> None:
    """Học lại mô hình tin cậy từ bộ câu hỏi chuẩn (JSONL) trên cơ sở dữ liệu đang dùng."""
    questions = read_golden(golden)
    with running_application(settings), reading() as session:
        model = refit(session, questions, on=_day(on))
    output.write_text(model_json(model), "utf-8")
    click.echo(f"Đã ghi mô hình phiên bản {model.version} ({model.fitted_on}).")


@knowledge.command(name="examine")
@click.argument("corpus", type=_FILE)
@click.argument("questions", type=_FILE)
def examine_command(corpus: Path, questions: Path) -> None:
    """Chấm tìm kiếm trên bộ dữ liệu ngoài (JSONL), trong một cơ sở dữ liệu tạm.

    CORPUS: mỗi dòng {"id", "document", "heading", "text"}. QUESTIONS: mỗi dòng {"question", "relevant"}, với
    "relevant" là danh sách id; rỗng là câu không thể trả lời.
    """
    _print_examination(examine(read_corpus(corpus), read_questions(questions)))


def _print_examination(found: Examination) -> None:
    click.echo(f"{found.articles} điều, {found.passages} đoạn.")
    click.echo(f"{found.answerable} câu trả lời được, {found.unanswerable} câu không.")
    click.echo(f"{'':<22}{'R@1':>7}{'R@5':>7}{'R@10':>7}{'MRR@10':>8}")
    for score in found.scores:
        numbers = (
            f"{score.recall_at_1:>7.3f}{score.recall_at_5:>7.3f}{score.recall_at_10:>7.3f}{score.mrr:>8.3f}"
        )
        click.echo(f"{score.variant:<22}{numbers}")
    if found.auroc is not None:
        click.echo(f"AUROC trả lời được / không: {found.auroc:.3f}")
    click.echo(f"Một câu hỏi: p50 {found.p50_ms:.1f} ms, p95 {found.p95_ms:.1f} ms CPU")
