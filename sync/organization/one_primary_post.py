"""The database itself refuses two primary posts of one person on one day; see decision 0004.

The statements are constants because a migration must run them too: `Table.create` fires them for tests,
Alembic does not.
"""

from typing import Final

from sqlalchemy import DDL, Table, event

#: Stands in the database's own message, so that the refusal can be told from every other one.
RULE_NAME: Final = "one_primary_post"

#: An exclusion constraint sees rows of transactions that have not committed yet, which a trigger cannot.
#: Both columns are ranges, because GiST indexes ranges without the extension btree_gist.
POSTGRESQL: Final = f"""
ALTER TABLE sync_appointment ADD CONSTRAINT ex_sync_appointment_{RULE_NAME} EXCLUDE USING gist (
    int4range(person_id, person_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
) WHERE (is_primary)
"""

#: SQLite has one writer at a time, so a trigger sees every row that counts.
_SQLITE_TRIGGER: Final = """
CREATE TRIGGER sync_appointment_{rule}_{moment} BEFORE {event} ON sync_appointment
WHEN NEW.is_primary AND EXISTS (
    SELECT 1 FROM sync_appointment AS other
    WHERE other.person_id = NEW.person_id AND other.is_primary
      AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to
      {except_itself}
)
BEGIN
    SELECT RAISE(ABORT, '{rule}');
END
"""
SQLITE: Final = (
    _SQLITE_TRIGGER.format(rule=RULE_NAME, moment="insert", event="INSERT", except_itself=""),
    _SQLITE_TRIGGER.format(
        rule=RULE_NAME,
        moment="update",
        event="UPDATE",
        except_itself="AND other.appointment_id <> OLD.appointment_id",
    ),
)


def enforce_one_primary_post(appointments: Table) -> None:
    """Has the rule created together with the table, in the way of each database."""
    for dialect, statement in (("postgresql", POSTGRESQL), *(("sqlite", trigger) for trigger in SQLITE)):
        # SQLAlchemy leaves the parameters of DDL untyped.
        rule = DDL(statement)  # type: ignore[no-untyped-call]
        event.listen(appointments, "after_create", rule.execute_if(dialect=dialect))
