"""`cchc privacy …`: erasure on request, retention rules, exports of one person's records."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.cli.application import running_application
from lti_tool.cli.retention import retention
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from sync.privacy.carrying_out import Advance, advance_erasure, progress_of
from sync.privacy.erasures import (
    KINDS,
    Kind,
    Order,
    cancel_erasure,
    confirm_erasure,
    counts_of,
    find_erasure,
    list_erasures,
    order_erasure,
)
from sync.privacy.models import Erasure
from sync.privacy.person_export import (
    file_of,
    get_person_export,
    list_person_exports,
    request_person_export,
    write_person_exports,
)
from sync.privacy.preview import Preview, preview_erasure
from sync.privacy.subjects import Subject, find_subject_by_agent, find_subject_by_staff_code
from sync.privacy.targets import confirm_target, list_for_operator, list_targets_of
from sync.privacy_jobs import desk, tools
from sync.settings import PrivacySettings
from xapi_bridge.running_app import now, reading, running_app, section, transaction

#: Who did it, where no operator signs in.
BY = "command line"

COUNTED = {
    "own_statements": "bản ghi của người đó",
    "other_statements": "bản ghi của người khác có nhắc tới",
    "documents": "trạng thái và hồ sơ xAPI",
    "attachments": "tệp đính kèm",
    "attempts": "lượt làm bài (giữ điểm, bỏ người)",
    "study_records": "tiến độ học và câu trả lời",
    "launches": "lượt mở bài",
    "scores_forgotten": "liên kết điểm với LMS",
    "accounts": "tài khoản",
    "people": "người trong danh bạ",
    "person_exports": "tệp trích xuất",
    "withdrawals": "bản ghi hủy gửi tới nơi nhận",
    "definitions": "mô tả hoạt động",
}
_STATES = {
    "ordered": "chờ xác nhận",
    "running": "đang thực hiện",
    "finished": "đã xong",
    "cancelled": "đã hủy",
    "waiting": "đang chờ",
    "failed": "lỗi",
    "expired": "đã xóa tệp",
}
_TARGET_STATES = {
    "none": "không có gì",
    "asked": "đã yêu cầu hủy",
    "voided": "đã nhận yêu cầu hủy",
    "confirmed": "đã xác nhận xóa",
}


@click.group()
def privacy() -> None:
    """Dữ liệu cá nhân: xóa theo yêu cầu, thời hạn lưu giữ, trích xuất dữ liệu của một người."""


privacy.add_command(retention)


@privacy.command()
@click.option("--person", help="Mã cán bộ trong danh bạ.")
@click.option("--agent", help="Định danh trong bản ghi: một Agent dạng JSON.")
@click.option("--reference", required=True, help="Số hồ sơ của yêu cầu.")
@click.option("--basis", required=True, help="Căn cứ, ghi đúng như hồ sơ.")
@click.option("--kind", type=click.Choice(KINDS), default="pseudonymise", show_default=True,
              help="pseudonymise: thay định danh; erase: thay định danh và rút gọn bản ghi.")  # fmt: skip
@click.option("--anonymise-person", is_flag=True, help="Bỏ cả họ tên, mã cán bộ trong danh bạ.")
@click.pass_obj
def order(
    settings: Settings,
    person: str | None,
    agent: str | None,
    reference: str,
    basis: str,
    kind: Kind,
    anonymise_person: bool,
) -> None:
    """Lập yêu cầu xóa và cho biết sẽ đụng tới những gì; chưa thay đổi gì."""
    with running_application(settings):
        rules = section(PrivacySettings)
        with transaction() as session:
            subject = _subject(session, person, agent, key=rules.key)
            erasure_id = order_erasure(
                session,
                subject,
                Order(reference, basis, kind, anonymise_person),
                by=BY,
                iri_base=rules.iri_base,
                key=rules.key,
                now=now(),
            ).erasure_id
        with reading() as session:
            preview = preview_erasure(session, erasure_id)
    _tell_preview(preview)
    click.echo(f"Xác nhận bằng: cchc privacy confirm {reference!r}. Không hoàn tác được.")


@privacy.command()
@click.argument("reference")
@click.option("--typed", prompt="Gõ lại số hồ sơ để xác nhận; việc này không hoàn tác được",
              help="Số hồ sơ gõ lại.")  # fmt: skip
@click.pass_obj
def confirm(settings: Settings, reference: str, typed: str) -> None:
    """Xác nhận yêu cầu REFERENCE và thực hiện đến cùng."""
    with running_application(settings):
        rules = section(PrivacySettings)
        with transaction() as session:
            found = find_erasure(session, reference)
            confirm_erasure(session, found.erasure_id, typed_reference=typed, by=BY, key=rules.key, now=now())
        _carry_out(found.erasure_id)


@privacy.command(name="continue")
@click.argument("reference")
@click.pass_obj
def go_on(settings: Settings, reference: str) -> None:
    """Làm tiếp yêu cầu REFERENCE đã bị ngắt giữa chừng."""
    with running_application(settings):
        with reading() as session:
            erasure_id = find_erasure(session, reference).erasure_id
        _carry_out(erasure_id)


@privacy.command()
@click.argument("reference")
@click.pass_obj
def cancel(settings: Settings, reference: str) -> None:
    """Hủy yêu cầu REFERENCE chưa được xác nhận."""
    with running_application(settings), transaction() as session:
        cancel_erasure(session, find_erasure(session, reference).erasure_id)
    click.echo("Đã hủy yêu cầu; thông tin về người trong yêu cầu đã được bỏ.")


@privacy.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê các yêu cầu xóa."""
    with running_application(settings), reading() as session:
        found = list_erasures(session, limit=1000)
    for erasure in found:
        click.echo(
            f"{erasure.reference}  {erasure.kind}  {_STATES[erasure.state]}  {_day(erasure.ordered_at)}"
        )
    if not found:
        click.echo("Chưa có yêu cầu nào.")


@privacy.command()
@click.argument("reference")
@click.pass_obj
def show(settings: Settings, reference: str) -> None:
    """Biên bản của yêu cầu REFERENCE: ai làm, khi nào, bao nhiêu, nơi nhận."""
    with running_application(settings), reading() as session:
        erasure = find_erasure(session, reference)
        targets = list_targets_of(session, erasure.erasure_id)
    _tell_record(erasure)
    for target in targets:
        click.echo(
            f"Nơi nhận {target.target_id} {target.target_name}: {target.statements} bản ghi, "
            f"{_TARGET_STATES[target.state]} {target.note}".rstrip()
        )


@privacy.command(name="target-list")
@click.argument("reference")
@click.argument("target_id", type=int)
@click.pass_obj
def target_list(settings: Settings, reference: str, target_id: int) -> None:
    """In danh sách mã bản ghi để gửi cho đơn vị vận hành nơi nhận TARGET_ID."""
    with running_application(settings), reading() as session:
        listed = list_for_operator(session, find_erasure(session, reference).erasure_id, target_id)
    click.echo(listed, nl=False)


@privacy.command(name="target-confirm")
@click.argument("reference")
@click.argument("target_id", type=int)
@click.option("--note", required=True, help="Ai xác nhận đã xóa, bằng văn bản nào.")
@click.pass_obj
def target_confirm(settings: Settings, reference: str, target_id: int, note: str) -> None:
    """Ghi nhận nơi nhận TARGET_ID đã xóa."""
    with running_application(settings), transaction() as session:
        erasure = find_erasure(session, reference)
        confirm_target(session, erasure.erasure_id, target_id, note=note, by=BY, now=now())
    click.echo("Đã ghi nhận.")


@privacy.command()
@click.option("--person", help="Mã cán bộ trong danh bạ.")
@click.option("--agent", help="Định danh trong bản ghi: một Agent dạng JSON.")
@click.option("--reference", required=True, help="Số hồ sơ của yêu cầu.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Chép tệp tới đây.")
@click.pass_obj
def export(
    settings: Settings, person: str | None, agent: str | None, reference: str, to: Path | None
) -> None:
    """Trích xuất mọi dữ liệu của một người thành một tệp ZIP."""
    with running_application(settings):
        rules = section(PrivacySettings)
        with transaction() as session:
            subject = _subject(session, person, agent, key=rules.key)
            made = request_person_export(
                session, subject, reference=reference, by=BY, settings=rules, key=rules.key, now=now()
            )
        write_person_exports(desk())
        with reading() as session:
            path = file_of(get_person_export(session, UUID(str(made.export_id))), rules)
        if to is not None:
            to.touch(mode=0o600)
            to.write_bytes(path.read_bytes())
    click.echo(f"Đã ghi {to or path}; tệp trên máy chủ được giữ {rules.person_exports_kept.days} ngày.")


@privacy.command(name="exports")
@click.pass_obj
def list_exports(settings: Settings) -> None:
    """Liệt kê các bản trích xuất dữ liệu cá nhân."""
    with running_application(settings), reading() as session:
        for one in list_person_exports(session, limit=1000):
            click.echo(
                f"{one.export_id}  {one.reference}  {_STATES[one.state]}  {one.done}/{one.total}  "
                f"giữ đến {_day(one.expires_at)}"
            )


@privacy.command()
@click.pass_obj
def scrub(settings: Settings) -> None:
    """Ghi lại tệp cơ sở dữ liệu để dữ liệu đã xóa không còn nằm ở trang trống (VACUUM)."""
    with running_application(settings):
        _rewrite_database(running_app().engine)
    click.echo("Đã ghi lại cơ sở dữ liệu. Bản sao lưu và WAL đã lưu trữ phải xử lý riêng: docs/privacy.md.")


_SCRUB = {
    "sqlite": ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": ("VACUUM (FULL)",),
}


def _rewrite_database(engine: Engine) -> None:
    """VACUUM runs outside transactions, and SQLAlchemy begins one for every connection: so the driver's."""
    borrowed = engine.raw_connection()
    try:
        if engine.dialect.name == "postgresql":
            # The connection was rolled back when it was lent, so it may change its mode.
            borrowed.driver_connection.autocommit = True  # type: ignore[union-attr]
        cursor = borrowed.cursor()
        for command in _SCRUB[engine.dialect.name]:
            cursor.execute(command)
        cursor.close()
    finally:
        # Not back into the pool: its mode was changed.
        borrowed.invalidate()


def _subject(session: Session, person: str | None, agent: str | None, *, key: bytes) -> Subject:
    if (person is None) == (agent is None):
        raise click.UsageError("Nêu đúng một trong hai: --person hoặc --agent.")
    if person is not None:
        return find_subject_by_staff_code(session, person, key=key)
    return find_subject_by_agent(session, agent or "", key=key)


def _carry_out(erasure_id: int) -> None:
    """To the end, each chunk in a transaction of its own, with a line for each step."""
    told = ""
    outcome = Advance.MORE
    while outcome is Advance.MORE:
        with transaction() as session:
            outcome = advance_erasure(session, erasure_id, tools(), now=now())
        with reading() as session:
            erasure = session.get_one(Erasure, erasure_id)
        place, steps = progress_of(erasure)
        line = f"Bước {place}/{steps}: {sum(counts_of(erasure).values())} mục"
        if line != told:
            click.echo(line)
            told = line
    if outcome is Advance.WAITING:
        click.echo("Đang chờ một lượt gửi tới nơi nhận kết thúc; tiến trình nền sẽ làm tiếp.")
        return
    _tell_record(erasure)


def _tell_preview(preview: Preview) -> None:
    click.echo(f"Bản ghi của người đó: {preview.own}")
    click.echo(f"Bản ghi của người khác có nhắc tới: {preview.others}")
    click.echo(f"Tài khoản: {preview.accounts}")
    click.echo(f"Trạng thái và hồ sơ xAPI: {preview.documents}")
    click.echo(f"Tệp đính kèm: {preview.attachments}")
    click.echo(f"Tháng đã chuyển ra tệp lưu trữ: {preview.archives}")
    for name, count in preview.targets:
        click.echo(f"Đã gửi tới {name}: {count}")


def _tell_record(erasure: Erasure) -> None:
    click.echo(f"{erasure.reference}: {erasure.kind}, {_STATES[erasure.state]}")
    click.echo(f"Căn cứ: {erasure.legal_basis}")
    click.echo(f"Lập: {erasure.ordered_by}, {_day(erasure.ordered_at)}")
    if erasure.confirmed_at is not None:
        click.echo(f"Xác nhận: {erasure.confirmed_by}, {_day(erasure.confirmed_at)}")
    if erasure.finished_at is not None:
        click.echo(f"Xong: {_day(erasure.finished_at)}")
    if erasure.archives:
        click.echo(f"Tệp lưu trữ có thể còn giữ người này: {erasure.archives}")
    for kind, count in counts_of(erasure).items():
        click.echo(f"  {COUNTED.get(kind, kind)}: {count}")


def _day(instant: datetime) -> str:
    return instant.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y")
