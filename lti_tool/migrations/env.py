"""Alembic's entry: migrates over the connection that `lti_tool.database_schema` hands in."""

from typing import Any, Literal

from alembic import context

from lti_tool.all_models import metadata
from xapi_bridge.database import UtcInstant


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | Literal[False]:
    """Writes our instant as the plain type that the database has: migrations import none of our code."""
    if kind == "type" and isinstance(item, UtcInstant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_item=render_item,
    # SQLite cannot alter most things in place: Alembic copies the table instead.
    render_as_batch=context.config.attributes.get("render_as_batch", True),
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
