"""Tables of imported courses: packages and their files, learners' registrations, sessions, progress."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class ActivePackage(Base):
    """One imported course in one version. What was published never changes; it is replaced or withdrawn."""

    __tablename__ = "content_active_package"
    __table_args__ = (
        Index("ix_content_active_package_name_state", "name", "state"),
        # Of two who publish the same name at once, one is refused.
        Index(
            "uq_content_active_package_published",
            "name",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    #: Random, 32 hexadecimal digits.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: What links call the course; its versions share it.
    name: Mapped[str] = mapped_column(String(60))
    #: cmi5, scorm12, scorm2004, tincan, h5p; "" when nothing could be read.
    kind: Mapped[str] = mapped_column(String(16))
    #: As learners read it.
    title: Mapped[str] = mapped_column(Text)
    #: `formats.course_structure.CourseStructure` as JSON; "" when nothing could be read.
    structure: Mapped[str] = mapped_column(Text)
    #: What was found when it was read, as a JSON list.
    findings: Mapped[str] = mapped_column(Text)
    #: Name of the file as it came.
    file_name: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the file as it came, hexadecimal.
    digest: Mapped[str] = mapped_column(String(64))
    #: Bytes of all its files, unpacked.
    size: Mapped[int] = mapped_column(BigInteger)
    #: staged, published, replaced, withdrawn or discarded.
    state: Mapped[str] = mapped_column(String(16))
    #: When it came.
    received_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: Operator who brought it.
    received_by: Mapped[str] = mapped_column(String(64))
    #: Since when it has its state.
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Operator who gave it.
    changed_by: Mapped[str] = mapped_column(String(64))


class ActiveFile(Base):
    """One file of an imported course; its bytes are kept under their hash, once for all courses."""

    __tablename__ = "content_active_file"

    #: The course.
    package_id: Mapped[str] = mapped_column(
        ForeignKey("content_active_package.id", ondelete="CASCADE"), primary_key=True
    )
    #: In the package, with `/`.
    path: Mapped[str] = mapped_column(String(500), primary_key=True)
    #: SHA-256 of the bytes, hexadecimal.
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    #: Bytes.
    size: Mapped[int] = mapped_column(BigInteger)
    #: For the Content-Type header.
    media_type: Mapped[str] = mapped_column(String(64))
    #: Sent as a download, never shown as a page.
    as_download: Mapped[bool]


class ActiveRegistration(Base):
    """One learner's enrolment in one version of a course: `registration` in the words of cmi5."""

    __tablename__ = "content_active_registration"
    __table_args__ = (UniqueConstraint("enrolment", "package_id"),)

    #: Stands in every statement of its sessions.
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: The course in the version that was begun.
    package_id: Mapped[str] = mapped_column(ForeignKey("content_active_package.id"), index=True)
    #: The learner's account: the LMS.
    home_page: Mapped[str] = mapped_column(Text)
    #: The learner's account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255), index=True)
    #: xAPI registration of the launch from the LMS, under which the course counts and is graded.
    enrolment: Mapped[UUID] = mapped_column(Uuid)
    #: When it began.
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When the whole course was satisfied; never taken back.
    satisfied_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Score last told to the gradebook, 0.0 to 1.0.
    score: Mapped[float | None]
    #: How often a score was told; makes each telling a statement of its own.
    told: Mapped[int] = mapped_column(server_default="0")


class ActiveUnitProgress(Base):
    """How far a learner is with one unit."""

    __tablename__ = "content_active_unit"

    #: The learner and the course.
    registration_id: Mapped[UUID] = mapped_column(
        ForeignKey("content_active_registration.id", ondelete="CASCADE"), primary_key=True
    )
    #: Number of the unit, 0 for the first.
    place: Mapped[int] = mapped_column(primary_key=True)
    #: When it was completed.
    completed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it was passed.
    passed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it was last failed.
    failed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it was waived.
    waived_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: By which operator.
    waived_by: Mapped[str | None] = mapped_column(String(64))
    #: Best score, 0.0 to 1.0.
    score: Mapped[float | None]


class ActiveSession(Base):
    """One launch of one unit."""

    __tablename__ = "content_active_session"

    #: Session id in the words of cmi5.
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: The learner and the course.
    registration_id: Mapped[UUID] = mapped_column(
        ForeignKey("content_active_registration.id", ondelete="CASCADE"), index=True
    )
    #: Number of the unit.
    place: Mapped[int]
    #: Normal, Browse or Review.
    launch_mode: Mapped[str] = mapped_column(String(8))
    #: Score to reach, as it was at the launch.
    mastery: Mapped[float | None]
    #: SHA-256 of the secret in the addresses of its files.
    capability_digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: Origins whose pages may frame it, separated by spaces.
    frame_origin: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the secret of the one-time address.
    fetch_digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: SHA-256 of the token; "" before it was fetched.
    token_digest: Mapped[str] = mapped_column(String(64))
    #: When it was launched.
    launched_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When it ends by itself.
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When the unit last recorded something.
    last_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Whether the unit asked for the learner's preferences.
    preferences_read: Mapped[bool]
    #: Verbs of cmi5 that the unit used, as a JSON list.
    said: Mapped[str] = mapped_column(Text)
    #: When it ended.
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: terminated, abandoned; "" while it runs.
    ended_how: Mapped[str] = mapped_column(String(12))


class ScormRecord(Base):
    """What a SCO keeps between two launches: its data model, as its adapter sent it last."""

    __tablename__ = "content_scorm_record"

    #: The learner and the course.
    registration_id: Mapped[UUID] = mapped_column(
        ForeignKey("content_active_registration.id", ondelete="CASCADE"), primary_key=True
    )
    #: Number of the unit.
    place: Mapped[int] = mapped_column(primary_key=True)
    #: JSON object, element of the data model -> value.
    elements: Mapped[str] = mapped_column(Text)
    #: The session that wrote it, and its number of the commit: an older one never overwrites a newer.
    session_id: Mapped[UUID] = mapped_column(Uuid)
    commit_number: Mapped[int]
    #: Time spent in earlier sessions, in seconds.
    total_seconds: Mapped[float]
    #: Time spent in the session that wrote it, in seconds.
    session_seconds: Mapped[float]
    #: When it was written.
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)


class DispatchKey(Base):
    """A SCORM package that we gave out and that opens a content of ours elsewhere."""

    __tablename__ = "content_dispatch"

    #: Random, 32 hexadecimal digits; stands in the package.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: What it opens: `package`, `package/m/module` or `package/z/quiz`.
    content: Mapped[str] = mapped_column(String(255))
    #: What it is called in the other LMS.
    title: Mapped[str] = mapped_column(Text)
    #: Whom it was given to, in the operator's words.
    label: Mapped[str] = mapped_column(String(120))
    #: SHA-256 of the secret that the package signs with.
    secret_digest: Mapped[str] = mapped_column(String(64))
    #: When it was made.
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: By which operator.
    created_by: Mapped[str] = mapped_column(String(64))
    #: From when on it opens nothing.
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When an operator took it back.
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When it was last used.
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
