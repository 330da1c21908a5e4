"""Tables of the rollups: facts from statements, state per person and module, counts per unit and month.

Everything here is derived: `cchc rollups rebuild` makes it anew from the statements.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant

#: Longest module IRI that is counted; longer ones cannot be ours.
LONGEST_IRI = 400


class LearningFact(Base):
    """One statement that counts: who did what with which module, and when.

    Facts are filed by their place in the store, which grows: filed by their ids, each would change a page of
    its own. The store knows the place of an id (`StatementKey`).
    """

    __tablename__ = "sync_learning_fact"
    __table_args__ = (Index("ix_sync_learning_fact_learner", "identity_id", "module_iri"),)

    #: Sequence number in the store; no other statement has it.
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    statement_id: Mapped[UUID] = mapped_column(Uuid)
    #: The account; the person behind it may become known later.
    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"))
    module_iri: Mapped[str] = mapped_column(String(LONGEST_IRI))
    #: accessed, completed, passed or failed (`sync.rollups.definitions`).
    kind: Mapped[str] = mapped_column(String(10))
    #: The statement's timestamp.
    occurred_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: The day of it in Viet Nam.
    occurred_on: Mapped[date] = mapped_column(Date)
    #: -1.0 to 1.0 for passed and failed; empty otherwise.
    score_scaled: Mapped[float | None]
    #: How the module was learned (`sync.rollups.definitions.TrainingForm`).
    form: Mapped[str] = mapped_column(String(12), default="self-paced")
    #: Voided facts stay, so that a statement delivered again cannot revive them.
    voided: Mapped[bool] = mapped_column(default=False)


class QuizScore(Base):
    """One scored end of an attempt at a quiz of ours, of a module or of a whole package."""

    __tablename__ = "sync_quiz_score"
    __table_args__ = (
        Index("ix_sync_quiz_score_learner", "identity_id", "quiz_iri"),
        Index("ix_sync_quiz_score_quiz", "quiz_iri", "occurred_on"),
    )

    statement_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    #: Sequence number in the store.
    seq: Mapped[int] = mapped_column(BigInteger)
    identity_id: Mapped[int] = mapped_column(ForeignKey("sync_actor_identity.identity_id"))
    quiz_iri: Mapped[str] = mapped_column(String(LONGEST_IRI))
    occurred_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: The day of it in Viet Nam.
    occurred_on: Mapped[date] = mapped_column(Date)
    #: -1.0 to 1.0.
    scaled: Mapped[float]
    passed: Mapped[bool]
    voided: Mapped[bool] = mapped_column(default=False)


class DirtyKey(Base):
    """A person's module whose state must be computed again: an account was linked or a post changed."""

    __tablename__ = "sync_dirty_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("sync_person.person_id"), primary_key=True)
    module_iri: Mapped[str] = mapped_column(String(LONGEST_IRI), primary_key=True)


class PersonModule(Base):
    """What one person has done with one module, from all facts that are not voided."""

    __tablename__ = "sync_person_module"
    __table_args__ = (
        Index("ix_sync_person_module_module", "module_iri", "first_completed_on"),
        Index("ix_sync_person_module_leaf", "leaf_unit_id", "module_iri"),
        # Pages ask which modules one person had completed by a day; the answer stands in this.
        Index("ix_sync_person_module_completed", "person_id", "first_completed_on", "module_iri"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("sync_person.person_id"), primary_key=True)
    module_iri: Mapped[str] = mapped_column(String(LONGEST_IRI), primary_key=True)
    #: Day of the first activity of any kind.
    first_accessed_on: Mapped[date] = mapped_column(Date)
    first_completed_on: Mapped[date | None] = mapped_column(Date)
    last_completed_on: Mapped[date | None] = mapped_column(Date)
    #: How often the module was completed.
    completions: Mapped[int]
    #: Best quiz result, -1.0 to 1.0; empty without a quiz.
    best_scaled: Mapped[float | None]
    #: Unit of the primary post on the day of first access; empty without a post on that day.
    access_unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))
    #: Unit of the primary post on the day of first completion; empty without completion or post.
    leaf_unit_id: Mapped[int | None] = mapped_column(ForeignKey("sync_unit.unit_id"))


class PersonDays(Base):
    """When one person first did something with any module; who did nothing has no row."""

    __tablename__ = "sync_person_days"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("sync_person.person_id"), primary_key=True, autoincrement=False
    )
    first_accessed_on: Mapped[date] = mapped_column(Date)
    first_completed_on: Mapped[date | None] = mapped_column(Date)
    #: When the last of all required modules was first completed; empty until then.
    completed_all_on: Mapped[date | None] = mapped_column(Date)


class RequiredModule(Base):
    """The required modules for which `PersonDays.completed_all_on` holds: those of the programme now."""

    __tablename__ = "sync_required_module"

    module_iri: Mapped[str] = mapped_column(String(LONGEST_IRI), primary_key=True)


class UnitCount(Base):
    """Counts of one unit, all units below it included, for one module in one month of one calendar.

    A person counts once per module: in the month of the first access or completion, in the unit of the
    post on that day. So cells may be summed over months, and parts sum to their parent.
    """

    __tablename__ = "sync_unit_count"

    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True)
    module_iri: Mapped[str] = mapped_column(String(LONGEST_IRI), primary_key=True)
    #: official (15th to 14th) or calendar (1st to last).
    calendar: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: First day of the month in that calendar.
    period_start: Mapped[date] = mapped_column(Date, primary_key=True)
    #: People whose first activity with the module fell into the month.
    people_accessed: Mapped[int] = mapped_column(default=0)
    #: People whose first completion of the module fell into the month.
    people_completed: Mapped[int] = mapped_column(default=0)
