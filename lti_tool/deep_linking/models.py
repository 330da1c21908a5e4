"""Tables of deep linking: choices that a teacher is making, and the links that came of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class PendingChoice(Base):
    """One teacher choosing content for one course in one tab; answered once. Names are not kept here."""

    __tablename__ = "lti_content_choice"

    #: Random, 32 hexadecimal digits; stands in the address of the pages.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    #: The platform and the pseudonym of the teacher, as in statements.
    account_home_page: Mapped[str] = mapped_column(String(400))
    account_name: Mapped[str] = mapped_column(String(255))
    #: The course's id within the platform; empty outside a course.
    course_id: Mapped[str] = mapped_column(String(255), default="")
    course_title: Mapped[str] = mapped_column(String(400), default="")
    #: Where the answer goes.
    return_url: Mapped[str] = mapped_column(String(2000))
    #: What the platform accepts, JSON: types, targets, multiple, lineitem.
    accepts: Mapped[str] = mapped_column(Text)
    #: `data` of the request, to be sent back; None when there was none.
    echoed_data: Mapped[str | None] = mapped_column(Text)
    #: Origins whose pages may frame ours, separated by spaces.
    frame_origin: Mapped[str] = mapped_column(Text)
    #: Whether the pages open only in the browser that made the request.
    bound: Mapped[bool] = mapped_column(default=True)
    #: What was chosen so far, in order: a JSON list of items with their settings.
    basket: Mapped[str] = mapped_column(Text, default="[]")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    #: When the answer was made; set once.
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The signed answer, the same for every repetition of the last click.
    response: Mapped[str | None] = mapped_column(Text)


class DeepLink(Base):
    """One content in one course as its teacher set it; its id travels in the link's custom parameters.

    When the LMS copies the course, the copy carries the same id, and gets a row of its own once its teacher
    sets something there.
    """

    __tablename__ = "lti_deep_link"
    __table_args__ = (CheckConstraint("score_maximum > 0", name="maximum_above_zero"),)

    #: Random, 32 hexadecimal digits; `link` in the custom parameters.
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: The course whose settings these are; empty outside a course.
    course_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    #: The platform that got the link; another platform's launch cannot use it.
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_platform_registration.id"), index=True)
    deployment_id: Mapped[str] = mapped_column(String(255))
    #: `package`, `package/m/module` or `package/z/quiz`.
    content: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    #: Whether the LMS's gradebook expects a score.
    graded: Mapped[bool] = mapped_column()
    score_maximum: Mapped[float] = mapped_column()
    #: When learners may open it; None: no limit on that side.
    available_from: Mapped[datetime | None] = mapped_column(UtcInstant)
    available_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When attempts may be made; None: no limit on that side.
    submission_from: Mapped[datetime | None] = mapped_column(UtcInstant)
    submission_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: The row of the course in which the link was made is the oldest.
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: The teacher's pseudonym at that platform.
    created_by: Mapped[str] = mapped_column(String(255))
