"""`cchc forwarding …`: statements to other record stores."""

import json
from typing import TextIO

import click

from lti_tool.admin.forwarding_form import first_instant_of
from lti_tool.admin.forwarding_words import words_of
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync import timetable
from sync.calendars import VIET_NAM
from sync.forwarding import dead_letters
from sync.forwarding.filters import read_filter
from sync.forwarding.models import ForwardingTarget
from sync.forwarding.state import TargetState, look_at_target, look_at_targets, preview_filter
from sync.forwarding.targets import (
    VERSIONS,
    TargetFields,
    account_at,
    change_target,
    create_target,
    find_target_by_name,
    pause_target,
    resume_target,
)
from sync.ports import RemoteLrs
from sync.settings import ForwardingSettings
from xapi_bridge.running_app import borrow, now, reading, section, transaction
from xapi_bridge.store.follow import last_sequence
from xapi_bridge.store.sequence import sequence_at

_DISCLOSURES = ("pseudonyms", "without_names", "everything")
_LETTERS_SHOWN = 1000


@click.group()
def forwarding() -> None:
    """Chuyển tiếp bản ghi học tập sang các kho khác."""


@forwarding.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê nơi nhận: tình trạng, còn phải gửi, chậm bao lâu, không gửi được."""
    with running_application(settings), reading() as session:
        states = look_at_targets(session, now=now())
        for state in states:
            click.echo(_line(state))
    if not states:
        click.echo("Chưa chuyển tiếp đến nơi nào.")


@forwarding.command()
@click.argument("name")
@click.option("--endpoint", required=True, help="Địa chỉ trước /statements.")
@click.option("--key", required=True, help="Khóa (tên đăng nhập Basic).")
@click.option(
    "--secret-file", type=click.File(encoding="utf-8"), help="Tệp chứa mật khẩu; - là đầu vào chuẩn."
)
@click.option("--version", type=click.Choice(VERSIONS), default=VERSIONS[0], show_default=True)
@click.option(
    "--disclosure",
    type=click.Choice(_DISCLOSURES),
    default=_DISCLOSURES[0],
    show_default=True,
    help="Mức danh tính được gửi đi.",
)
@click.option("--filter", "filter_json", default="{}", help='Bộ lọc JSON, ví dụ {"packages": ["cchc"]}.')
@click.option("--from", "start", default="now", show_default=True, help="now, all, hoặc ngày 2026-11-24.")
@click.option("--batch-statements", type=int, default=50, show_default=True)
@click.option("--batch-bytes", type=int, default=1_000_000, show_default=True)
@click.pass_obj
def add(
    settings: Settings,
    name: str,
    endpoint: str,
    key: str,
    secret_file: TextIO | None,
    version: str,
    disclosure: str,
    filter_json: str,
    start: str,
    batch_statements: int,
    batch_bytes: int,
) -> None:
    """Thêm nơi nhận NAME; hỏi mật khẩu nếu không cho tệp."""
    fields = TargetFields(
        name=name,
        endpoint=endpoint,
        key=key,
        secret=_secret(secret_file),
        version=version,
        filters=read_filter(filter_json),
        pseudonymous=disclosure == "pseudonyms",
        names_allowed=disclosure == "everything",
        batch_statements=batch_statements,
        batch_bytes=batch_bytes,
    )
    with running_application(settings), transaction() as session:
        first = {"now": last_sequence(session), "all": 0}
        start_seq = first[start] if start in first else max(sequence_at(first_instant_of(start)) - 1, 0)
        secret = section(ForwardingSettings).secret
        create_target(session, fields, start_seq=start_seq, sealing_secret=secret, now=now())
    click.echo(f"Đã thêm nơi nhận {name}.")


@forwarding.command()
@click.argument("name")
@click.option("--secret-file", type=click.File(encoding="utf-8"), help="Tệp chứa mật khẩu mới.")
@click.option("--key", help="Khóa mới.")
@click.option("--filter", "filter_json", help="Bộ lọc JSON mới.")
@click.option("--version", type=click.Choice(VERSIONS), help="Phiên bản xAPI mới.")
@click.pass_obj
def change(
    settings: Settings,
    name: str,
    secret_file: TextIO | None,
    key: str | None,
    filter_json: str | None,
    version: str | None,
) -> None:
    """Đổi khóa, mật khẩu, bộ lọc hoặc phiên bản của nơi nhận NAME."""
    with running_application(settings), transaction() as session:
        target = find_target_by_name(session, name)
        fields = TargetFields(
            name=target.name,
            endpoint=target.endpoint,
            key=key or target.key,
            secret=None if secret_file is None else _secret(secret_file),
            version=version or target.version,
            filters=read_filter(target.filters if filter_json is None else filter_json),
            pseudonymous=target.pseudonymous,
            names_allowed=target.names_allowed,
            batch_statements=target.batch_statements,
            batch_bytes=target.batch_bytes,
        )
        secret = section(ForwardingSettings).secret
        change_target(session, target.target_id, fields, sealing_secret=secret, now=now())
    click.echo(f"Đã đổi nơi nhận {name}.")


@forwarding.command()
@click.argument("name")
@click.pass_obj
def show(settings: Settings, name: str) -> None:
    """Tình trạng của nơi nhận NAME và các lý do không gửi được."""
    with running_application(settings), reading() as session:
        target = find_target_by_name(session, name)
        click.echo(_line(look_at_target(session, target, now=now())))
        _explain_trouble(target)
        for count in dead_letters.count_dead_letters(session, target.target_id):
            words = words_of(count.reason)
            click.echo(f"  {count.letters} không gửi được [{count.reason}]: {words.title}. {words.next_step}")


@forwarding.command()
@click.argument("name")
@click.pass_obj
def test(settings: Settings, name: str) -> None:
    """Hỏi nơi nhận NAME bằng khóa của ta: địa chỉ, khóa và phiên bản có đúng không."""
    with running_application(settings):
        with reading() as session:
            target = find_target_by_name(session, name)
        account = account_at(target, sealing_secret=section(ForwardingSettings).secret)
        # As for Gradebook.
        found = borrow(RemoteLrs).check(account)  # type: ignore[type-abstract]
    click.echo(f"Nơi nhận trả lời đúng. Phiên bản: {', '.join(found.versions) or '—'}.")
    click.echo("Khóa đọc được bản ghi." if found.may_read else "Khóa chỉ ghi, không đọc được bản ghi.")


@forwarding.command()
@click.argument("filter_json")
@click.pass_obj
def preview(settings: Settings, filter_json: str) -> None:
    """Thử bộ lọc JSON trên 1.000 bản ghi mới nhất."""
    chosen = read_filter(filter_json)
    with running_application(settings), reading() as session:
        found = preview_filter(session, chosen, iri_base=section(ForwardingSettings).iri_base)
    click.echo(f"Bộ lọc cho qua {found.passing} trong {found.looked_at} bản ghi mới nhất.")


@forwarding.command()
@click.argument("name")
@click.pass_obj
def pause(settings: Settings, name: str) -> None:
    """Tạm dừng nơi nhận NAME; bản ghi chờ trong kho."""
    with running_application(settings), transaction() as session:
        pause_target(session, find_target_by_name(session, name).target_id, now=now())
    click.echo(f"Đã tạm dừng {name}.")


@forwarding.command()
@click.argument("name")
@click.pass_obj
def resume(settings: Settings, name: str) -> None:
    """Cho nơi nhận NAME chạy tiếp và gửi thử ngay."""
    with running_application(settings), transaction() as session:
        resume_target(session, find_target_by_name(session, name).target_id, now=now())
    click.echo(f"Đã cho {name} chạy tiếp.")


@forwarding.command()
@click.argument("name")
@click.option("--reason", default="", help="Chỉ những bản ghi có lý do này.")
@click.option("--discarded", is_flag=True, help="Những bản ghi đã bỏ.")
@click.option("--json", "with_json", is_flag=True, help="In cả nội dung bản ghi, mỗi dòng một JSON.")
@click.pass_obj
def dead(settings: Settings, name: str, reason: str, discarded: bool, with_json: bool) -> None:
    """Liệt kê bản ghi không gửi được đến NAME."""
    with running_application(settings), reading() as session:
        target_id = find_target_by_name(session, name).target_id
        letters = dead_letters.list_dead_letters(
            session, target_id, reason=reason, discarded=discarded, offset=0, limit=_LETTERS_SHOWN
        )
    for letter in letters:
        click.echo(_json_line(letter) if with_json else _letter_line(letter))
    if not letters and not with_json:
        click.echo("Không có bản ghi nào.")


@forwarding.command()
@click.argument("name")
@click.option("--seq", type=int, help="Chỉ bản ghi này (số đầu dòng của lệnh dead).")
@click.option("--reason", default="", help="Chỉ những bản ghi có lý do này.")
@click.pass_obj
def resend(settings: Settings, name: str, seq: int | None, reason: str) -> None:
    """Gửi lại những bản ghi không gửi được đến NAME."""
    resent = 1
    with running_application(settings), transaction() as session:
        target_id = find_target_by_name(session, name).target_id
        if seq is not None:
            dead_letters.resend_dead_letter(session, target_id, seq, now=now())
        else:
            resent = dead_letters.resend_dead_letters(session, target_id, reason=reason, now=now())
    click.echo(f"{resent} bản ghi sẽ được gửi lại.")


@forwarding.command()
@click.argument("name")
@click.argument("seq", type=int)
@click.option("--note", required=True, help="Vì sao bỏ.")
@click.pass_obj
def discard(settings: Settings, name: str, seq: int, note: str) -> None:
    """Bỏ bản ghi SEQ khỏi danh sách không gửi được đến NAME; ghi chú được giữ lại."""
    with running_application(settings), transaction() as session:
        target_id = find_target_by_name(session, name).target_id
        dead_letters.discard_dead_letter(session, target_id, seq, note=note, now=now())
    click.echo("Đã bỏ.")


@forwarding.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Lấy bản ghi mới và gửi ngay một lượt, không đợi tiến trình nền."""
    with running_application(settings):
        read = timetable.follow_forwarding()
        tried = timetable.forward_statements()
    click.echo(f"Đã xét {read} bản ghi, đã gửi {tried}.")


def _secret(file: TextIO | None) -> str:
    if file is None:
        return str(click.prompt("Mật khẩu", hide_input=True))
    return file.read().strip("\r\n")


def _line(state: TargetState) -> str:
    target = state.target
    return (
        f"{target.name}  {state.condition}  còn {state.behind + state.waiting}  "
        f"chậm {int(state.lag.total_seconds())} giây  không gửi được {state.dead}  "
        f"đã gửi {target.delivered_count}  {target.endpoint}"
    )


def _explain_trouble(target: ForwardingTarget) -> None:
    if not target.trouble_code:
        return
    words = words_of(target.trouble_code)
    click.echo(f"  Trở ngại [{target.trouble_code}]: {words.title}. {words.next_step}")
    click.echo(f"  {target.trouble}")
    if target.retry_at is not None:
        click.echo(f"  Gửi thử lại lúc {target.retry_at.astimezone(VIET_NAM):%d/%m/%Y %H:%M:%S}.")


def _letter_line(letter: dead_letters.DeadLetter) -> str:
    outgoing = letter.outgoing
    note = f"  {outgoing.note}" if outgoing.note else ""
    return f"{outgoing.seq}  {outgoing.statement_id}  {outgoing.reason}  {outgoing.last_status or '—'}{note}"


def _json_line(letter: dead_letters.DeadLetter) -> str:
    statement = None if letter.stored is None else json.loads(letter.stored.payload)
    return json.dumps(
        {
            "seq": letter.outgoing.seq,
            "reason": letter.outgoing.reason,
            "status": letter.outgoing.last_status,
            "answer": letter.outgoing.answer,
            "statement": statement,
        },
        ensure_ascii=False,
    )
