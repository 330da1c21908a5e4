"""`cchc statements …`: count, find, show, export, import, void. Files beside this one may add commands."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid5

import click
import msgspec
from flask_babel import force_locale

from lti_tool.cli.application import running_application
from lti_tool.records.sentences import PersonWords, say_statement
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM, local_day
from sync.errors import FilterRefused
from sync.exports.rows import find_people, one_line
from sync.reports.evidence import get_statement
from sync.statement_download import download_statements
from sync.statement_filters import Reach, StatementFilters, search_for
from sync.statement_import import ImportedChunk, import_lines
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.statement import statement_from_properties
from xapi_bridge.store.audit import Reader
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.search import StatementSearch, Validity, count_matches, search_statements
from xapi_bridge.vocabulary import adl, cchc
from xapi_bridge.vocabulary.concepts import VERB_DISPLAY

#: The name of whoever works at this command line, in the log of readings.
_READER = Reader("command", "command-line")
#: Namespace of the ids of voiding statements, so that voiding twice is voiding once.
_VOIDINGS = UUID("5d5cb0a4-7d67-5c0e-9f5e-0d5a3c0f9b11")

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def statements() -> None:
    """Bản ghi học tập: đếm, tìm, xem, xuất, nhập, hủy; chia theo tháng, lưu trữ, khôi phục."""


def filter_options(command: Command) -> Command:
    """The options that choose statements, the same for every command."""
    options = (
        click.option("--unit", type=int, help="Số hiệu đơn vị; gồm cả đơn vị trực thuộc."),
        click.option("--person", default="", help="Mã ẩn danh, hoặc tên tài khoản."),
        click.option("--verb", default="", help="IRI của động từ."),
        click.option("--activity", default="", help="IRI của hoạt động."),
        click.option("--related", is_flag=True, help="Kể cả bản ghi chỉ liên quan đến hoạt động."),
        click.option("--registration", type=click.UUID, help="Lượt ghi danh."),
        click.option("--since", type=click.DateTime(), help="Vào kho từ lúc này (giờ Việt Nam)."),
        click.option("--before", type=click.DateTime(), help="Vào kho trước lúc này (giờ Việt Nam)."),
        click.option(
            "--validity",
            type=click.Choice([one.value for one in Validity]),
            default=Validity.VALID.value,
            show_default=True,
            help="Còn hiệu lực, đã hủy, hay tất cả.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@statements.command()
@filter_options
@click.pass_obj
def count(settings: Settings, /, **filters: Any) -> None:
    """Đếm bản ghi khớp bộ lọc."""
    with running_application(settings), reading() as session:
        found = count_matches(session, _search(session, filters, settings), most=10**9)
    click.echo(f"{found.count} bản ghi" + ("." if found.is_exact else " (theo chỉ mục, gần đúng)."))


@statements.command()
@filter_options
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Số bản ghi.")
@click.option(
    "--format", "form", type=click.Choice(["text", "ids", "ndjson"]), default="text", show_default=True,
    help="Câu tiếng Việt, chỉ mã, hay JSON mỗi dòng một bản ghi.",
)  # fmt: skip
@click.pass_obj
def find(settings: Settings, /, limit: int, form: str, **filters: Any) -> None:
    """Tìm bản ghi, mới nhất trước; thoát với mã 1 khi không có."""
    with running_application(settings) as app, app.test_request_context(), force_locale("vi"):
        with reading() as session:
            page = search_statements(session, _search(session, filters, settings), limit=limit)
            lines = list(_lines(session, page.statements, form=form))
        log_reading(_READER, "find", asked=_given(filters), records=len(lines))
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("Không có bản ghi nào khớp bộ lọc.", err=True)
        sys.exit(1)


@statements.command()
@click.argument("statement_id", type=click.UUID)
@click.option(
    "--format", "form", type=click.Choice(["both", "text", "json"]), default="both", show_default=True,
    help="Câu tiếng Việt, JSON, hay cả hai.",
)  # fmt: skip
@click.pass_obj
def show(settings: Settings, statement_id: UUID, form: str) -> None:
    """Xem bản ghi STATEMENT_ID: câu tiếng Việt và JSON."""
    with running_application(settings) as app, app.test_request_context(), force_locale("vi"):
        with reading() as session:
            stored = get_statement(session, statement_id)
            sentence = next(_lines(session, [stored], form="sentence"))
        log_reading(_READER, "show", asked={"statementId": statement_id}, records=1)
    if form != "json":
        click.echo(sentence + (" [đã hủy]" if stored.voided else ""))
    if form != "text":
        click.echo(json.dumps(msgspec.json.decode(stored.payload), ensure_ascii=False, indent=2))


@statements.command()
@filter_options
@click.option(
    "--output", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Thư mục; chạy lại lệnh với cùng thư mục để tiếp tục từ chỗ dừng.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "csv", "parquet"]), default="ndjson", show_default=True,
    help="Định dạng của các tệp.",
)  # fmt: skip
@click.option("--pseudonyms", is_flag=True, help="Bỏ họ tên và địa chỉ thư khỏi tệp.")
@click.pass_obj
def export(settings: Settings, /, output: Path, form: str, pseudonyms: bool, **filters: Any) -> None:
    """Xuất bản ghi ra các tệp trong một thư mục; bị ngắt thì chạy lại để tiếp tục."""
    with running_application(settings):
        log_reading(_READER, "export", asked=_given(filters), records=0)
        progress = download_statements(
            reading,
            _filters(filters),
            folder=output,
            form=form,
            with_names=not pseudonyms,
            iri_base=str(settings.iri_base),
            posts_on=local_day(now()),
        )
        rows = 0
        for rows in progress:
            click.echo(f"\r{rows} bản ghi…", nl=False, err=True)
    click.echo("", err=True)
    click.echo(f"Đã xuất {rows} bản ghi vào {output}.")


@statements.command(name="import")
@click.argument("source", type=click.File("rb"))
@click.option("--authority", default="cchc-import", show_default=True, help="Tên nguồn bảo đảm cho bản ghi.")
@click.option(
    "--batch", type=click.IntRange(1, 5_000), default=500, show_default=True, help="Bản ghi mỗi lô."
)
@click.pass_obj
def import_(settings: Settings, source: Any, authority: str, batch: int) -> None:
    """Nhập tệp NDJSON SOURCE ("-": đầu vào chuẩn); nhập lại cùng tệp không ghi trùng.

    Dòng sai được báo kèm số dòng và bỏ qua; thoát với mã 1 khi có dòng sai.
    """
    total = ImportedChunk(0, ())
    with running_application(settings):
        for chunk in import_lines(
            transaction, source, authority=authority, iri_base=str(settings.iri_base), batch=batch, clock=now
        ):
            for fault in chunk.faults:
                click.echo(f"\nDòng {fault.line}: [{fault.code}] {fault.message}", err=True)
            total = ImportedChunk(total.accepted + chunk.accepted, (*total.faults, *chunk.faults))
            click.echo(f"\r{total.accepted} bản ghi…", nl=False, err=True)
    click.echo("", err=True)
    click.echo(
        f"Đã nhận {total.accepted} bản ghi (bản ghi đã có được giữ nguyên), {len(total.faults)} dòng sai."
    )
    sys.exit(1 if total.faults else 0)


@statements.command()
@click.argument("statement_ids", type=click.UUID, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_obj
def void(settings: Settings, statement_ids: tuple[UUID, ...], yes: bool) -> None:
    """Hủy các bản ghi STATEMENT_IDS bằng bản ghi hủy; bản ghi gốc vẫn được giữ. Hủy lần nữa không đổi gì."""
    with running_application(settings):
        with reading() as session:
            for statement_id in statement_ids:
                get_statement(session, statement_id)
        if not yes:
            click.confirm(f"Hủy {len(statement_ids)} bản ghi? Số liệu sẽ được tính lại.", abort=True)
        authority = cchc.tool_authority(str(settings.iri_base))
        voidings = [_voiding(one, iri_base=str(settings.iri_base)) for one in sorted(set(statement_ids))]
        with transaction() as session:
            record_statements(session, voidings, authority=authority, now=now())
    click.echo(f"Đã hủy {len(voidings)} bản ghi.")


def _voiding(statement_id: UUID, *, iri_base: str) -> Any:
    account = cchc.tool_authority(iri_base)
    return statement_from_properties(
        {
            "id": str(uuid5(_VOIDINGS, str(statement_id))),
            "actor": {"account": {"homePage": account.home_page, "name": account.name}},
            "verb": {"id": adl.VOIDED, "display": dict(VERB_DISPLAY[adl.VOIDED])},
            "object": {"objectType": "StatementRef", "id": str(statement_id)},
        }
    )


def _filters(given: dict[str, Any]) -> StatementFilters:
    since, before = (_in_viet_nam(given[name]) for name in ("since", "before"))
    if since and before and since >= before:
        raise FilterRefused("--since must come before --before.")
    return StatementFilters(
        unit_id=given["unit"],
        person=given["person"],
        verb=given["verb"],
        activity=given["activity"],
        related=given["related"],
        registration=given["registration"],
        since=since,
        before=before,
        validity=Validity(given["validity"]),
    )


def _given(filters: dict[str, Any]) -> dict[str, Any]:
    """The filters that were given, for the log."""
    return {name: value for name, value in filters.items() if value}


def _in_viet_nam(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=VIET_NAM)


def _search(session: Any, given: dict[str, Any], settings: Settings) -> StatementSearch:
    reach = Reach(on=local_day(now()))
    return search_for(session, _filters(given), reach=reach, iri_base=str(settings.iri_base))


def _lines(session: Any, found: Sequence[StoredStatement], *, form: str) -> Iterator[str]:
    if form == "ids":
        yield from (str(one.statement_id) for one in found)
        return
    if form == "ndjson":
        yield from (one_line(one.payload, with_names=True).decode() for one in found)
        return
    known = find_people(session, found, with_names=False)
    people = {account: PersonWords(one.pseudonym) for account, one in known.items()}
    for stored in found:
        text = say_statement(stored, people=people, with_names=True).text
        yield text if form == "sentence" else f"{stored.statement_id}  {text}"
