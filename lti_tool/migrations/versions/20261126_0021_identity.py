"""Who a learner is: identity rules, samples, conflicts; declared units; moves of accounts.

Revision: 20261125_2341
Follows: 20261125_2340
"""

import sqlalchemy as sa
from alembic import op

revision = "20261125_2341"
down_revision = "20261125_2340"
branch_labels = None
depends_on = None

#: What the launch did for every registration before it had rules of its own.
_RULES_BEFORE = (
    '[{"source": "lis.person_sourcedid", "steps": [{"kind": "trim"}], "target": "staff_code"}, '
    '{"source": "custom.staff_code", "steps": [{"kind": "trim"}], "target": "staff_code"}]'
)


def upgrade() -> None:
    op.create_table(
        "lti_identity_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_identity_rules_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_identity_rules")),
        sa.UniqueConstraint(
            "registration_id", "version", name=op.f("uq_lti_identity_rules_registration_id_version")
        ),
    )
    op.create_table(
        "lti_identity_conflict",
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_lti_identity_conflict_identity_id_sync_actor_identity"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_identity_conflict_registration_id_lti_platform_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_lti_identity_conflict_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_lti_identity_conflict")),
    )
    op.create_index(
        op.f("ix_lti_identity_conflict_registration_id"), "lti_identity_conflict", ["registration_id"]
    )

    op.create_table(
        "lti_identity_evidence",
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("staff_code", sa.String(length=64), nullable=False),
        sa.Column("email_digest", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_lti_identity_evidence_identity_id_sync_actor_identity"),
        ),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_lti_identity_evidence")),
    )
    op.create_index(op.f("ix_lti_identity_evidence_email_digest"), "lti_identity_evidence", ["email_digest"])
    op.create_index(op.f("ix_lti_identity_evidence_staff_code"), "lti_identity_evidence", ["staff_code"])

    op.create_table(
        "lti_identity_sample",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_values", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_lti_identity_sample_identity_id_sync_actor_identity"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_identity_sample_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "identity_id", name=op.f("pk_lti_identity_sample")),
    )
    op.create_index("ix_lti_identity_sample_taken", "lti_identity_sample", ["registration_id", "taken_at"])
    op.create_index(op.f("ix_lti_identity_sample_taken_at"), "lti_identity_sample", ["taken_at"])

    op.create_table(
        "sync_account_move",
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_person_id"],
            ["sync_person.person_id"],
            name=op.f("fk_sync_account_move_from_person_id_sync_person"),
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_sync_account_move_identity_id_sync_actor_identity"),
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"],
            ["sync_person.person_id"],
            name=op.f("fk_sync_account_move_to_person_id_sync_person"),
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["sync_account_move.move_id"],
            name=op.f("fk_sync_account_move_undoes_id_sync_account_move"),
        ),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_sync_account_move")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_sync_account_move_undoes_id")),
    )
    op.create_index(op.f("ix_sync_account_move_identity_id"), "sync_account_move", ["identity_id"])
    op.create_index(op.f("ix_sync_account_move_moved_at"), "sync_account_move", ["moved_at"])

    op.create_table(
        "sync_unit_claim",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("sealed_name", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('learner', 'lms')", name=op.f("ck_sync_unit_claim_known_source")),
        sa.CheckConstraint(
            "state = 'skipped' OR unit_id IS NOT NULL", name=op.f("ck_sync_unit_claim_unit_named")
        ),
        sa.CheckConstraint(
            "state IN ('skipped', 'declared', 'confirmed', 'rejected')",
            name=op.f("ck_sync_unit_claim_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["sync_appointment.appointment_id"],
            name=op.f("fk_sync_unit_claim_appointment_id_sync_appointment"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_sync_unit_claim_identity_id_sync_actor_identity"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_claim_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_sync_unit_claim")),
        sa.UniqueConstraint("identity_id", name=op.f("uq_sync_unit_claim_identity_id")),
    )
    op.create_index("ix_sync_unit_claim_unit", "sync_unit_claim", ["unit_id", "state"])

    op.create_table(
        "sync_unit_claim_event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["sync_unit_claim.claim_id"],
            name=op.f("fk_sync_unit_claim_event_claim_id_sync_unit_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_claim_event_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_sync_unit_claim_event")),
    )
    op.create_index("ix_sync_unit_claim_event_claim", "sync_unit_claim_event", ["claim_id", "happened_at"])
    # Registrations that work keep working: they trusted the user's id number. New ones trust nothing yet.
    op.execute(
        sa.text(
            "INSERT INTO lti_identity_rules (registration_id, version, rules, note, made_by, made_at) "
            "SELECT id, 1, :rules, '', 'migration', CURRENT_TIMESTAMP FROM lti_platform_registration"
        ).bindparams(rules=_RULES_BEFORE)
    )


def downgrade() -> None:
    op.drop_index("ix_sync_unit_claim_event_claim", table_name="sync_unit_claim_event")
    op.drop_index("ix_sync_unit_claim_unit", table_name="sync_unit_claim")
    op.drop_index(op.f("ix_sync_account_move_moved_at"), table_name="sync_account_move")
    op.drop_index(op.f("ix_sync_account_move_identity_id"), table_name="sync_account_move")
    op.drop_index(op.f("ix_lti_identity_sample_taken_at"), table_name="lti_identity_sample")
    op.drop_index("ix_lti_identity_sample_taken", table_name="lti_identity_sample")
    op.drop_index(op.f("ix_lti_identity_evidence_staff_code"), table_name="lti_identity_evidence")
    op.drop_index(op.f("ix_lti_identity_evidence_email_digest"), table_name="lti_identity_evidence")
    op.drop_index(op.f("ix_lti_identity_conflict_registration_id"), table_name="lti_identity_conflict")
    op.drop_table("sync_unit_claim_event")
    op.drop_table("sync_unit_claim")
    op.drop_table("sync_account_move")
    op.drop_table("lti_identity_sample")
    op.drop_table("lti_identity_evidence")
    op.drop_table("lti_identity_conflict")
    op.drop_table("lti_identity_rules")
