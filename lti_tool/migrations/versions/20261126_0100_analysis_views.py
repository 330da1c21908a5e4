"""Views for analysts, with stable names: a star schema to read, described in docs/analysts/star-schema.md.

Text, not Python objects of today: what this revision made must not change when the code does. Another shape
of a view is another revision. No view shows a name, a staff code, an account or a job title.

Revision: 20261126_0100
Follows: 20261126_0090
"""

from alembic import op

revision = "20261126_0100"
down_revision = "20261126_0090"
branch_labels = None
depends_on = None

_PERSON = """
SELECT person_id, pseudonym
FROM sync_person
"""

_ACCOUNT = """
SELECT identity_id AS account_id, person_id
FROM sync_actor_identity
"""

_UNIT = """
SELECT u.unit_id, u.scheme, u.code, u.level, l.name, l.short_name, l.kind, u.parent_id, u.territory_id,
       top.ancestor_id AS top_unit_id, COALESCE(top.depth + 1, 0) AS depth,
       u.valid_from, u.valid_to, u.dating, u.legal_basis
FROM sync_unit u
LEFT JOIN sync_unit_label l ON l.unit_id = u.unit_id AND l.valid_to = u.valid_to
LEFT JOIN (
    SELECT c.descendant_id, c.ancestor_id, c.depth
    FROM sync_unit_closure c
    JOIN sync_unit a ON a.unit_id = c.ancestor_id
    JOIN sync_unit r ON r.unit_id = a.parent_id AND r.parent_id IS NULL
    WHERE c.hierarchy = 'command'
) top ON top.descendant_id = u.unit_id
"""

_UNIT_NAME = """
SELECT unit_id, valid_from, valid_to, name, short_name, kind
FROM sync_unit_label
"""

_UNIT_TREE = """
SELECT hierarchy, ancestor_id, descendant_id, depth
FROM sync_unit_closure
"""

_UNIT_SUCCESSION = """
SELECT from_unit_id, to_unit_id, on_date, mode, is_default
FROM sync_unit_succession
"""

_APPOINTMENT = """
SELECT appointment_id, person_id, unit_id, staff_category, is_cchc, cchc_role, is_primary, valid_from,
       valid_to
FROM sync_appointment
"""

_HEADCOUNT = """
SELECT unit_id, population_code, as_of, people, document
FROM sync_headcount
"""

_MODULE = """
SELECT module_iri, COUNT(*) AS people_accessed, COUNT(first_completed_on) AS people_completed,
       MIN(first_accessed_on) AS first_accessed_on
FROM sync_person_module
GROUP BY module_iri
"""

_LEARNING_FACT = """
SELECT f.statement_id, f.seq, f.identity_id AS account_id, i.person_id, f.module_iri, f.kind, f.form,
       f.occurred_on, f.score_scaled, f.voided
FROM sync_learning_fact f
JOIN sync_actor_identity i ON i.identity_id = f.identity_id
"""

_QUIZ_SCORE = """
SELECT s.statement_id, s.seq, s.identity_id AS account_id, i.person_id, s.quiz_iri, s.occurred_on, s.scaled,
       s.passed, s.voided
FROM sync_quiz_score s
JOIN sync_actor_identity i ON i.identity_id = s.identity_id
"""

_PERSON_MODULE = """
SELECT person_id, module_iri, first_accessed_on, first_completed_on, last_completed_on, completions,
       best_scaled, access_unit_id, leaf_unit_id AS completion_unit_id
FROM sync_person_module
"""

_UNIT_MODULE_PERIOD = """
SELECT unit_id, module_iri, calendar, period_start, people_accessed, people_completed
FROM sync_unit_count
"""

_FRESHNESS = """
SELECT f.updated_at AS as_of, f.last_seq,
       (SELECT COUNT(*) FROM xapi_statement s WHERE s.seq > f.last_seq) AS statements_waiting,
       (SELECT COUNT(*) FROM sync_dirty_key) AS recounts_waiting
FROM sync_follower f
WHERE f.name = 'rollups'
"""

#: code, title, timing, direction, population. Numerators and denominators are in docs/indicators.md.
_INDICATORS = (
    (
        "cung-cap-kien-thuc",
        "Được cung cấp kiến thức, kỹ năng về cải cách hành chính",
        "stock",
        "higher",
        "qd905-can-bo-cong-chuc",
    ),
    (
        "tiep-can-hoc-lieu",
        "Được tiếp cận bài giảng, tài liệu về cải cách hành chính",
        "stock",
        "higher",
        "qd905-can-bo-cong-chuc",
    ),
    ("hoi-dap-dung-han", "Câu hỏi được trả lời đúng hạn", "flow", "higher", "qd905-can-bo-cong-chuc"),
    (
        "ket-qua-kiem-tra",
        "Kết quả kiểm tra: Giỏi, Khá, Đạt, Chưa đạt",
        "flow",
        "higher",
        "qd905-can-bo-cong-chuc",
    ),
    ("tien-bo-truoc-sau", "Tiến bộ trước và sau bồi dưỡng", "stock", "higher", "qd905-can-bo-cong-chuc"),
    (
        "boi-duong-roi-chuyen-viec",
        "Vừa bồi dưỡng xong đã chuyển việc khác",
        "stock",
        "lower",
        "qd905-can-bo-cong-chuc",
    ),
    ("theo-linh-vuc", "Được bồi dưỡng theo lĩnh vực", "stock", "higher", "qd905-can-bo-cong-chuc"),
    ("theo-ky-nang", "Được bồi dưỡng theo kỹ năng", "stock", "higher", "qd905-can-bo-cong-chuc"),
    ("hinh-thuc-boi-duong", "Hình thức bồi dưỡng", "flow", "neither", "qd905-can-bo-cong-chuc"),
)
#: indicator, last day, percent, whether the share must lie above it.
_TARGETS = (
    ("cung-cap-kien-thuc", "2025-12-31", 85, True),
    ("cung-cap-kien-thuc", "2030-12-31", 95, True),
    ("tiep-can-hoc-lieu", "2030-12-31", 100, False),
)

_VIEWS = {
    "analysis_person": _PERSON,
    "analysis_account": _ACCOUNT,
    "analysis_unit": _UNIT,
    "analysis_unit_name": _UNIT_NAME,
    "analysis_unit_tree": _UNIT_TREE,
    "analysis_unit_succession": _UNIT_SUCCESSION,
    "analysis_appointment": _APPOINTMENT,
    "analysis_headcount": _HEADCOUNT,
    "analysis_module": _MODULE,
    "analysis_learning_fact": _LEARNING_FACT,
    "analysis_quiz_score": _QUIZ_SCORE,
    "analysis_person_module": _PERSON_MODULE,
    "analysis_unit_module_period": _UNIT_MODULE_PERIOD,
    "analysis_freshness": _FRESHNESS,
}


def upgrade() -> None:
    for name, query in (_VIEWS | _views_of_words()).items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    for name in reversed([*_VIEWS, *_views_of_words()]):
        op.execute(f"DROP VIEW {name}")


def _views_of_words() -> dict[str, str]:
    """What has no table: the catalogue of indicators is part of the program."""
    indicators = [
        f"SELECT '{code}' AS code, '{title}' AS title, '{timing}' AS timing, '{direction}' AS direction, "
        f"'{population}' AS population_code"
        for code, title, timing, direction, population in _INDICATORS
    ]
    targets = [
        f"SELECT '{code}' AS indicator_code, {_day(day)} AS due_on, {percent} AS percent, "
        f"{_truth(exceeds)} AS exceeds"
        for code, day, percent, exceeds in _TARGETS
    ]
    return {
        "analysis_indicator": " UNION ALL ".join(indicators),
        "analysis_target": " UNION ALL ".join(targets),
    }


def _day(text: str) -> str:
    return f"DATE '{text}'" if _is_postgresql() else f"'{text}'"


def _truth(value: bool) -> str:
    return str(value).lower() if _is_postgresql() else str(int(value))


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
