"""What cannot be counted from the store alone, because months of it are archived."""

from pathlib import Path

from sqlalchemy.orm import Session

from sync.errors import ArchivesNeeded
from xapi_bridge.store.archive import find_archives


def refuse_without_archives(session: Session, folder: Path | None) -> None:
    """Refuses to count every statement while some are in files that nobody named.

    Raises:
        ArchivesNeeded: with the months and their files.
    """
    away = find_archives(session)
    if away and folder is None:
        files = ", ".join(one.file_name for one in away)
        raise ArchivesNeeded(
            f"{len(away)} months are archived and not in the store: {files}. "
            "Name their folder with --archive, or restore them first."
        )
