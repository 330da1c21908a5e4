"""Tables of reading: what a learner opened, read and tried in a module."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class ModuleProgress(Base):
    """A learner and a module: reading counts once, from whichever link of the LMS it was done."""

    __tablename__ = "content_module_progress"
    __table_args__ = (UniqueConstraint("home_page", "name", "package_id", "module_id"),)

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The learner's account: the LMS.
    home_page: Mapped[str] = mapped_column(Text)
    #: The learner's account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255))
    #: The package.
    package_id: Mapped[str] = mapped_column(String(64))
    #: The module.
    module_id: Mapped[str] = mapped_column(String(64))
    #: xAPI registration under which it was first opened.
    registration: Mapped[UUID] = mapped_column(Uuid)
    #: When it was first opened.
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: When everything that the module asks for was done; never taken back.
    completed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The share that was told last as a statement, 0..99 percent; it only rises.
    told_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The section that was open last; empty before the first.
    last_section: Mapped[int | None]
    #: The paragraph, heading or table at the top of the screen there, counted from 0.
    last_block: Mapped[int | None]
    #: When it was last told.
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SectionRead(Base):
    """A section that the learner marked as read."""

    __tablename__ = "content_section_read"

    #: Learner and module.
    progress_id: Mapped[int] = mapped_column(
        ForeignKey("content_module_progress.id", ondelete="CASCADE"), primary_key=True
    )
    #: 1 for the first section.
    section: Mapped[int] = mapped_column(primary_key=True)
    #: When it was first marked.
    read_at: Mapped[datetime] = mapped_column(UtcInstant)


class CheckAnswer(Base):
    """One try at an inline check. Rows are only added."""

    __tablename__ = "content_check_answer"
    __table_args__ = (UniqueConstraint("progress_id", "question_id", "seq"),)

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: Learner and module.
    progress_id: Mapped[int] = mapped_column(ForeignKey("content_module_progress.id", ondelete="CASCADE"))
    #: The question.
    question_id: Mapped[str] = mapped_column(String(64))
    #: 1 for the first try.
    seq: Mapped[int]
    #: The answer in its JSON shape.
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: What it earned, 0..1.
    earned: Mapped[float]
    #: When it was given.
    answered_at: Mapped[datetime] = mapped_column(UtcInstant)


class VersionChoice(Base):
    """What a learner chose when a newer version of a package was offered."""

    __tablename__ = "content_version_choice"
    __table_args__ = (UniqueConstraint("home_page", "name", "package_id", "digest"),)

    #: Surrogate key.
    id: Mapped[int] = mapped_column(primary_key=True)
    #: The learner's account: the LMS.
    home_page: Mapped[str] = mapped_column(Text)
    #: The learner's account: the pseudonym there.
    name: Mapped[str] = mapped_column(String(255))
    #: The package.
    package_id: Mapped[str] = mapped_column(String(64))
    #: The version that was offered.
    digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    #: Whether the learner moved to it; else the learner stays with the version that was begun.
    moves: Mapped[bool]
    #: When that was said last.
    chosen_at: Mapped[datetime] = mapped_column(UtcInstant)
