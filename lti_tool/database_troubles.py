"""What the database's own failures mean to who asked: try again, or call the operator.

Nothing of a request that ends here was kept: every use case is one transaction. So "send it again" is true.
"""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lti_tool.errors import ToolRefused

_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
#: Primary result codes: the low byte of the extended ones.
_PRIMARY = 0xFF
#: PostgreSQL: serialization failure, deadlock, lock not available.
_POSTGRESQL_BUSY = {"40001", "40P01", "55P03"}
_POSTGRESQL_FULL = {"53100"}
#: PostgreSQL classes: connection exception, insufficient resources, operator intervention.
_POSTGRESQL_AWAY = ("08", "53", "57P")
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DatabaseTrouble(ToolRefused):
    """The database could not do it now; nothing was kept, so the same request may be sent again."""

    code = "database_trouble"
    retry_after_seconds = 5


class DatabaseUnavailable(DatabaseTrouble):
    """The database does not answer, or ended the connection."""

    code = "database_unavailable"


class DatabaseBusy(DatabaseTrouble):
    """Other transactions held what this one needs for too long."""

    code = "database_busy"
    retry_after_seconds = 2


class StorageFull(DatabaseTrouble):
    """There is no room left where records are kept."""

    code = "storage_full"
    retry_after_seconds = 60


def trouble_from(failure: Exception) -> DatabaseTrouble | None:
    """The refusal that a failed statement, commit or file operation means; None where the fault is ours."""
    if isinstance(failure, PoolTimeout):
        return DatabaseBusy("Every database connection of this process is in use. Send it again in a moment.")
    if isinstance(failure, DBAPIError):
        return _trouble_from_driver(failure)
    if isinstance(failure, OSError) and failure.errno in _DISK_FULL:
        return _full()
    return None


def _trouble_from_driver(failure: DBAPIError) -> DatabaseTrouble | None:
    original = failure.orig
    if isinstance(original, sqlite3.Error):
        return _trouble_from_sqlite(original)
    state = getattr(original, "sqlstate", None)
    if state in _POSTGRESQL_FULL:
        return _full()
    if state in _POSTGRESQL_BUSY:
        return _busy()
    if failure.connection_invalidated or (state or "").startswith(_POSTGRESQL_AWAY):
        return _unavailable()
    # Before a session exists the server cannot give a state: refused, reset, timed out, starting up.
    is_connecting = state is None and type(original).__name__ == "OperationalError"
    return _unavailable() if is_connecting else None


def _trouble_from_sqlite(original: sqlite3.Error) -> DatabaseTrouble | None:
    code = getattr(original, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & _PRIMARY
    if primary in _SQLITE_BUSY:
        return _busy()
    if primary == sqlite3.SQLITE_FULL:
        return _full()
    # Where a file may not grow (quota, limit of the process), SQLite says "disk I/O error".
    if primary == sqlite3.SQLITE_IOERR:
        return StorageFull("The database file cannot be written or read. Send it again later.")
    return _unavailable() if primary in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY} else None


def _full() -> StorageFull:
    return StorageFull("There is no room left for records. Nothing was kept; send it again later.")


def _busy() -> DatabaseBusy:
    return DatabaseBusy("Another transaction held the database too long. Nothing was kept; send it again.")


def _unavailable() -> DatabaseUnavailable:
    return DatabaseUnavailable("The database does not answer. Nothing was kept; send it again in a moment.")
