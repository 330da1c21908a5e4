"""Tables of the catalogue. A version never changes; a channel says which one learners get."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class ContentVersion(Base):
    """One published content, named by the SHA-256 of its canonical bytes."""

    __tablename__ = "content_version"
    __table_args__ = (UniqueConstraint("package_id", "version"),)

    #: SHA-256 of `canonical`, hexadecimal.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: The package's id, which never changes.
    package_id: Mapped[str] = mapped_column(String(64))
    #: MAJOR.MINOR.PATCH.
    version: Mapped[str] = mapped_column(String(32))
    #: Title of the package in this version.
    title: Mapped[str] = mapped_column(Text)
    #: Canonical JSON (format cchc-canonical/1).
    canonical: Mapped[str] = mapped_column(Text)
    #: When it was published.
    published_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: The operator who published it; `command` for the command line, "" before this was kept.
    published_by: Mapped[str] = mapped_column(String(64), server_default="")
    #: Warnings that the compiler had, as a JSON list of path, line, code and message.
    findings: Mapped[str] = mapped_column(Text, server_default="[]")


class ContentChannel(Base):
    """Which version of a package a new learner gets."""

    __tablename__ = "content_channel"

    #: The package.
    package_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Its current version.
    digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"), index=True)
    #: Since when it is current.
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class ContentRelease(Base):
    """One change of a channel. Rows are only added: the history of what learners were given."""

    __tablename__ = "content_release"

    #: Surrogate key, in order of time.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The package.
    package_id: Mapped[str] = mapped_column(String(64), index=True)
    #: The version that became current.
    digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"), index=True)
    #: `publish` or `rollback`.
    kind: Mapped[str] = mapped_column(String(8))
    #: When.
    released_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: By which operator; `command` for the command line.
    released_by: Mapped[str] = mapped_column(String(64))
    #: Why, in the operator's words; "" when nothing was said.
    reason: Mapped[str] = mapped_column(String(300))


class ContentMedia(Base):
    """A picture or another file that versions show, named by its content."""

    __tablename__ = "content_media"

    #: `<sha256>.<ending>`.
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: For the Content-Type header.
    media_type: Mapped[str] = mapped_column(String(64))
    #: The bytes.
    content: Mapped[bytes] = mapped_column(LargeBinary)
