"""What fails in the database is told as what it is: come back later, or call the operator."""

import errno
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lti_tool.database_troubles import DatabaseBusy, DatabaseUnavailable, StorageFull, trouble_from


def sqlite_failure(code: int) -> DBAPIError:
    original = sqlite3.OperationalError("the words do not matter")
    original.sqlite_errorcode = code
    return OperationalError("INSERT …", {}, original)


def postgresql_failure(kind: type[psycopg.Error]) -> DBAPIError:
    return OperationalError("INSERT …", {}, kind("the words do not matter"))


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (sqlite_failure(sqlite3.SQLITE_BUSY), DatabaseBusy),
        (sqlite_failure(sqlite3.SQLITE_BUSY_SNAPSHOT), DatabaseBusy),
        (sqlite_failure(sqlite3.SQLITE_FULL), StorageFull),
        (sqlite_failure(sqlite3.SQLITE_IOERR_WRITE), StorageFull),
        (sqlite_failure(sqlite3.SQLITE_CANTOPEN), DatabaseUnavailable),
        (sqlite_failure(sqlite3.SQLITE_READONLY), DatabaseUnavailable),
        (postgresql_failure(psycopg.errors.DeadlockDetected), DatabaseBusy),
        (postgresql_failure(psycopg.errors.DiskFull), StorageFull),
        (postgresql_failure(psycopg.errors.AdminShutdown), DatabaseUnavailable),
        (postgresql_failure(psycopg.errors.CannotConnectNow), DatabaseUnavailable),
        (postgresql_failure(psycopg.errors.TooManyConnections), DatabaseUnavailable),
        (postgresql_failure(psycopg.OperationalError), DatabaseUnavailable),
        (OSError(errno.ENOSPC, "No space left on device"), StorageFull),
        (PoolTimeout("QueuePool limit"), DatabaseBusy),
    ],
)
def test_a_passing_trouble_is_told_as_such(failure, trouble):
    assert type(trouble_from(failure)) is trouble


@pytest.mark.parametrize(
    "failure",
    [
        sqlite_failure(sqlite3.SQLITE_CORRUPT),
        sqlite_failure(sqlite3.SQLITE_ERROR),
        postgresql_failure(psycopg.errors.UndefinedTable),
        OSError(errno.EACCES, "Permission denied"),
        ZeroDivisionError(),
    ],
)
def test_our_own_faults_are_not_excused(failure):
    assert trouble_from(failure) is None
