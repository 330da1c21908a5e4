"""`cchc attachments …`: whether the bytes are all there, and removing those that nobody names."""

import sys
from collections import Counter
from datetime import datetime

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from xapi_bridge.running_app import borrow, now, reading, transaction
from xapi_bridge.store.attachments import (
    ORPHANS_KEPT,
    AttachmentState,
    claim_attachments,
    examine_attachment,
    find_named,
    find_unknown,
    sweep_attachments,
)
from xapi_bridge.store.blobs import Blobs, sweep_spool

_FAULTS = {
    AttachmentState.MISSING: "thiếu trong kho",
    AttachmentState.CHANGED: "nội dung đã bị thay đổi",
}


@click.group()
def attachments() -> None:
    """Tệp đính kèm của bản ghi xAPI: đối chiếu, dọn dẹp."""


@attachments.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Đọc lại mọi tệp và đối chiếu mã băm; thoát với mã 1 khi có tệp thiếu hoặc bị thay đổi."""
    counts: Counter[AttachmentState] = Counter()
    with running_application(settings):
        # The names are read at once: reading all files may take hours, and a transaction must not.
        with reading() as session:
            named, unknown = find_named(session), find_unknown(session, _blobs())
        for sha2 in named:
            state = examine_attachment(_blobs(), sha2)
            counts[state] += 1
            if state in _FAULTS:
                click.echo(f"{sha2}: {_FAULTS[state]}")
    for sha2 in unknown:
        click.echo(f"{sha2}: không có trong cơ sở dữ liệu")
    _sum_up(counts, unknown=len(unknown))


@attachments.command()
@click.pass_obj
def sweep(settings: Settings) -> None:
    """Xóa tệp mà không bản ghi nào nhắc tới quá một ngày."""
    with running_application(settings):
        before = now() - ORPHANS_KEPT
        folders = sweep_spool(_blobs().spool, before=before)
        removed = 0
        while swept := _sweep_some(before):
            removed += swept
        adopted = _adopt_unknown()
    click.echo(f"Đã xóa {removed} tệp và {folders} thư mục tạm.")
    if adopted:
        click.echo(
            f"{adopted} tệp không có trong cơ sở dữ liệu sẽ được xóa sau một ngày nếu vẫn không ai nhắc tới."
        )


def _adopt_unknown() -> int:
    """Claims files without a row; the storage is listed outside any transaction that writes."""
    with reading() as session:
        unknown = find_unknown(session, _blobs())
    lengths = [(sha2, _blobs().size_of(sha2) or 0) for sha2 in unknown]
    with transaction() as session:
        claim_attachments(session, lengths, now=now())
    return len(lengths)


def _sweep_some(before: datetime) -> int:
    with transaction() as session:
        return sweep_attachments(session, _blobs(), before=before)


def _sum_up(counts: Counter[AttachmentState], *, unknown: int) -> None:
    missing, changed = counts[AttachmentState.MISSING], counts[AttachmentState.CHANGED]
    click.echo(
        f"{counts[AttachmentState.GOOD]} tệp đúng, {missing} tệp thiếu, {changed} tệp bị thay đổi, "
        f"{unknown} tệp không có trong cơ sở dữ liệu."
    )
    if missing or changed:
        click.echo("Khôi phục các tệp này từ bản sao lưu, hoặc để nơi gửi gửi lại bản ghi kèm tệp.")
        sys.exit(1)


def _blobs() -> Blobs:
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    return borrow(Blobs)  # type: ignore[type-abstract]
