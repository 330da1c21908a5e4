"""Whatever two tabs, lost replies and the clock do in whatever order: no acknowledged answer is lost."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import Session

from content_packages.assessment.answers import read_items, save_answer, save_draft
from content_packages.assessment.attempts import GRACE, start_attempt
from content_packages.assessment.finishing import finish_attempt
from content_packages.assessment.responses import read_response, written_response
from content_packages.assessment.steps import check_chain
from content_packages.errors import AnswerConflict, AttemptOver
from lti_tool.all_models import metadata
from lti_tool.database import create_database_engine
from tests.factories.content import LEARNER, NINE_O_CLOCK, REGISTRATION, create_package

POSITIONS = st.integers(1, 4)
TABS = st.integers(0, 1)
LIMIT = timedelta(minutes=20)


class AttemptInAnyOrder(RuleBasedStateMachine):
    """Two tabs of one learner; `acknowledged` is what the server has promised per question."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine = create_database_engine(f"sqlite:///{self.folder.name}/attempt.sqlite")
        metadata.create_all(self.engine)
        self.session = Session(self.engine, expire_on_commit=False)
        self.now = NINE_O_CLOCK
        self.finished = None
        self.saves = 0

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed):
        self.package = create_package(self.session, Path(self.folder.name))
        self.attempt = start_attempt(
            self.session,
            LEARNER,
            registration=REGISTRATION,
            package=self.package,
            quiz=self.package.quizzes["cuoi-bai"],
            seed=seed,
            now=self.now,
        )
        self.items = read_items(self.session, self.attempt.id)
        self.acknowledged = {item.position: {} for item in self.items}
        self.seen = {(tab, item.position): 0 for tab in (0, 1) for item in self.items}

    def some_answer(self, position, number):
        question = self.package.questions[self.items[position - 1].question_id]
        written = {
            "single": {"chosen": [number]},
            "multiple": {"chosen": [number, (number + 1) % 3]},
            "match": {"places": [number % 2, None]},
            "numeric": {"text": str(number)},
        }[question.type]
        return read_response(question, written)

    @property
    def time_is_over(self):
        return self.now > NINE_O_CLOCK + LIMIT + GRACE

    @rule(
        tab=TABS,
        position=POSITIONS,
        number=st.integers(0, 2),
        how=st.sampled_from([save_answer, save_draft]),
        reply_arrives=st.booleans(),
        has_id=st.booleans(),
    )
    def save(self, tab, position, number, how, reply_arrives, has_id):
        self.saves += 1
        response = self.some_answer(position, number)
        try:
            saved = how(
                self.session,
                self.attempt.id,
                position=position,
                response=response,
                seen_seq=self.seen[tab, position],
                now=self.now,
                client_id=f"save-{self.saves:06}" if has_id else None,
            )
        except AttemptOver:
            assert self.finished is not None or self.time_is_over
            return
        except AnswerConflict:
            assert self.seen[tab, position] < self.current(position).seq
            return
        assert self.finished is None
        assert not self.time_is_over
        self.acknowledged[position] = written_response(response)
        if reply_arrives:
            self.seen[tab, position] = saved.seq

    @rule(tab=TABS, position=POSITIONS)
    def reload(self, tab, position):
        self.seen[tab, position] = self.current(position).seq

    @rule(seconds=st.sampled_from([1, 60, 600]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def finish(self):
        outcome = finish_attempt(self.session, self.attempt.id, package=self.package, now=self.now)

        if self.finished is not None:
            assert outcome == self.finished
        self.finished = outcome

    @precondition(lambda self: self.finished is not None)
    @invariant()
    def the_end_counts_exactly_what_was_acknowledged(self):
        given = {scored.item.position: dict(scored.item.response or {}) for scored in self.finished.items}
        assert given == self.acknowledged
        assert 0.0 <= (self.finished.attempt.score or 0.0) <= 1.0

    @invariant()
    def the_chain_of_steps_fits(self):
        assert check_chain(self.session, self.attempt.id).state == "intact"

    @invariant()
    def the_newest_acknowledged_answer_is_the_one_shown(self):
        for item in read_items(self.session, self.attempt.id):
            assert dict(item.response or {}) == self.acknowledged[item.position]

    def current(self, position):
        return read_items(self.session, self.attempt.id)[position - 1]

    def teardown(self):
        self.session.close()
        self.engine.dispose()
        self.folder.cleanup()


AttemptInAnyOrder.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_an_attempt_in_any_order = AttemptInAnyOrder.TestCase
