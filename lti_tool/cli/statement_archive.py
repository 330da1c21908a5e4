"""`cchc statements partition | archive | restore`: months made ready to leave, moved out, brought back."""

from pathlib import Path

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.bookmarks import find_slowest_bookmark
from xapi_bridge.errors import ArchiveRefused
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.archive import (
    Archive,
    find_archives,
    find_months_before,
    mark_keys,
    note_archive,
    note_removed,
    remove_month,
    require_file,
    write_month,
)
from xapi_bridge.store.follow import read_after
from xapi_bridge.store.partitions import Month, month_from_text, month_of, part_by_month
from xapi_bridge.store.restore import chunks_of, find_archive_of, note_restored, restore_chunk
from xapi_bridge.store.sequence import sequence_at

_FOLDER = click.Path(exists=True, file_okay=False, writable=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.pass_obj
def partition(settings: Settings) -> None:
    """Chia kho bản ghi theo tháng (chỉ PostgreSQL); kho tạm dừng trong lúc chia."""
    with running_application(settings), transaction() as session:
        months = part_by_month(session, now=now())
    click.echo(f"Đã chia kho theo tháng: {months[0]} … {months[-1]}.")


@click.command()
@click.option("--before", "limit", required=True, metavar="YYYY-MM", help="Chuyển các tháng trước tháng này.")
@click.option("--to", "folder", required=True, type=_FOLDER, help="Thư mục chứa tệp lưu trữ.")
@click.pass_obj
def archive(settings: Settings, limit: str, folder: Path) -> None:
    """Chuyển các tháng cũ ra tệp Parquet; ngắt giữa chừng thì chạy lại."""
    with running_application(settings):
        for month in _months_to_archive(month_from_text(limit)):
            done = archive_month(month, folder)
            click.echo(f"{month}: đã chuyển {done.statement_count} bản ghi vào {done.file_name}.")
    click.echo("Xong.")


@click.command()
@click.argument("file", type=_FILE)
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Đưa một tháng từ tệp lưu trữ trở lại kho."""
    with running_application(settings):
        with reading() as session:
            found = find_archive_of(session, file)
        for rows in chunks_of(file):
            with transaction() as session:
                restore_chunk(session, found, rows)
        with transaction() as session:
            note_restored(session, found, now=now())
    click.echo(f"{found.month}: đã đưa {found.statement_count} bản ghi trở lại kho.")


#: Commands for the group `statements`.
COMMANDS = (partition, archive, restore)


def archive_month(month: Month, folder: Path) -> Archive:
    """Moves one month into a file; goes on where an earlier call was interrupted."""
    found = _begun(month)
    if found is None:
        # What an interrupted call wrote was not noted, so nothing depends on it.
        (folder / f"statements-{month}.parquet").unlink(missing_ok=True)
        with reading() as session:
            written = write_month(session, month, folder)
        with transaction() as session:
            note_archive(session, written, now=now())
        found = _begun(month)
    if found is None:
        raise ArchiveRefused(f"{month} was restored meanwhile. Try again.")
    require_file(folder, found)
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            after = mark_keys(session, found, after=after)
    is_gone = False
    while not is_gone:
        with transaction() as session:
            is_gone = remove_month(session, found, folder)
            if is_gone:
                note_removed(session, found, now=now())
    return found


def _begun(month: Month) -> Archive | None:
    with reading() as session:
        found = [one for one in find_archives(session) if one.month == month and not one.is_removed]
    return found[0] if found else None


def _months_to_archive(limit: Month) -> list[Month]:
    present = month_of(sequence_at(now()))
    if limit > present:
        raise ArchiveRefused(f"Only months that are over leave the store: --before {present} at the latest.")
    with reading() as session:
        begun = [one.month for one in find_archives(session) if not one.is_removed]
        months = sorted({*find_months_before(session, limit), *begun})
        slowest = find_slowest_bookmark(session)
        waiting = [] if slowest is None else read_after(session, slowest.last_seq, limit=1)
    if slowest is not None and waiting and months and waiting[0].seq <= months[-1].last_seq:
        raise ArchiveRefused(
            f"The follower {slowest.name} has not read all of {month_of(waiting[0].seq)} yet. Let the "
            "background work finish, or run `cchc rollups run`."
        )
    return months
