"""Every indicator against a recount in plain Python over the raw history, on random histories."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from sync.calendars import VIET_NAM, Calendar, PeriodKind, ReportingCalendar, month_of, period_of
from sync.followers import follow_once
from sync.indicators.flow import count_turns
from sync.indicators.forms import measure_forms
from sync.indicators.moves import measure_moved_away
from sync.indicators.results import measure_gain, measure_results
from sync.indicators.stock import measure_access, measure_knowledge, measure_topics
from sync.organization.models import OPEN_END, Appointment
from sync.reports.flow import flow_of_year
from sync.rollups.definitions import ADVISERS, CIVIL_SERVANTS, WITH_PUBLIC_EMPLOYEES, TrainingForm
from sync.rollups.follower import rollups_follower
from sync.rollups.verify import verify_rollups
from tests.factories.learning import (
    AUTHORITY,
    IRI_BASE,
    NOON,
    create_identity,
    create_person,
    create_small_tree,
    make_account,
    make_completed,
    make_enrolment,
    make_module,
    make_opened,
    make_quiz,
    make_voiding,
    record,
)
from xapi_bridge.translate.attempt import AttemptScore, quiz_passed_or_failed
from xapi_bridge.translate.attendance import ClassSession, session_attended

FIRST, LAST = date(2025, 1, 1), date(2026, 11, 1)
DELIVERIES = ("in-class", "live-online", "workshop", "study-trip")
PROVINCIAL = ReportingCalendar("tinh", "Chốt ngày 20", 20)


@dataclass
class Post:
    person: str
    unit: int
    start: date
    end: date
    category: str
    is_cchc: bool
    role: str


@dataclass
class Deed:
    """One thing that somebody did; voided ones never count."""

    person: str
    day: date
    what: str
    thing: str
    form: str = "self-paced"
    scaled: float = 0.0
    order: int = 0
    voided: bool = False


@dataclass
class History:
    tree: object
    above: dict[int, set[int]]
    posts: list[Post] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    def post_on(self, person: str, day: date) -> Post | None:
        return next((p for p in self.posts if p.person == person and p.start <= day < p.end), None)

    def counted(self) -> list[Deed]:
        return [deed for deed in self.deeds if not deed.voided]

    def people(self, unit: int, on: date, population) -> set[str]:
        return {
            post.person
            for post in self.posts
            if post.start <= on < post.end and unit in self.above[post.unit] and belongs(post, population)
        }


def belongs(post: Post, population) -> bool:
    return (
        post.category in population.staff_categories
        and (post.is_cchc or not population.only_cchc)
        and (not population.cchc_roles or post.role in population.cchc_roles)
    )


def noon_of(day: date, order: int) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=VIET_NAM) + timedelta(seconds=order)


def tell(deed: Deed, event: str):
    at = noon_of(deed.day, deed.order)
    if deed.what == "opened":
        return make_opened(deed.person, deed.thing, at=at, event=event)
    if deed.what == "completed" and deed.form == "self-paced":
        return make_completed(deed.person, deed.thing, at=at, event=event)
    if deed.what == "completed":
        lesson = ClassSession(f"l{deed.order}", "1", "Lớp", "Buổi", deed.form, at, make_module(deed.thing))
        return session_attended(
            make_account(deed.person),
            lesson,
            responsible=AUTHORITY,
            seconds=60,
            iri_base=IRI_BASE,
            event_id=event,
        )
    score = AttemptScore(raw=deed.scaled * 100, maximum=100, passed=deed.scaled >= 0.5)
    return quiz_passed_or_failed(
        make_enrolment(deed.person, registration=uuid4()),
        make_quiz(deed.thing),
        score,
        parents=[],
        event_id=event,
        at=at,
    )


def create_history(session: Session, seed: int) -> History:
    """People who move, learn in many ways and take things back; some statements come twice, or too early."""
    chance = random.Random(seed)
    tree = create_small_tree(session)
    communes = {tree.commune_a, tree.commune_b}
    above = {leaf: {leaf, tree.country} for leaf in tree.leaves}
    for commune in communes:
        above[commune].add(tree.province)
    history = History(tree, above)
    for number in range(8):
        add_person(session, history, f"nguoi-{number}", chance)
    for order in range(140):
        add_deed(history, order, chance)
    deliveries = [(deed, tell(deed, f"su-kien-{deed.order}")) for deed in history.deeds]
    chance.shuffle(deliveries)
    for deed, statement in deliveries:
        deliver(session, deed, statement, chance)
        if chance.random() < 0.3:
            follow(session, limit=chance.randrange(1, 20))
    while follow(session, limit=50):
        pass
    return history


def add_person(session: Session, history: History, person: str, chance: random.Random) -> None:
    person_id = create_person(session, person)
    create_identity(session, person, person_id=person_id)
    start = FIRST
    while start < LAST:
        end = OPEN_END if chance.random() < 0.4 else start + timedelta(days=chance.randrange(60, 400))
        category = chance.choice(["can_bo", "cong_chuc", "cong_chuc", "vien_chuc"])
        role = chance.choice(["", "adviser", "leader"])
        post = Post(
            person, chance.choice(history.tree.leaves), start, end, category, chance.random() < 0.8, role
        )
        history.posts.append(post)
        session.add(
            Appointment(
                person_id=person_id,
                unit_id=post.unit,
                staff_category=post.category,
                is_cchc=post.is_cchc,
                cchc_role=post.role,
                valid_from=start,
                valid_to=end,
                recorded_at=NOON,
            )
        )
        session.flush()
        start = end + timedelta(days=chance.choice([0, 0, 0, 40])) if end < OPEN_END else LAST


def add_deed(history: History, order: int, chance: random.Random) -> None:
    day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
    what = chance.choice(["opened", "completed", "completed", "scored"])
    thing = chance.choice(["z1", "z2"]) if what == "scored" else chance.choice(["m1", "m2", "m3"])
    form = chance.choice(["self-paced", *DELIVERIES]) if what == "completed" else "self-paced"
    scaled = chance.randrange(101) / 100
    history.deeds.append(Deed(f"nguoi-{chance.randrange(8)}", day, what, thing, form, scaled, order))


def deliver(session: Session, deed: Deed, statement, chance: random.Random) -> None:
    """Once or twice; or taken back, by a voiding before or after it."""
    sent = [statement, statement] if chance.random() < 0.2 else [statement]
    if chance.random() < 0.15:
        deed.voided = True
        sent.insert(chance.randrange(2), make_voiding(statement.id))
    for one in sent:
        record(session, one)


def follow(session: Session, *, limit: int) -> int:
    return follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=limit, now=NOON)


@pytest.fixture(params=range(4))
def told(session, request):
    return session, create_history(session, request.param)


ON = date(2026, 6, 30)
POPULATIONS = (CIVIL_SERVANTS, WITH_PUBLIC_EMPLOYEES, ADVISERS)


def test_figures_are_those_of_the_raw_history(told):
    session, history = told
    for unit in (history.tree.country, history.tree.province, history.tree.commune_a, history.tree.ministry):
        for population in POPULATIONS:
            check_stock(session, history, unit, population)
            check_forms(session, history, unit, population)
            check_results(session, history, unit, population)
        check_turns(session, history, unit)
        check_moves(session, history, unit)
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def check_stock(session, history, unit, population):
    people = history.people(unit, ON, population)
    learned = defaultdict(set)
    opened = {deed.person for deed in history.counted() if deed.what != "scored" and deed.day <= ON}
    for deed in history.counted():
        if deed.what == "completed" and deed.day <= ON:
            learned[deed.person].add(deed.thing)

    knowledge = measure_knowledge(session, unit, on=ON, population=population)
    access = measure_access(session, unit, on=ON, population=population)
    topics = {"a": {make_module("m1").iri}, "b": {make_module("m2").iri, make_module("m3").iri}}
    by_topic = measure_topics(session, unit, on=ON, population=population, topics=topics)

    assert (knowledge.people, knowledge.of) == (
        len(people & {p for p, m in learned.items() if m}),
        len(people),
    )
    assert access.people == len(people & opened)
    assert by_topic["a"].people == len({p for p in people if "m1" in learned[p]})
    assert by_topic["b"].people == len({p for p in people if learned[p] & {"m2", "m3"}})


def check_forms(session, history, unit, population):
    period = period_of(date(2026, 3, 1), PeriodKind.HALF_YEAR, Calendar.OFFICIAL)
    forms = defaultdict(set)
    for deed in history.counted():
        post = history.post_on(deed.person, deed.day)
        is_here = post is not None and unit in history.above[post.unit] and belongs(post, population)
        if deed.what == "completed" and deed.day in period and is_here:
            forms[deed.person, deed.thing].add(deed.form)

    measured = {
        one.form.value: one for one in measure_forms(session, unit, period=period, population=population)
    }

    for form in ("self-paced", *DELIVERIES):
        keys = [key for key, those in forms.items() if form in those]
        assert measured[form].turns == len(keys)
        assert measured[form].share.people == len({person for person, _ in keys})
    blended = [
        k for k, those in forms.items() if "self-paced" in those and those & {"in-class", "live-online"}
    ]
    assert measured[TrainingForm.BLENDED].turns == len(blended)


def check_results(session, history, unit, population):
    period = period_of(date(2026, 3, 1), PeriodKind.YEAR, Calendar.CALENDAR)
    best = {}
    for deed in sorted(history.counted(), key=lambda one: (one.day, one.order)):
        post = history.post_on(deed.person, deed.day)
        is_counted = deed.what == "scored" and deed.day in period and post and belongs(post, population)
        if is_counted and deed.scaled > best.get(deed.person, (-2.0, 0))[0]:
            best[deed.person] = (deed.scaled, post.unit)
    marks = [scaled for scaled, where in best.values() if unit in history.above[where]]
    pairs = []
    for person in history.people(unit, ON, population):
        mine = [d for d in history.counted() if d.person == person and d.what == "scored" and d.day <= ON]
        mine.sort(key=lambda one: (one.day, one.order))
        first = next((d for d in mine if d.thing == "z1"), None)
        after = next(
            (d for d in mine if d.thing == "z2" and first and (d.day, d.order) > (first.day, first.order)),
            None,
        )
        if after:
            pairs.append(after.scaled - first.scaled)

    bands = measure_results(session, unit, period=period, population=population)
    gain = measure_gain(
        session, unit, on=ON, population=population,
        quiz_before=make_quiz("z1").iri, quiz_after=make_quiz("z2").iri,
    )  # fmt: skip

    limits = [lambda m: m >= 0.8, lambda m: 0.65 <= m < 0.8, lambda m: 0.5 <= m < 0.65, lambda m: m < 0.5]
    assert [count for _, count in bands.counts] == [sum(map(limit, marks)) for limit in limits]
    assert gain.pairs == len(pairs)
    if pairs:
        assert gain.mean_gain == pytest.approx(100 * sum(pairs) / len(pairs))


def check_turns(session, history, unit):
    """The counted months of a known calendar, and a province's own calendar, by one definition."""
    firsts = {"completed": {}, "opened": {}}
    for deed in history.counted():
        key = (deed.person, deed.thing)
        if deed.what in ("opened", "completed"):
            firsts["opened"][key] = min(firsts["opened"].get(key, deed.day), deed.day)
        if deed.what == "completed":
            firsts["completed"][key] = min(firsts["completed"].get(key, deed.day), deed.day)

    def expected(what, period):
        hits = 0
        for (person, _), day in firsts[what].items():
            post = history.post_on(person, day)
            hits += day in period and post is not None and unit in history.above[post.unit]
        return hits

    for calendar in (*Calendar, PROVINCIAL):
        period = month_of(date(2026, 2, 16), calendar)
        turns = count_turns(session, unit, period=period)
        assert (turns.accessed, turns.completed) == (
            expected("opened", period),
            expected("completed", period),
        )
    for month in flow_of_year(session, unit, year=2026, calendar=Calendar.OFFICIAL):
        assert (month.accessed, month.completed) == (
            expected("opened", month.period),
            expected("completed", month.period),
        )


def check_moves(session, history, unit):
    firsts = {}
    for deed in history.counted():
        if deed.what == "completed" and deed.day <= ON:
            firsts[deed.person] = min(firsts.get(deed.person, deed.day), deed.day)
    trained = moved = 0
    for person, day in firsts.items():
        post = history.post_on(person, day)
        if post is None or not post.is_cchc or unit not in history.above[post.unit]:
            continue
        trained += 1
        walk = day
        while (now := history.post_on(person, walk)) and now.is_cchc:
            walk = now.end
        moved += walk <= ON and (walk - day).days <= 180

    share, people = measure_moved_away(session, unit, on=ON, within_days=180)

    assert (share.people, share.of, len(people)) == (moved, trained, moved)
