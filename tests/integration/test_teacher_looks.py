"""What teachers are shown of learners is in the audit log before the page is answered."""

import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lti_tool.database import audit_file, create_audit_engine, create_database_engine
from lti_tool.database_schema import downgrade_database, schema_differences, upgrade_database
from tests.factories.player import QUIZ, open_classroom
from tests.integration.test_marking_pages import WITH_ESSAY, note_launches, write_essay
from xapi_bridge.running_app import audit_transaction
from xapi_bridge.store.audit import Reader, ReadingFilter, digest_person, list_readings

QUIZ_ID = QUIZ.partition("/")[2]
BEFORE_TEACHERS = "20261127_0200"


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path / "lop", clock=clock, changes=WITH_ESSAY) as opened:
        yield opened


def noted(classroom, **wanted):
    with classroom.app.app_context(), audit_transaction(read_only=True) as session:
        return list_readings(session, ReadingFilter(**wanted), limit=100)


@pytest.mark.parametrize(
    ("path", "what", "is_about_one"),
    [
        ("lop-hoc", "teacher_course", False),
        ("lop-hoc/diem", "teacher_scores", False),
        ("cham-bai", "essays", False),
        ("cham-bai/1/{position}", "essay", True),
        ("them-gio", "more_time", False),
        ("bai-lam", "learner_work", True),
        (f"bai-lam/{QUIZ_ID}/1", "learner_attempt", True),
    ],
)
def test_each_page_of_a_teacher_leaves_who_what_and_whom(classroom, path, what, is_about_one):
    position = write_essay(classroom)
    learner = classroom.admit().ticket.learner
    teacher = classroom.admit(role="teacher")
    note_launches(classroom, teacher)

    answer = teacher.get(path.format(position=position))

    assert answer.status_code == 200, answer.text
    (entry,) = noted(classroom)
    assert (entry.reader, entry.resource) == (Reader("teacher", "gv"), what)
    assert f'"course":"{teacher.ticket.course_id}"' in entry.asked
    with classroom.app.app_context():
        secret = classroom.app.config["SECRET_KEY"].encode()
    whom = digest_person(("account", learner.home_page, learner.name), secret=secret)
    assert entry.person_digest == (whom if is_about_one else None)


def test_what_is_refused_leaves_nothing(classroom):
    write_essay(classroom)
    learner, teacher = classroom.admit(), classroom.admit(role="teacher")

    assert learner.get("cham-bai").status_code == 403
    assert teacher.get("cham-bai/1/99").status_code == 404
    assert teacher.get(f"bai-lam/{QUIZ_ID}/9").status_code == 404

    assert noted(classroom) == []


def test_a_launch_that_is_no_longer_kept_is_named_by_its_id(classroom):
    teacher = classroom.admit(role="teacher", launch_session_id="c" * 32)

    teacher.get("cham-bai")

    assert noted(classroom)[0].reader == Reader("teacher", "launch/cccccccc")


def test_a_page_that_cannot_be_noted_is_not_shown(classroom, monkeypatch):
    write_essay(classroom)
    teacher = classroom.admit(role="teacher")
    monkeypatch.setattr("xapi_bridge.reading_log.note_reading", _refuse)

    assert teacher.get("cham-bai").status_code == 500


def _refuse(*_):
    raise sqlite3.OperationalError("disk full")


def test_the_log_of_before_keeps_its_rows_and_takes_teachers(empty_engine):
    upgrade_database(empty_engine)
    downgrade_database(empty_engine, to=BEFORE_TEACHERS)
    add_reading(empty_engine, "key")
    with pytest.raises(IntegrityError):
        add_reading(empty_engine, "teacher")

    upgrade_database(empty_engine)
    add_reading(empty_engine, "teacher")

    assert kinds_in(empty_engine) == ["key", "teacher"]
    assert schema_differences(empty_engine) == []
    with pytest.raises(IntegrityError):
        add_reading(empty_engine, "somebody")


@pytest.fixture
def narrow_file(tmp_path):
    """The database whose file of readings was made before teachers were among the readers."""
    engine = create_database_engine(f"sqlite:///{tmp_path / 'cchc.sqlite'}")
    made = create_audit_engine(engine)
    made.connect().close()
    made.dispose()
    path = audit_file(tmp_path / "cchc.sqlite")
    with sqlite3.connect(path, isolation_level=None) as connection:
        (command,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'xapi_reading'"
        ).fetchone()
        connection.execute("DROP TABLE xapi_reading")
        connection.execute(command.replace("'teacher', ", ""))
    yield engine
    engine.dispose()


def test_a_file_of_before_is_widened_once_with_all_its_rows(narrow_file):
    before = sqlite3.connect(audit_file_of(narrow_file))
    before.executemany(INSERT, [(f"k{number}", "key") for number in range(500)])
    before.commit()
    before.close()

    engines = [create_audit_engine(narrow_file) for _ in range(4)]
    failures = []
    workers = [threading.Thread(target=_add, args=(one, failures)) for one in engines]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert kinds_in(engines[0]) == ["key"] * 500 + ["teacher"] * 4
    with pytest.raises(DBAPIError, match="append-only"), engines[0].begin() as connection:
        connection.execute(text("UPDATE xapi_reading SET records = 0"))
    with engines[0].connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')"))
        names = set(tables.scalars())
    assert {"ix_xapi_reading_reader", "ix_xapi_reading_person_digest", "ix_xapi_reading_read_at"} <= names
    assert "xapi_reading_before" not in names
    for engine in engines:
        engine.dispose()


INSERT = (
    "INSERT INTO xapi_reading (read_at, reader, reader_kind, resource, asked, records, request_id) "
    "VALUES ('2026-11-24 02:00:00', ?, ?, 'statements', '{}', 1, 'request-1')"
)


def audit_file_of(engine):
    return engine.url.database.replace("cchc.sqlite", "cchc-audit.sqlite")


def _add(engine, failures):
    try:
        add_reading(engine, "teacher")
    except DBAPIError as failure:
        failures.append(failure)


def add_reading(engine, kind):
    with engine.begin() as connection:
        connection.execute(text(INSERT.replace("?, ?", ":reader, :kind")), {"reader": "x", "kind": kind})


def kinds_in(engine):
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT reader_kind FROM xapi_reading ORDER BY 1")).scalars())
