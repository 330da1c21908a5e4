"""The schema of the database: bring it up, take it down, compare it with the models (Alembic)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from lti_tool.all_models import metadata
from lti_tool.database_troubles import trouble_from
from lti_tool.errors import ToolRefused

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
#: What the names of parts end in (`xapi_bridge.store.partitions`).
_PART_OF_A_TABLE = re.compile(r"_p(?:\d{4}_\d\d|default)$")
#: Two web processes that start at once must not migrate at once (PostgreSQL advisory lock number).
_MIGRATION_LOCK = 905_2022


class SchemaOutOfDate(ToolRefused):
    """The database has not the tables that this version of the service needs."""

    code = "schema_out_of_date"


def upgrade_database(engine: Engine, *, to: str = "head") -> None:
    """Brings the database to a revision, by default the newest; doing it twice changes nothing."""
    with _migrating(engine) as config:
        command.upgrade(config, to)


def downgrade_database(engine: Engine, *, to: str) -> None:
    """Takes the database back to a revision; `base` removes every table and with it all records."""
    with _migrating(engine) as config:
        command.downgrade(config, to)


def current_revision(engine: Engine) -> str | None:
    """The revision that the database is at; `None` for an empty one."""
    # Without the write lock of SQLite, for which a busy neighbour may have a process wait too long.
    with engine.execution_options(read_only=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this version of the service needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_current_schema(engine: Engine) -> None:
    """Refuses to run on another schema than ours.

    Raises:
        SchemaOutOfDate: with the command that mends it.
    """
    found, needed = current_revision(engine), newest_revision()
    if found != needed:
        raise SchemaOutOfDate(
            f"The database is at revision {found or 'none'}, this version needs {needed}. "
            "Run `cchc database upgrade` first."
        )


def require_current_schema_where_it_answers(engine: Engine) -> None:
    """As `require_current_schema`, for one of many processes: a database in trouble is no reason to end.

    gunicorn stops altogether when one new worker fails to load, while the others would have answered "try
    again" until the database is back.

    Raises:
        SchemaOutOfDate: with the command that mends it.
    """
    try:
        require_current_schema(engine)
    except DBAPIError as failed:
        trouble = trouble_from(failed)
        if trouble is None:
            raise
        log.warning("schema_not_checked", reason=trouble.code)


def schema_differences(engine: Engine) -> list[str]:
    """How the migrated database differs from the models, one line each; empty when they agree."""
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_no_part}
        context = MigrationContext.configure(connection, opts=options)
        return [str(difference) for difference in compare_metadata(context, metadata)]


def _is_no_part(name: str | None, kind: str, _parents: object) -> bool:
    """The parts of a table that is parted by month are made while it is used, not by migrations."""
    return kind != "table" or name is None or not _PART_OF_A_TABLE.search(name)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option(
        "file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    config.set_main_option("timezone", "UTC")
    return config


@contextmanager
def _migrating(engine: Engine) -> Iterator[Config]:
    """A configuration that carries one connection, holding the migration lock."""
    config = _config()
    with engine.begin() as connection:
        _wait_for_other_migrations(connection)
        config.attributes["connection"] = connection
        yield config


def _wait_for_other_migrations(connection: Connection) -> None:
    # SQLite needs no lock of its own: the transaction began with the write lock.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
