"""The first days of each person, versions of what figures are counted from, indexes that answer for posts.

The days of completing everything required are filled in by the follower, which knows the programme.

Revision: 20261126_0130
Follows: 20261126_0110
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0130"
down_revision = "20261126_0110"
branch_labels = None
depends_on = None

#: Written out, because a migration does not change with the code (`sync.figure_versions`).
TABLES = ("sync_unit", "sync_unit_label", "sync_unit_closure", "sync_unit_succession", "sync_appointment")
FUNCTION = """
CREATE FUNCTION sync_note_staff_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_figure_change (what, number) VALUES ('staff', 1);
    RETURN NULL;
END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION sync_note_staff_change()
"""
SQLITE = """
CREATE TRIGGER {table}_noted_{event} AFTER {event} ON {table}
BEGIN
    INSERT INTO sync_figure_change (what, number) SELECT 'staff', 0
    WHERE NOT EXISTS (SELECT 1 FROM sync_figure_change WHERE what = 'staff');
    UPDATE sync_figure_change SET number = number + 1 WHERE what = 'staff';
END
"""
EVENTS = ("insert", "update", "delete")


def upgrade() -> None:
    op.create_table(
        "sync_person_days",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_accessed_on", sa.Date(), nullable=False),
        sa.Column("first_completed_on", sa.Date(), nullable=True),
        sa.Column("completed_all_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_person_days_person_id_sync_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sync_person_days")),
    )
    op.create_table(
        "sync_required_module",
        sa.Column("module_iri", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("module_iri", name=op.f("pk_sync_required_module")),
    )
    op.create_table(
        "sync_figure_change",
        sa.Column(
            "change_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_sync_figure_change")),
    )
    op.execute(
        "INSERT INTO sync_person_days (person_id, first_accessed_on, first_completed_on) "
        "SELECT person_id, min(first_accessed_on), min(first_completed_on) "
        "FROM sync_person_module GROUP BY person_id"
    )
    op.drop_index("ix_sync_person_module_accessed", table_name="sync_person_module")
    op.drop_index("ix_sync_appointment_unit_id", table_name="sync_appointment")
    op.drop_index("ix_sync_appointment_person_id", table_name="sync_appointment")
    op.create_index(
        "ix_sync_appointment_unit",
        "sync_appointment",
        [
            "unit_id",
            "person_id",
            "valid_from",
            "valid_to",
            "is_primary",
            "staff_category",
            "is_cchc",
            "cchc_role",
        ],
    )
    op.create_index(
        "ix_sync_appointment_person",
        "sync_appointment",
        ["person_id", "is_primary", "valid_from", "valid_to", "unit_id"],
    )
    _create_triggers()


def downgrade() -> None:
    _drop_triggers()
    op.drop_index("ix_sync_appointment_person", table_name="sync_appointment")
    op.drop_index("ix_sync_appointment_unit", table_name="sync_appointment")
    op.create_index("ix_sync_appointment_person_id", "sync_appointment", ["person_id"])
    op.create_index("ix_sync_appointment_unit_id", "sync_appointment", ["unit_id"])
    op.create_index(
        "ix_sync_person_module_accessed", "sync_person_module", ["person_id", "first_accessed_on"]
    )
    op.drop_table("sync_figure_change")
    op.drop_table("sync_required_module")
    op.drop_table("sync_person_days")


def _create_triggers() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(FUNCTION)
    for table in TABLES:
        if is_postgresql:
            op.execute(POSTGRESQL.format(table=table))
            continue
        for event in EVENTS:
            op.execute(SQLITE.format(table=table, event=event))


def _drop_triggers() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        if is_postgresql:
            op.execute(f"DROP TRIGGER {table}_noted ON {table}")
            continue
        for event in EVENTS:
            op.execute(f"DROP TRIGGER {table}_noted_{event}")
    if is_postgresql:
        op.execute("DROP FUNCTION sync_note_staff_change()")
