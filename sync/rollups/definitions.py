"""What counts as what: which statement is which kind of fact, which figure is held against which target.

Pure: outlines come in, facts go out. The indicators are data, so that a page can print what it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sync.statement_outline import StatementOutline
from xapi_bridge.vocabulary import adl, cchc
from xapi_bridge.vocabulary.cchc import ActivityKind, parse_activity_iri, parse_class_session_iri

#: The curriculum of Decision 905: whoever completes all its modules has completed the programme.
PROGRAMME_PACKAGE: Final = "cchc"


class FactKind(StrEnum):
    """What a learner did with a module. Every kind also counts as access."""

    ACCESSED = "accessed"
    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"


class TrainingForm(StrEnum):
    """How a module was learned. A class attended completes the modules that it teaches."""

    SELF_PACED = "self-paced"
    IN_CLASS = "in-class"
    LIVE_ONLINE = "live-online"
    #: Of a class or a person, never of one statement: in a class and alone.
    BLENDED = "blended"
    WORKSHOP = "workshop"
    STUDY_TRIP = "study-trip"


#: Verb and kind of activity -> kind of fact. Anything else is kept in the store and not counted.
COUNTED: Mapping[tuple[str, ActivityKind], FactKind] = MappingProxyType(
    {
        (adl.INITIALIZED, "module"): FactKind.ACCESSED,
        (adl.EXPERIENCED, "module"): FactKind.ACCESSED,
        (adl.PROGRESSED, "module"): FactKind.ACCESSED,
        (adl.COMPLETED, "module"): FactKind.COMPLETED,
        (adl.EXPERIENCED, "section"): FactKind.ACCESSED,
        (adl.ANSWERED, "question"): FactKind.ACCESSED,
        (adl.INITIALIZED, "quiz"): FactKind.ACCESSED,
        (adl.PASSED, "quiz"): FactKind.PASSED,
        (adl.FAILED, "quiz"): FactKind.FAILED,
    }
)


@dataclass(frozen=True)
class Learning:
    """What one statement says about one module.

    Attributes:
        module_iri: the module, in the form that our builders give.
        kind: accessed, completed, passed or failed.
        scaled: quiz result, -1.0 to 1.0; of passed and failed only.
        form: how it was learned.
    """

    module_iri: str
    kind: FactKind
    scaled: float | None = None
    form: TrainingForm = TrainingForm.SELF_PACED


def learning_in(outline: StatementOutline, *, iri_base: str) -> Learning | None:
    """What a statement says about a module of ours; `None` when it does not count.

    A section belongs to its module by its IRI, a quiz or question by the module in the statement's
    context. A quiz of a whole package belongs to no module. A class session that was attended completes the
    module in its context.

    Args:
        iri_base: beginning of our activity identifiers.
    """
    if outline.verb_iri == adl.ATTENDED:
        return _attendance_in(outline, iri_base=iri_base)
    found = _counted_as(iri_base, outline.verb_iri, outline.object_iri, outline.context_iris)
    if found is None or outline.scaled is None or found.kind not in _RESULTS:
        return found
    return Learning(found.module_iri, found.kind, outline.scaled)


# The same modules, sections and quizzes come again and again: judging each of them once halves what reading
# a batch costs.
@lru_cache(maxsize=8192)
def _counted_as(
    iri_base: str, verb_iri: str, object_iri: str, context_iris: tuple[str, ...]
) -> Learning | None:
    """What such statements say, without a result."""
    activity = _parse(iri_base, object_iri)
    kind = COUNTED.get((verb_iri, activity.kind)) if activity else None
    if kind is None:
        return None
    module_iri = _module_of(object_iri, context_iris, iri_base=iri_base)
    return None if module_iri is None else Learning(module_iri, kind)


def _attendance_in(outline: StatementOutline, *, iri_base: str) -> Learning | None:
    module_iri = _module_of(outline.object_iri, outline.context_iris, iri_base=iri_base)
    if module_iri is None or parse_class_session_iri(iri_base, outline.object_iri) is None:
        return None
    said = dict(outline.object_extensions).get(cchc.delivery_extension(iri_base), "")
    form = TrainingForm(said) if said in _DELIVERIES else TrainingForm.IN_CLASS
    return Learning(module_iri, FactKind.COMPLETED, form=form)


_RESULTS = frozenset({FactKind.PASSED, FactKind.FAILED})
_DELIVERIES = frozenset({"in-class", "live-online", "workshop", "study-trip"})


def is_final_result(outline: StatementOutline, *, iri_base: str) -> bool:
    """Whether a statement is the scored end of an attempt at a quiz of ours: what a gradebook may hold."""
    if outline.scaled is None or outline.verb_iri not in {adl.PASSED, adl.FAILED}:
        return False
    activity = _parse(iri_base, outline.object_iri)
    return activity is not None and activity.kind == "quiz"


def _module_of(object_iri: str, context_iris: tuple[str, ...], *, iri_base: str) -> str | None:
    for iri in (object_iri, *context_iris):
        module_iri = _module_named(iri_base, iri)
        if module_iri is not None:
            return module_iri
    return None


_parse = lru_cache(maxsize=8192)(parse_activity_iri)


@lru_cache(maxsize=8192)
def _module_named(iri_base: str, iri: str) -> str | None:
    activity = parse_activity_iri(iri_base, iri)
    if activity and activity.kind in {"module", "section"} and activity.item_id:
        return cchc.module_iri(iri_base, activity.package_id, activity.item_id)
    return None


@dataclass(frozen=True)
class Population:
    """Who is counted: a named rule, because the acts do not agree about viên chức.

    Attributes:
        code: stable name.
        title: in Vietnamese.
        staff_categories: can_bo, cong_chuc, vien_chuc.
        only_cchc: whether only posts that work on administrative reform count.
        legal_basis: the act that says so.
        cchc_roles: only posts with one of these roles; empty: any role, or none said.
        version: a rule that is changed gets the next one; figures name it.
    """

    code: str
    title: str
    staff_categories: frozenset[str]
    only_cchc: bool
    legal_basis: str
    cchc_roles: frozenset[str] = frozenset()
    version: int = 1


@dataclass(frozen=True)
class Target:
    """A share to be reached by a day.

    Attributes:
        due_on: the day whose stock is measured.
        percent: whole percent.
        exceeds: the share must lie above the percentage ("trên"), not on it.
    """

    due_on: date
    percent: int
    exceeds: bool

    def is_reached(self, people: int, *, of: int) -> bool:
        """Whether `people` of a population of `of` reach the target; never of an empty population."""
        if of <= 0:
            return False
        reached, needed = people * 100, self.percent * of
        return reached > needed if self.exceeds else reached >= needed


@dataclass(frozen=True)
class Indicator:
    """A stock figure: of the people who are in a unit on a day, how many have done something by that day.

    Attributes:
        code: stable name.
        title: in Vietnamese.
        counts: what a person must have done with at least one module by the day.
        numerator: in Vietnamese, what is above the line.
        denominator: in Vietnamese, what is below the line.
        population: who is counted, above and below the line.
        targets: in order of their days.
        legal_basis: the act.
        source: where in the act, with its words.
    """

    code: str
    title: str
    counts: FactKind
    numerator: str
    denominator: str
    population: Population
    targets: tuple[Target, ...]
    legal_basis: str
    source: str


_DECISION_905 = "Quyết định số 905/QĐ-BNV ngày 17/11/2022 của Bộ Nội vụ"

CIVIL_SERVANTS = Population(
    code="qd905-can-bo-cong-chuc",
    title="Cán bộ, công chức thực hiện công tác cải cách hành chính",
    staff_categories=frozenset({"can_bo", "cong_chuc"}),
    only_cchc=True,
    legal_basis=_DECISION_905,
)

#: The scheme of a province (4599/QĐ-UBND and the like) counts viên chức too.
WITH_PUBLIC_EMPLOYEES = Population(
    code="de-an-tinh-ca-vien-chuc",
    title="Cán bộ, công chức, viên chức thực hiện công tác cải cách hành chính",
    staff_categories=frozenset({"can_bo", "cong_chuc", "vien_chuc"}),
    only_cchc=True,
    legal_basis="Đề án của Ủy ban nhân dân cấp tỉnh; phạm vi của Quyết định số 905/QĐ-BNV",
)
LEADERS = Population(
    code="lanh-dao-phu-trach",
    title="Lãnh đạo phụ trách công tác cải cách hành chính",
    staff_categories=frozenset({"can_bo", "cong_chuc", "vien_chuc"}),
    only_cchc=True,
    legal_basis=_DECISION_905,
    cchc_roles=frozenset({"leader"}),
)
ADVISERS = Population(
    code="tham-muu",
    title="Người tham mưu công tác cải cách hành chính",
    staff_categories=frozenset({"can_bo", "cong_chuc", "vien_chuc"}),
    only_cchc=True,
    legal_basis=_DECISION_905,
    cchc_roles=frozenset({"adviser"}),
)
ONE_STOP = Population(
    code="mot-cua",
    title="Người làm việc tại bộ phận một cửa",
    staff_categories=frozenset({"can_bo", "cong_chuc", "vien_chuc"}),
    only_cchc=True,
    legal_basis=_DECISION_905,
    cchc_roles=frozenset({"one_stop"}),
)
#: Rules that every installation has; more, and later versions of these, are in the database.
POPULATIONS: tuple[Population, ...] = (CIVIL_SERVANTS, WITH_PUBLIC_EMPLOYEES, LEADERS, ADVISERS, ONE_STOP)

_DENOMINATOR = (
    "Số cán bộ, công chức thực hiện công tác cải cách hành chính có vị trí công tác chính "
    "tại đơn vị (kể cả đơn vị trực thuộc) vào ngày tính"
)

PROVIDED_WITH_KNOWLEDGE = Indicator(
    code="cung-cap-kien-thuc",
    title="Được cung cấp kiến thức, kỹ năng về cải cách hành chính",
    counts=FactKind.COMPLETED,
    numerator="Số người trong mẫu số đã hoàn thành ít nhất một chuyên đề tính đến ngày tính",
    denominator=_DENOMINATOR,
    population=CIVIL_SERVANTS,
    targets=(
        Target(due_on=date(2025, 12, 31), percent=85, exceeds=True),
        Target(due_on=date(2030, 12, 31), percent=95, exceeds=True),
    ),
    legal_basis=_DECISION_905,
    source=(
        "Điều 1, mục I.2: “Đến năm 2025 đạt trên 85% và đến năm 2030 đạt trên 95% cán bộ, công chức thực "
        "hiện công tác cải cách hành chính được cung cấp các kiến thức, kỹ năng cần thiết”"
    ),
)

#: The decision names no day for access; the end of its period (2022-2030) is the last on which it may hold.
GIVEN_ACCESS = Indicator(
    code="tiep-can-hoc-lieu",
    title="Được tiếp cận bài giảng, tài liệu về cải cách hành chính",
    counts=FactKind.ACCESSED,
    numerator="Số người trong mẫu số đã mở ít nhất một chuyên đề tính đến ngày tính",
    denominator=_DENOMINATOR,
    population=CIVIL_SERVANTS,
    targets=(Target(due_on=date(2030, 12, 31), percent=100, exceeds=False),),
    legal_basis=_DECISION_905,
    source=(
        "Điều 1, mục I.2: “100% cán bộ, công chức thực hiện công tác cải cách hành chính được tiếp cận các "
        "bài giảng, tài liệu, số liệu, cơ sở dữ liệu về cải cách hành chính”"
    ),
)

INDICATORS: tuple[Indicator, ...] = (PROVIDED_WITH_KNOWLEDGE, GIVEN_ACCESS)
