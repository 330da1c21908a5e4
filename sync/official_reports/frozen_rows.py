"""The database itself refuses to change a report that was sent; see decision 0058.

`Table.create` fires these; a migration has its own copy, because migrations do not change with the code.
"""

from typing import Final

from sqlalchemy import DDL, Table, event

#: Stands in the database's own message.
RULE_NAME: Final = "report_edition_is_frozen"

SQLITE: Final = f"""
CREATE TRIGGER sync_report_edition_frozen BEFORE UPDATE ON sync_report_edition
BEGIN
    SELECT RAISE(ABORT, '{RULE_NAME}');
END
"""
POSTGRESQL: Final = (
    f"""
CREATE FUNCTION sync_report_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{RULE_NAME}';
END $$
""",
    """
CREATE TRIGGER sync_report_edition_frozen BEFORE UPDATE ON sync_report_edition
FOR EACH ROW EXECUTE FUNCTION sync_report_edition_frozen()
""",
)


def forbid_changes(editions: Table) -> None:
    """Has the rule created together with the table, in the way of each database."""
    for dialect, statement in (("sqlite", SQLITE), *(("postgresql", one) for one in POSTGRESQL)):
        # SQLAlchemy leaves the parameters of DDL untyped.
        rule = DDL(statement)  # type: ignore[no-untyped-call]
        event.listen(editions, "after_create", rule.execute_if(dialect=dialect))
