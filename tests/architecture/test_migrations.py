"""The migrations make exactly the tables that the code expects, and can be taken back."""

import re
from pathlib import Path

from sqlalchemy import inspect

from lti_tool.database_schema import (
    MIGRATIONS,
    current_revision,
    downgrade_database,
    newest_revision,
    schema_differences,
    upgrade_database,
)


def test_migrated_tables_are_those_of_the_models(empty_engine):
    upgrade_database(empty_engine)

    assert schema_differences(empty_engine) == []
    assert current_revision(empty_engine) == newest_revision()


def test_migrating_twice_changes_nothing(empty_engine):
    upgrade_database(empty_engine)

    upgrade_database(empty_engine)

    assert schema_differences(empty_engine) == []


def test_migrations_can_be_taken_back_and_brought_again(empty_engine):
    upgrade_database(empty_engine)

    downgrade_database(empty_engine, to="base")

    assert set(inspect(empty_engine).get_table_names()) <= {"alembic_version"}
    upgrade_database(empty_engine)
    assert schema_differences(empty_engine) == []


def test_migration_files_sort_as_history():
    names = [path.name for path in Path(MIGRATIONS, "versions").glob("*.py")]

    assert names
    assert [name for name in names if not re.fullmatch(r"20\d{6}_\d{4}_[a-z0-9_]+\.py", name)] == []
