"""kill -9 of workers that count: a plain recount of the raw statements finds no cell that differs."""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.models import OPEN_END, Appointment
from sync.rollups.dirty import mark_person_dirty
from tests.factories.analysis import create_history, follow_to_the_end
from tests.factories.learning import (
    create_appointment,
    make_completed,
    make_opened,
    make_result,
    make_voiding,
    record,
)
from tests.factories.plain_recount import kept_rows, recount_plainly

#: A long soak sets these higher: TEST_ROLLUP_STEPS=600 TEST_ROLLUP_SEED=…
STEPS = int(os.environ.get("TEST_ROLLUP_STEPS", "60"))
SEED = int(os.environ.get("TEST_ROLLUP_SEED", "905"))
WORKERS = 4
PEOPLE = 40
ROOT = Path(__file__).parents[2]


class Workers:
    """Four processes that count; killed ones are replaced."""

    def __init__(self, database_url: str) -> None:
        self.command = [sys.executable, "-m", "tests.factories.rollup_worker", database_url]
        self.running = [self._start() for _ in range(WORKERS)]
        self.kills = 0

    def _start(self) -> subprocess.Popen:
        return subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill_one(self, place: int) -> None:
        self.running[place].kill()
        self.running[place].wait()
        self.running[place] = self._start()
        self.kills += 1

    def stop(self) -> None:
        for one in self.running:
            one.kill()
            one.wait()


class History:
    """What happens to an installation while its workers come and go."""

    def __init__(self, engine, draw: random.Random) -> None:
        self.engine, self.draw = engine, draw
        self.told, self.held_back, self.seconds = [], [], 0
        with Session(engine) as session, session.begin():
            create_history(session, people=PEOPLE, statements=120, seed=SEED)
            posts = select(Appointment.person_id, Appointment.unit_id).where(Appointment.valid_to == OPEN_END)
            self.places = session.execute(posts).all()

    def step(self) -> None:
        kind = self.draw.choices(
            [self.learn, self.repeat, self.void, self.void_early, self.deliver_late, self.move],
            weights=[8, 2, 2, 1, 1, 1],
        )[0]
        with Session(self.engine) as session, session.begin():
            kind(session)

    def learn(self, session) -> None:
        made = [self._statement() for _ in range(self.draw.randint(1, 12))]
        self._record(session, *made)
        self.told += made

    def repeat(self, session) -> None:
        if self.told:
            self._record(session, *self.draw.sample(self.told, min(5, len(self.told))))

    def void(self, session) -> None:
        if self.told:
            target = self.told.pop(self.draw.randrange(len(self.told)))
            self._record(session, make_voiding(target.id))

    def void_early(self, session) -> None:
        """Taken back before it arrives."""
        late = self._statement()
        self.held_back.append(late)
        self._record(session, make_voiding(late.id))

    def deliver_late(self, session) -> None:
        if self.held_back:
            self._record(session, self.held_back.pop())

    def move(self, session) -> None:
        """Back-dated by up to a year, across the reorganisation or within."""
        person_id, _ = self.draw.choice(self.places)
        unit_id = self.draw.choice(self.places).unit_id
        day = date(2026, 11, 1) - timedelta(days=self.draw.randrange(480))
        last = session.scalars(
            select(Appointment).where(Appointment.person_id == person_id, Appointment.valid_to == OPEN_END)
        ).one_or_none()
        if last is None or last.valid_from >= day:
            return
        last.valid_to = day
        session.flush()
        create_appointment(session, person_id, unit_id, valid_from=day)
        mark_person_dirty(session, person_id)

    def _statement(self):
        name, module = f"tk-{self.draw.randrange(PEOPLE + 2)}", f"m{self.draw.randrange(1, 7)}"
        at = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(seconds=self.draw.randrange(900 * 86_400))
        make = self.draw.choice([make_opened, make_completed, make_result])
        return make(0.7, name, module, at=at) if make is make_result else make(name, module, at=at)

    def _record(self, session, *statements) -> None:
        self.seconds += 1
        record(session, *statements, now=datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=self.seconds))


def test_no_cell_differs_from_a_plain_recount_after_killed_workers(engine, database_url):
    draw = random.Random(SEED)
    history = History(engine, draw)
    workers = Workers(database_url)
    try:
        for step in range(STEPS):
            history.step()
            if step % 6 == 5:
                time.sleep(draw.random() / 3)  # a worker must be at some point of a batch, not always idle
                workers.kill_one(draw.randrange(WORKERS))
    finally:
        workers.stop()
    with Session(engine) as session, session.begin():
        follow_to_the_end(session)

    with Session(engine) as session:
        states, cells = recount_plainly(session)
        kept_states, kept_cells = kept_rows(session)
    assert workers.kills == STEPS // 6
    assert len(states) > 100
    assert {key for key in states | kept_states if states.get(key) != kept_states.get(key)} == set()
    assert {key for key in cells | kept_cells if cells.get(key) != kept_cells.get(key)} == set()
