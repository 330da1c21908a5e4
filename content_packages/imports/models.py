"""Table of files that were brought in. Nothing of a file is active before it is published."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class ContentImport(Base):
    """One file that somebody brought in, with the choices made for it."""

    __tablename__ = "content_import"

    #: Random, 32 hexadecimal digits.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: Name of the file as it came.
    file_name: Mapped[str] = mapped_column(Text)
    #: How it is read; see `imports.reading.READERS`.
    format: Mapped[str] = mapped_column(String(16))
    #: The bytes as they came.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: SHA-256 of `content`, hexadecimal.
    digest: Mapped[str] = mapped_column(String(64))
    #: Choices as JSON; see `imports.choices.ImportChoices`.
    choices: Mapped[str] = mapped_column(Text)
    #: When it came.
    received_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: Operator who brought it.
    received_by: Mapped[str] = mapped_column(Text)
    #: `waiting`, `published` or `discarded`.
    state: Mapped[str] = mapped_column(String(16))
    #: When it was published or discarded.
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Operator who did that.
    settled_by: Mapped[str] = mapped_column(Text)
    #: The published version's digest.
    published_digest: Mapped[str | None] = mapped_column(String(64))
