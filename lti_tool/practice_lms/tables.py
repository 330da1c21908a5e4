"""Tables of the practice LMS, in an SQLite file of its own that the tool never opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.types import TypeDecorator

metadata: Final = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as ISO 8601 text in UTC."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


#: Secrets of this installation: `signing_key` (PEM) and `session_secret`.
setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("person_id", Integer, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    #: What the tool receives as `lis.person_sourcedid`.
    Column("staff_code", Text, nullable=False, unique=True),
    Column("family_name", Text, nullable=False),
    Column("given_name", Text, nullable=False),
    #: Unit and post in words, shown only here.
    Column("affiliation", Text, nullable=False),
)

tool = Table(
    "tool",
    metadata,
    #: Also the deployment id, as one tool is deployed once.
    Column("tool_id", Integer, primary_key=True),
    Column("client_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("login_url", Text, nullable=False),
    #: The only address to which messages are posted; compared letter by letter.
    Column("redirect_uri", Text, nullable=False),
    Column("key_set_url", Text, nullable=False),
)

course = Table(
    "course",
    metadata,
    Column("course_id", Integer, primary_key=True),
    Column("label", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("course_id", ForeignKey("course.course_id"), primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), primary_key=True),
    #: `teacher` or `learner`.
    Column("role", Text, nullable=False),
)

activity = Table(
    "activity",
    metadata,
    #: Also the resource link id.
    Column("activity_id", Integer, primary_key=True),
    Column("course_id", ForeignKey("course.course_id"), nullable=False),
    Column("tool_id", ForeignKey("tool.tool_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    #: The custom parameter `content`: what the tool shall open.
    Column("content", Text, nullable=False),
    UniqueConstraint("course_id", "tool_id", "content"),
)

line_item = Table(
    "line_item",
    metadata,
    Column("line_item_id", Integer, primary_key=True),
    Column("activity_id", ForeignKey("activity.activity_id"), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("score_maximum", Float, nullable=False),
)

grade = Table(
    "grade",
    metadata,
    Column("line_item_id", ForeignKey("line_item.line_item_id"), primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), primary_key=True),
    #: In points of the column; empty after a score that was not final.
    Column("points", Float),
    Column("comment", Text, nullable=False),
    #: What the tool said; a score must be later than this.
    Column("scored_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
)

launch = Table(
    "launch",
    metadata,
    #: The secret part of `lti_message_hint`.
    Column("launch_id", Text, primary_key=True),
    Column("activity_id", ForeignKey("activity.activity_id"), nullable=False),
    Column("person_id", ForeignKey("person.person_id"), nullable=False),
    #: `iframe` or `window`.
    Column("document_target", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    #: Set by the first use; there is no second one.
    Column("used_at", Instant),
)

used_assertion = Table(
    "used_assertion",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("jti", Text, primary_key=True),
    Column("expires_at", Instant, nullable=False),
)

access_token = Table(
    "access_token",
    metadata,
    #: SHA-256 of the token: the file does not hold what would open the door.
    Column("token_hash", Text, primary_key=True),
    Column("tool_id", ForeignKey("tool.tool_id"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
)


def open_database(path: Path) -> Engine:
    """An engine on the file at `path`, which is made with all tables when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _take_write_lock)
    metadata.create_all(engine)
    return engine


def _prepare_connection(connection: Any, _record: Any) -> None:
    # The driver would otherwise begin transactions by its own rules.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _take_write_lock(connection: Connection) -> None:
    # At once, so that reading a hint and using it up are one step.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def work(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed at the end of the block, undone when it raises."""
    with engine.begin() as connection:
        yield connection
