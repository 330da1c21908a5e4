"""An erasure that is killed in the middle goes on, and ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.followers import follow_once
from sync.privacy.erasures import find_erasure
from sync.rollups.follower import rollups_follower
from sync.rollups.verify import verify_rollups
from tests.factories.erasure import open_session, places_that_hold
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_appointment,
    create_identity,
    create_person,
    create_small_tree,
    make_completed,
    record,
)
from tests.factories.waiting import wait_until
from xapi_bridge.store.models import ErasedStatement

LEARNER = "hv-an-4f1c2d3e9a"
STATEMENTS = 1000
CCHC = Path(sys.executable).parent / "cchc"


@pytest.fixture
def environment(database_url, tmp_path):
    return {
        **os.environ,
        "CCHC_DATABASE_URL": database_url,
        "CCHC_DATA_DIR": str(tmp_path),
        "CCHC_LOG_LEVEL": "warning",
    }


@pytest.fixture
def learned(engine) -> None:
    with open_session(engine) as session, session.begin():
        tree = create_small_tree(session)
        person_id = create_person(session, "bi-danh-1")
        create_appointment(session, person_id, tree.commune_a)
        create_identity(session, LEARNER, person_id=person_id)
        record(session, *(make_completed(LEARNER, f"m{number % 7}") for number in range(STATEMENTS)))
    with open_session(engine) as session, session.begin():
        while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=2000, now=NOON):
            pass


def rewritten(engine) -> int:
    # Without the write lock, for which it would have to wait until the work is done.
    with Session(engine.execution_options(read_only=True)) as session:
        return session.scalar(select(func.count()).select_from(ErasedStatement)) or 0


def cchc(environment, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CCHC, "privacy", *words], env=environment, capture_output=True, text=True, timeout=240, check=True
    )


def test_killed_with_signal_9_it_continues_to_the_same_end(engine, environment, learned):
    agent = f'{{"account": {{"homePage": "https://lms.example", "name": "{LEARNER}"}}}}'
    ordered = cchc(
        environment, "order", "--agent", agent, "--reference", "CV-9", "--basis", "Đơn", "--kind", "erase"
    )
    killed = subprocess.Popen(
        [CCHC, "privacy", "confirm", "CV-9", "--typed", "CV-9"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert wait_until(lambda: rewritten(engine) > 0, seconds=120)
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    half = rewritten(engine)

    continued = cchc(environment, "continue", "CV-9")

    assert f"Bản ghi của người đó: {STATEMENTS}" in ordered.stdout
    assert 0 < half < STATEMENTS
    assert "đã xong" in continued.stdout
    assert f"bản ghi của người đó: {STATEMENTS}" in continued.stdout
    assert rewritten(engine) == STATEMENTS
    assert places_that_hold(engine, [LEARNER]) == []
    with open_session(engine) as session:
        assert find_erasure(session, "CV-9").state == "finished"
        assert verify_rollups(session, iri_base=IRI_BASE).agree
