"""Alembic's entry: migrates over the connection that `lti_tool.database_schema` hands in."""

from alembic import context

from lti_tool.all_models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    # SQLite cannot alter most things in place: Alembic copies the table instead.
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
