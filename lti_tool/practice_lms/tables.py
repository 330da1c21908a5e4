"""Tables of the practice LMS, in an SQLite file of its own that the tool never opens: see `database_file`."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
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
    #: Registers tools and sees every course.
    Column("is_administrator", Boolean, nullable=False, server_default="0"),
)

tool = Table(
    "tool",
    metadata,
    #: Also the deployment id, as one tool is deployed once.
    Column("tool_id", Integer, primary_key=True),
    Column("client_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("login_url", Text, nullable=False),
    #: The first address to which messages are posted; compared letter by letter.
    Column("redirect_uri", Text, nullable=False),
    Column("key_set_url", Text, nullable=False),
    #: Further ones, one a line.
    Column("more_redirect_uris", Text, nullable=False, server_default=""),
    #: What opens when an activity names nothing of its own; empty: the first redirect address.
    Column("target_link_uri", Text, nullable=False, server_default=""),
    #: Where content is chosen; empty: the tool offers no deep linking.
    Column("deep_linking_url", Text, nullable=False, server_default=""),
    #: `active`, or `pending` until the administrator activates it.
    Column("status", Text, nullable=False, server_default="active"),
    #: Scopes the tool may ask for, separated by blanks; empty: all that are offered.
    Column("scopes", Text, nullable=False, server_default=""),
    Column("shares_name", Boolean, nullable=False, server_default="1"),
    Column("shares_email", Boolean, nullable=False, server_default="1"),
    #: Custom parameters of every launch, a JSON object of texts.
    Column("custom", JSON, nullable=False, server_default="{}"),
    #: `iframe` or `window`: how activities open.
    Column("container", Text, nullable=False, server_default="iframe"),
)

#: One registration that the administrator has begun: an address pasted, a token handed out.
registration = Table(
    "registration",
    metadata,
    #: Given to the tool when it registers.
    Column("client_id", Text, primary_key=True),
    Column("registration_url", Text, nullable=False),
    #: The tool that is registered again, keeping its client id and deployment id.
    Column("tool_id", ForeignKey("tool.tool_id")),
    Column("begun_at", Instant, nullable=False),
    #: Set by the first use; there is no second one.
    Column("used_at", Instant),
)

course = Table(
    "course",
    metadata,
    Column("course_id", Integer, primary_key=True),
    Column("label", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    #: The course that this one was copied from.
    Column("copied_from", ForeignKey("course.course_id")),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("course_id", ForeignKey("course.course_id"), primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), primary_key=True),
    #: `teacher`, `assistant` or `learner`.
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
    #: The custom parameter `content` of a planned activity: what the tool shall open.
    Column("content", Text),
    #: Custom parameters, a JSON object of texts: what the tool gave the activity in deep linking.
    Column("custom", JSON, nullable=False, server_default="{}"),
    #: Empty: the tool's.
    Column("target_link_uri", Text, nullable=False, server_default=""),
    #: What the tool said about reviewing submissions (`url`, `custom`); null: nothing.
    Column("submission_review", JSON),
    UniqueConstraint("course_id", "tool_id", "content"),
)

line_item = Table(
    "line_item",
    metadata,
    Column("line_item_id", Integer, primary_key=True),
    #: The activity whose own column this is; null: a column that a tool added.
    Column("activity_id", ForeignKey("activity.activity_id"), unique=True),
    Column("label", Text, nullable=False),
    Column("score_maximum", Float, nullable=False),
    #: Of an added column: its course, its tool, and the activity it is tied to by `resourceLinkId`.
    Column("course_id", ForeignKey("course.course_id")),
    Column("tool_id", ForeignKey("tool.tool_id")),
    Column("tied_activity_id", ForeignKey("activity.activity_id")),
    Column("resource_id", Text, nullable=False, server_default=""),
    Column("tag", Text, nullable=False, server_default=""),
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
    #: Null: content is chosen for the course of `deep_link_id`.
    Column("activity_id", ForeignKey("activity.activity_id")),
    Column("person_id", ForeignKey("person.person_id"), nullable=False),
    #: `iframe` or `window`.
    Column("document_target", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    #: Set by the first use; there is no second one.
    Column("used_at", Instant),
    Column("deep_link_id", ForeignKey("deep_link.deep_link_id")),
    #: Whose submission is reviewed.
    Column("reviewed_person_id", ForeignKey("person.person_id")),
)

#: One visit of a teacher to a tool's picker, and what came back from it.
deep_link = Table(
    "deep_link",
    metadata,
    Column("deep_link_id", Text, primary_key=True),
    Column("course_id", ForeignKey("course.course_id"), nullable=False),
    Column("tool_id", ForeignKey("tool.tool_id"), nullable=False),
    Column("person_id", ForeignKey("person.person_id"), nullable=False),
    #: What must come back as `data`, where the profile sends it.
    Column("text_to_echo", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    #: The items that the tool answered with, a JSON list; null: no answer yet.
    Column("items", JSON(none_as_null=True)),
    Column("message", Text, nullable=False, server_default=""),
    Column("answered_at", Instant),
    #: When the teacher accepted the items; they become activities once.
    Column("accepted_at", Instant),
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
