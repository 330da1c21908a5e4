"""Views and rights that stand on a table, taken away and put back when the table is made anew on PostgreSQL.

A view holds on to the table it was made on, also when that table is renamed; so a table cannot be replaced
under it. What analysts may read must outlive the replacement.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

#: Every view that reads the table, directly or through another view, the nearest to the table first.
_VIEWS = text(
    """
    WITH RECURSIVE above (view_oid, depth) AS (
        SELECT r.ev_class, 1
        FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = to_regclass(:table)
          AND r.ev_class <> d.refobjid
        UNION
        SELECT r.ev_class, above.depth + 1
        FROM above
        JOIN pg_depend d ON d.refobjid = above.view_oid AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> above.view_oid
    )
    SELECT c.oid::regclass::text, pg_get_viewdef(c.oid), max(above.depth)
    FROM above JOIN pg_class c ON c.oid = above.view_oid
    GROUP BY c.oid ORDER BY 3, 1
    """
)
_RIGHTS = text(
    """
    SELECT right_of.privilege_type, right_of.is_grantable,
           CASE right_of.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(right_of.grantee)) END
    FROM pg_class c, aclexplode(c.relacl) right_of
    WHERE c.oid = to_regclass(:name) AND right_of.grantee <> c.relowner
    ORDER BY 1, 3
    """
)


@dataclass(frozen=True)
class _View:
    name: str
    definition: str
    rights: Sequence[str]


@contextmanager
def views_set_aside(connection: Connection, table: str) -> Iterator[None]:
    """Takes away what stands on `table`; afterwards makes it again, with the rights of others on both.

    All in the transaction of `connection`: when the work within fails, nothing has changed.
    """
    rights = _rights_on(connection, table)
    views = [
        _View(name, definition, _rights_on(connection, name))
        for name, definition, _depth in connection.execute(_VIEWS, {"table": table})
    ]
    for view in reversed(views):
        connection.exec_driver_sql(f"DROP VIEW {view.name}")
    yield
    for view in views:
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {view.definition}")
    for command in (*rights, *(right for view in views for right in view.rights)):
        connection.exec_driver_sql(command)


def _rights_on(connection: Connection, name: str) -> list[str]:
    """The commands that give others again what they may do with a table or view."""
    return [
        f"GRANT {privilege} ON {name} TO {grantee}" + (" WITH GRANT OPTION" if may_pass_on else "")
        for privilege, may_pass_on, grantee in connection.execute(_RIGHTS, {"name": name})
    ]
