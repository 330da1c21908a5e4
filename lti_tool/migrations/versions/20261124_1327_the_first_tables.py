"""The first tables.

Old code still runs while this migration does: add before you use, stop using before you remove.

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


#: PostgreSQL: an exclusion constraint sees rows of transactions that have not committed yet. Ranges on both
#: sides need no extension. Decision 0004.
POSTGRESQL_RULES = (
    """
    ALTER TABLE sync_appointment ADD CONSTRAINT ex_sync_appointment_one_primary_post EXCLUDE USING gist (
        int4range(person_id, person_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
    ) WHERE (is_primary)
    """,
)
#: SQLite has one writer at a time, so triggers see every row that counts.
SQLITE_RULES = (
    """
    CREATE TRIGGER sync_appointment_one_primary_post_insert BEFORE INSERT ON sync_appointment
    WHEN NEW.is_primary AND EXISTS (
        SELECT 1 FROM sync_appointment AS other
        WHERE other.person_id = NEW.person_id AND other.is_primary
          AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to
    )
    BEGIN
        SELECT RAISE(ABORT, 'one_primary_post');
    END
    """,
    """
    CREATE TRIGGER sync_appointment_one_primary_post_update BEFORE UPDATE ON sync_appointment
    WHEN NEW.is_primary AND EXISTS (
        SELECT 1 FROM sync_appointment AS other
        WHERE other.person_id = NEW.person_id AND other.is_primary
          AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to
          AND other.appointment_id <> OLD.appointment_id
    )
    BEGIN
        SELECT RAISE(ABORT, 'one_primary_post');
    END
    """,
)


def upgrade() -> None:
    op.create_table(
        "content_media",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_content_media")),
    )
    op.create_table(
        "content_module_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("module_id", sa.String(length=64), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_module_progress")),
        sa.UniqueConstraint(
            "home_page",
            "name",
            "package_id",
            "module_id",
            name=op.f("uq_content_module_progress_home_page_name_package_id_module_id"),
        ),
    )
    op.create_table(
        "content_version",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_content_version")),
        sa.UniqueConstraint("package_id", "version", name=op.f("uq_content_version_package_id_version")),
    )
    op.create_table(
        "lti_platform_registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("authorization_url", sa.String(length=2000), nullable=False),
        sa.Column("token_url", sa.String(length=2000), nullable=False),
        sa.Column("token_audience", sa.String(length=2000), nullable=False),
        sa.Column("key_set_url", sa.String(length=2000), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_platform_registration")),
        sa.UniqueConstraint(
            "issuer", "client_id", name=op.f("uq_lti_platform_registration_issuer_client_id")
        ),
    )
    op.create_table(
        "lti_sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_sign_in_attempt")),
    )
    op.create_index(op.f("ix_lti_sign_in_attempt_address"), "lti_sign_in_attempt", ["address"], unique=False)
    op.create_index(
        "ix_lti_sign_in_attempt_pair",
        "lti_sign_in_attempt",
        ["username", "address", "tried_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lti_sign_in_attempt_tried_at"), "lti_sign_in_attempt", ["tried_at"], unique=False
    )
    op.create_table(
        "lti_tool_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sealed_private_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_lti_tool_key")),
    )
    op.create_table(
        "sync_expected_score",
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("platform_registration_id", sa.Integer(), nullable=False),
        sa.Column("line_item_url", sa.String(length=1000), nullable=False),
        sa.Column("lms_user_id", sa.String(length=255), nullable=False),
        sa.Column("score_maximum", sa.Double(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score_maximum > 0", name=op.f("ck_sync_expected_score_maximum_above_zero")),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_sync_expected_score")),
    )
    op.create_table(
        "sync_final_result",
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("best_scaled", sa.Double(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_sync_final_result")),
    )
    op.create_table(
        "sync_follower",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sync_follower")),
    )
    op.create_table(
        "sync_outgoing_score",
        sa.Column("outgoing_score_id", sa.Integer(), nullable=False),
        sa.Column("platform_registration_id", sa.Integer(), nullable=False),
        sa.Column("line_item_url", sa.String(length=1000), nullable=False),
        sa.Column("lms_user_id", sa.String(length=255), nullable=False),
        sa.Column("score_maximum", sa.Double(), nullable=False),
        sa.Column("best_scaled", sa.Double(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("delivered_scaled", sa.Double(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("outgoing_score_id", name=op.f("pk_sync_outgoing_score")),
        sa.UniqueConstraint(
            "platform_registration_id",
            "line_item_url",
            "lms_user_id",
            name=op.f("uq_sync_outgoing_score_platform_registration_id_line_item_url_lms_user_id"),
        ),
    )
    op.create_index("ix_sync_outgoing_score_due_at", "sync_outgoing_score", ["due_at"], unique=False)
    op.create_table(
        "sync_person",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sync_person")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_sync_person_pseudonym")),
    )
    op.create_table(
        "sync_unit",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=35), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("dating", sa.String(length=8), nullable=False),
        sa.Column("legal_basis", sa.String(length=120), nullable=False),
        sa.CheckConstraint("dating IN ('enacted', 'attested')", name=op.f("ck_sync_unit_known_dating")),
        sa.CheckConstraint(
            "level IN ('national', 'central', 'province', 'district', 'commune')",
            name=op.f("ck_sync_unit_known_level"),
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_sync_unit_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_parent_id_sync_unit")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_territory_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_sync_unit")),
        sa.UniqueConstraint("scheme", "code", "valid_from", name=op.f("uq_sync_unit_scheme_code_valid_from")),
    )
    op.create_index(op.f("ix_sync_unit_parent_id"), "sync_unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_sync_unit_territory_id"), "sync_unit", ["territory_id"], unique=False)
    op.create_table(
        "sync_unit_list",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sync_unit_list")),
    )
    op.create_table(
        "sync_void_pending",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_sync_void_pending")),
    )
    op.create_table(
        "xapi_credential",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("label", sa.String(length=160), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_xapi_credential")),
    )
    op.create_table(
        "xapi_posting",
        sa.Column(
            "term_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("mask", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("term_id", "seq", name=op.f("pk_xapi_posting")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_xapi_posting_direct",
        "xapi_posting",
        ["term_id", "seq"],
        unique=False,
        postgresql_where=sa.text("mask & 12291 <> 0"),
        sqlite_where=sa.text("mask & 12291 <> 0"),
    )
    op.create_table(
        "xapi_term",
        sa.Column("term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("posting_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("term_id", name=op.f("pk_xapi_term")),
        sa.UniqueConstraint("digest", name=op.f("uq_xapi_term_digest")),
    )
    op.create_table(
        "content_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("package_digest", sa.String(length=64), nullable=False),
        sa.Column("quiz_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "state IN ('inprogress', 'finished', 'overdue')", name=op.f("ck_content_attempt_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["package_digest"],
            ["content_version.digest"],
            name=op.f("fk_content_attempt_package_digest_content_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_attempt")),
        sa.UniqueConstraint(
            "home_page",
            "name",
            "registration",
            "package_id",
            "quiz_id",
            "number",
            name=op.f("uq_content_attempt_home_page_name_registration_package_id_quiz_id_number"),
        ),
    )
    op.create_index("ix_content_attempt_due", "content_attempt", ["state", "due_at"], unique=False)
    op.create_index(
        "ix_content_attempt_learner_quiz",
        "content_attempt",
        ["home_page", "name", "package_id", "quiz_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_content_attempt_package_digest"), "content_attempt", ["package_digest"], unique=False
    )
    op.create_table(
        "content_channel",
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["content_version.digest"], name=op.f("fk_content_channel_digest_content_version")
        ),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_content_channel")),
    )
    op.create_index(op.f("ix_content_channel_digest"), "content_channel", ["digest"], unique=False)
    op.create_table(
        "content_check_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("progress_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["progress_id"],
            ["content_module_progress.id"],
            name=op.f("fk_content_check_answer_progress_id_content_module_progress"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_check_answer")),
        sa.UniqueConstraint(
            "progress_id",
            "question_id",
            "seq",
            name=op.f("uq_content_check_answer_progress_id_question_id_seq"),
        ),
    )
    op.create_table(
        "content_section_read",
        sa.Column("progress_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["progress_id"],
            ["content_module_progress.id"],
            name=op.f("fk_content_section_read_progress_id_content_module_progress"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("progress_id", "section", name=op.f("pk_content_section_read")),
    )
    op.create_table(
        "lti_deployment",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_deployment_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "deployment_id", name=op.f("pk_lti_deployment")),
    )
    op.create_table(
        "lti_launch_session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("account_home_page", sa.String(length=400), nullable=False),
        sa.Column("account_name", sa.String(length=255), nullable=False),
        sa.Column("course_id", sa.String(length=255), nullable=False),
        sa.Column("course_title", sa.String(length=400), nullable=False),
        sa.Column("resource_link_id", sa.String(length=255), nullable=False),
        sa.Column("line_item_url", sa.String(length=2000), nullable=True),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("xapi_registration", sa.Uuid(), nullable=False),
        sa.Column("package_digest", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('learner', 'teacher')", name=op.f("ck_lti_launch_session_known_role")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_launch_session_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_launch_session")),
    )
    op.create_index(
        op.f("ix_lti_launch_session_registration_id"), "lti_launch_session", ["registration_id"], unique=False
    )
    op.create_index(
        op.f("ix_lti_launch_session_xapi_registration"),
        "lti_launch_session",
        ["xapi_registration"],
        unique=False,
    )
    op.create_table(
        "lti_login_state",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("target_link_uri", sa.String(length=2000), nullable=False),
        sa.Column("browser_secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_platform_registration.id"],
            name=op.f("fk_lti_login_state_registration_id_lti_platform_registration"),
        ),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_lti_login_state")),
    )
    op.create_index(op.f("ix_lti_login_state_expires_at"), "lti_login_state", ["expires_at"], unique=False)
    op.create_table(
        "lti_operator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role <> 'unit_manager' OR unit_id IS NOT NULL", name=op.f("ck_lti_operator_manager_has_unit")
        ),
        sa.CheckConstraint(
            "role IN ('administrator', 'analyst', 'unit_manager')", name=op.f("ck_lti_operator_known_role")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_lti_operator_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_operator")),
        sa.UniqueConstraint("username", name=op.f("uq_lti_operator_username")),
    )
    op.create_table(
        "sync_actor_identity",
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("home_page", sa.String(length=400), nullable=False),
        sa.Column("account_name", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["sync_person.person_id"],
            name=op.f("fk_sync_actor_identity_person_id_sync_person"),
        ),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_sync_actor_identity")),
        sa.UniqueConstraint(
            "home_page", "account_name", name=op.f("uq_sync_actor_identity_home_page_account_name")
        ),
    )
    op.create_index(
        op.f("ix_sync_actor_identity_person_id"), "sync_actor_identity", ["person_id"], unique=False
    )
    op.create_table(
        "sync_appointment",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=160), nullable=False),
        sa.Column("staff_category", sa.String(length=10), nullable=False),
        sa.Column("is_cchc", sa.Boolean(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "staff_category IN ('can_bo', 'cong_chuc', 'vien_chuc')",
            name=op.f("ck_sync_appointment_known_category"),
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_sync_appointment_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_appointment_person_id_sync_person")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_appointment_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_sync_appointment")),
    )
    op.create_index(op.f("ix_sync_appointment_person_id"), "sync_appointment", ["person_id"], unique=False)
    op.create_index(op.f("ix_sync_appointment_unit_id"), "sync_appointment", ["unit_id"], unique=False)
    op.create_table(
        "sync_dirty_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_iri", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_dirty_key_person_id_sync_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "module_iri", name=op.f("pk_sync_dirty_key")),
    )
    op.create_table(
        "sync_person_detail",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("staff_code", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_person_detail_person_id_sync_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sync_person_detail")),
        sa.UniqueConstraint("staff_code", name=op.f("uq_sync_person_detail_staff_code")),
    )
    op.create_table(
        "sync_person_module",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_iri", sa.String(length=400), nullable=False),
        sa.Column("first_accessed_on", sa.Date(), nullable=False),
        sa.Column("first_completed_on", sa.Date(), nullable=True),
        sa.Column("last_completed_on", sa.Date(), nullable=True),
        sa.Column("completions", sa.Integer(), nullable=False),
        sa.Column("best_scaled", sa.Double(), nullable=True),
        sa.Column("access_unit_id", sa.Integer(), nullable=True),
        sa.Column("leaf_unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_unit_id"],
            ["sync_unit.unit_id"],
            name=op.f("fk_sync_person_module_access_unit_id_sync_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["leaf_unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_person_module_leaf_unit_id_sync_unit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["sync_person.person_id"], name=op.f("fk_sync_person_module_person_id_sync_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "module_iri", name=op.f("pk_sync_person_module")),
    )
    op.create_index(
        "ix_sync_person_module_leaf", "sync_person_module", ["leaf_unit_id", "module_iri"], unique=False
    )
    op.create_index(
        "ix_sync_person_module_module",
        "sync_person_module",
        ["module_iri", "first_completed_on"],
        unique=False,
    )
    op.create_table(
        "sync_unit_closure",
        sa.Column("hierarchy", sa.String(length=10), nullable=False),
        sa.Column("ancestor_id", sa.Integer(), nullable=False),
        sa.Column("descendant_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_closure_ancestor_id_sync_unit")
        ),
        sa.ForeignKeyConstraint(
            ["descendant_id"],
            ["sync_unit.unit_id"],
            name=op.f("fk_sync_unit_closure_descendant_id_sync_unit"),
        ),
        sa.PrimaryKeyConstraint(
            "hierarchy", "ancestor_id", "descendant_id", name=op.f("pk_sync_unit_closure")
        ),
    )
    op.create_index(
        "ix_sync_unit_closure_upwards",
        "sync_unit_closure",
        ["hierarchy", "descendant_id", "ancestor_id"],
        unique=False,
    )
    op.create_table(
        "sync_unit_count",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("module_iri", sa.String(length=400), nullable=False),
        sa.Column("calendar", sa.String(length=10), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("people_accessed", sa.Integer(), nullable=False),
        sa.Column("people_completed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_count_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint(
            "unit_id", "module_iri", "calendar", "period_start", name=op.f("pk_sync_unit_count")
        ),
    )
    op.create_table(
        "sync_unit_label",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("short_name", sa.String(length=160), nullable=False),
        sa.Column("folded_name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("dating", sa.String(length=8), nullable=False),
        sa.Column("legal_basis", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_label_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", "valid_from", name=op.f("pk_sync_unit_label")),
    )
    op.create_index(op.f("ix_sync_unit_label_folded_name"), "sync_unit_label", ["folded_name"], unique=False)
    op.create_table(
        "sync_unit_succession",
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_unit_id"],
            ["sync_unit.unit_id"],
            name=op.f("fk_sync_unit_succession_from_unit_id_sync_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["to_unit_id"], ["sync_unit.unit_id"], name=op.f("fk_sync_unit_succession_to_unit_id_sync_unit")
        ),
        sa.PrimaryKeyConstraint(
            "from_unit_id", "to_unit_id", "on_date", name=op.f("pk_sync_unit_succession")
        ),
    )
    op.create_index(
        op.f("ix_sync_unit_succession_to_unit_id"), "sync_unit_succession", ["to_unit_id"], unique=False
    )
    op.create_table(
        "xapi_statement",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("verb_term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("authority_term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_term_id"],
            ["xapi_term.term_id"],
            name=op.f("fk_xapi_statement_authority_term_id_xapi_term"),
        ),
        sa.ForeignKeyConstraint(
            ["verb_term_id"], ["xapi_term.term_id"], name=op.f("fk_xapi_statement_verb_term_id_xapi_term")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_xapi_statement")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_xapi_statement_statement_id")),
    )
    op.create_index(
        "ix_xapi_statement_target_id",
        "xapi_statement",
        ["target_id"],
        unique=False,
        postgresql_where=sa.text("target_id IS NOT NULL"),
        sqlite_where=sa.text("target_id IS NOT NULL"),
    )
    op.create_table(
        "content_attempt_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("option_order", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["content_attempt.id"],
            name=op.f("fk_content_attempt_item_attempt_id_content_attempt"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_attempt_item")),
        sa.UniqueConstraint(
            "attempt_id", "position", name=op.f("uq_content_attempt_item_attempt_id_position")
        ),
        sa.UniqueConstraint(
            "attempt_id", "question_id", name=op.f("uq_content_attempt_item_attempt_id_question_id")
        ),
    )
    op.create_table(
        "lti_operator_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["lti_operator.id"],
            name=op.f("fk_lti_operator_session_operator_id_lti_operator"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_lti_operator_session")),
    )
    op.create_index(
        op.f("ix_lti_operator_session_expires_at"), "lti_operator_session", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_lti_operator_session_operator_id"), "lti_operator_session", ["operator_id"], unique=False
    )
    op.create_table(
        "sync_learning_fact",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("module_iri", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("score_scaled", sa.Double(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["sync_actor_identity.identity_id"],
            name=op.f("fk_sync_learning_fact_identity_id_sync_actor_identity"),
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_sync_learning_fact")),
    )
    op.create_index(
        "ix_sync_learning_fact_learner", "sync_learning_fact", ["identity_id", "module_iri"], unique=False
    )
    op.create_table(
        "content_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_attempt_item.id"],
            name=op.f("fk_content_answer_item_id_content_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_answer")),
        sa.UniqueConstraint("item_id", "seq", name=op.f("uq_content_answer_item_id_seq")),
    )
    op.create_table(
        "content_draft",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_attempt_item.id"],
            name=op.f("fk_content_draft_item_id_content_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_content_draft")),
    )

    rules = {"postgresql": POSTGRESQL_RULES, "sqlite": SQLITE_RULES}
    for rule in rules[op.get_bind().dialect.name]:
        op.execute(rule)


def downgrade() -> None:
    op.drop_table("content_draft")
    op.drop_table("content_answer")
    op.drop_index("ix_sync_learning_fact_learner", table_name="sync_learning_fact")
    op.drop_table("sync_learning_fact")
    op.drop_index(op.f("ix_lti_operator_session_operator_id"), table_name="lti_operator_session")
    op.drop_index(op.f("ix_lti_operator_session_expires_at"), table_name="lti_operator_session")
    op.drop_table("lti_operator_session")
    op.drop_table("content_attempt_item")
    op.drop_index(
        "ix_xapi_statement_target_id",
        table_name="xapi_statement",
        postgresql_where=sa.text("target_id IS NOT NULL"),
        sqlite_where=sa.text("target_id IS NOT NULL"),
    )
    op.drop_table("xapi_statement")
    op.drop_index(op.f("ix_sync_unit_succession_to_unit_id"), table_name="sync_unit_succession")
    op.drop_table("sync_unit_succession")
    op.drop_index(op.f("ix_sync_unit_label_folded_name"), table_name="sync_unit_label")
    op.drop_table("sync_unit_label")
    op.drop_table("sync_unit_count")
    op.drop_index("ix_sync_unit_closure_upwards", table_name="sync_unit_closure")
    op.drop_table("sync_unit_closure")
    op.drop_index("ix_sync_person_module_module", table_name="sync_person_module")
    op.drop_index("ix_sync_person_module_leaf", table_name="sync_person_module")
    op.drop_table("sync_person_module")
    op.drop_table("sync_person_detail")
    op.drop_table("sync_dirty_key")
    op.drop_index(op.f("ix_sync_appointment_unit_id"), table_name="sync_appointment")
    op.drop_index(op.f("ix_sync_appointment_person_id"), table_name="sync_appointment")
    op.drop_table("sync_appointment")
    op.drop_index(op.f("ix_sync_actor_identity_person_id"), table_name="sync_actor_identity")
    op.drop_table("sync_actor_identity")
    op.drop_table("lti_operator")
    op.drop_index(op.f("ix_lti_login_state_expires_at"), table_name="lti_login_state")
    op.drop_table("lti_login_state")
    op.drop_index(op.f("ix_lti_launch_session_xapi_registration"), table_name="lti_launch_session")
    op.drop_index(op.f("ix_lti_launch_session_registration_id"), table_name="lti_launch_session")
    op.drop_table("lti_launch_session")
    op.drop_table("lti_deployment")
    op.drop_table("content_section_read")
    op.drop_table("content_check_answer")
    op.drop_index(op.f("ix_content_channel_digest"), table_name="content_channel")
    op.drop_table("content_channel")
    op.drop_index(op.f("ix_content_attempt_package_digest"), table_name="content_attempt")
    op.drop_index("ix_content_attempt_learner_quiz", table_name="content_attempt")
    op.drop_index("ix_content_attempt_due", table_name="content_attempt")
    op.drop_table("content_attempt")
    op.drop_table("xapi_term")
    op.drop_index(
        "ix_xapi_posting_direct",
        table_name="xapi_posting",
        postgresql_where=sa.text("mask & 12291 <> 0"),
        sqlite_where=sa.text("mask & 12291 <> 0"),
    )
    op.drop_table("xapi_posting")
    op.drop_table("xapi_credential")
    op.drop_table("sync_void_pending")
    op.drop_table("sync_unit_list")
    op.drop_index(op.f("ix_sync_unit_territory_id"), table_name="sync_unit")
    op.drop_index(op.f("ix_sync_unit_parent_id"), table_name="sync_unit")
    op.drop_table("sync_unit")
    op.drop_table("sync_person")
    op.drop_index("ix_sync_outgoing_score_due_at", table_name="sync_outgoing_score")
    op.drop_table("sync_outgoing_score")
    op.drop_table("sync_follower")
    op.drop_table("sync_final_result")
    op.drop_table("sync_expected_score")
    op.drop_table("lti_tool_key")
    op.drop_index(op.f("ix_lti_sign_in_attempt_tried_at"), table_name="lti_sign_in_attempt")
    op.drop_index("ix_lti_sign_in_attempt_pair", table_name="lti_sign_in_attempt")
    op.drop_index(op.f("ix_lti_sign_in_attempt_address"), table_name="lti_sign_in_attempt")
    op.drop_table("lti_sign_in_attempt")
    op.drop_table("lti_platform_registration")
    op.drop_table("content_version")
    op.drop_table("content_module_progress")
    op.drop_table("content_media")
