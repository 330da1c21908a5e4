"""Exports: every row once, whatever happens to the worker; what a reader may not see is not in the file."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from sync.errors import ExportEnded, ExportFormUnknown, ExportUnknown, TooManyExports
from sync.exports.asking import Requester, cancel_export, continue_export, get_export, list_exports, status_of
from sync.exports.models import Export
from sync.exports.writing import delete_expired, file_of, is_export_waiting, write_next_export
from sync.statement_filters import Reach, StatementFilters
from tests.factories.exports import ANALYST, EVERYBODY, ask, ids_in, make_desk, make_settings
from tests.factories.learning import (
    NOON,
    create_official,
    create_small_tree,
    make_completed,
    make_voiding,
    record,
)
from tests.factories.statements import make_agent, make_statement

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path / "exports")


@pytest.fixture
def desk(engine, settings):
    return make_desk(engine, settings)


def fill(engine, count: int, *, name: str = "hoc-vien-1") -> list[str]:
    with Session(engine) as session, session.begin():
        return [str(one) for one in record(session, *(make_completed(name) for _ in range(count)))]


def stored_export(engine, export_id) -> Export:
    with Session(engine) as session:
        return session.get(Export, export_id)


def written_file(engine, settings, export_id) -> Path:
    return file_of(stored_export(engine, export_id), settings)


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_every_form_holds_every_statement_once_in_order(engine, desk, settings, form):
    ids = fill(engine, 35)
    export_id = ask(desk, form=form)

    write_next_export(desk)

    export = stored_export(engine, export_id)
    path = file_of(export, settings)
    assert (export.state, export.rows_done, export.size_bytes) == ("finished", 35, path.stat().st_size)
    assert ids_in(path) == ids
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_an_export_of_nothing_is_a_valid_file(engine, desk, settings, form):
    export_id = ask(desk, form=form, filters=StatementFilters(verb="http://example.org/never"))

    write_next_export(desk)

    assert stored_export(engine, export_id).state == "finished"
    assert ids_in(written_file(engine, settings, export_id)) == []


def test_the_snapshot_ends_where_the_export_was_asked_for(engine, desk, settings):
    ids = fill(engine, 5)
    export_id = ask(desk)
    fill(engine, 5)
    with Session(engine) as session, session.begin():
        record(session, make_voiding(ids[0]))

    write_next_export(desk)

    assert ids_in(written_file(engine, settings, export_id)) == ids


def test_a_run_writes_some_parts_and_the_next_one_goes_on(engine, settings):
    ids = fill(engine, 35)
    desk = make_desk(engine, settings, most_parts=2)
    export_id = ask(desk)

    write_next_export(desk)
    between = stored_export(engine, export_id)
    while write_next_export(desk):
        pass

    assert (between.state, between.rows_done) == ("running", 20)
    assert ids_in(written_file(engine, settings, export_id)) == ids


WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from lti_tool.database import create_database_engine
from sync.exports.writing import write_next_export
from tests.factories.exports import make_desk, make_settings

url, folder, minutes = sys.argv[1:]
later = lambda: datetime.now(UTC) + timedelta(minutes=int(minutes))
desk = make_desk(create_database_engine(url), make_settings(Path(folder)), clock=later, part_rows=5)
print("ready", flush=True)
write_next_export(desk)
"""


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(engine, database_url, settings, form):
    ids = fill(engine, 600)
    desk = make_desk(engine, settings, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
    export_id = ask(desk, form=form)
    reached = []

    for round_number in range(3):
        worker = start_worker(database_url, settings, minutes=round_number * 5)
        wait_for_rows(engine, export_id, more_than=reached[-1] if reached else 0)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        reached.append(stored_export(engine, export_id).rows_done)
    while write_next_export(desk):
        pass

    path = written_file(engine, settings, export_id)
    assert reached == sorted(set(reached))
    assert reached[-1] < len(ids), "the worker was not killed in the middle"
    assert ids_in(path) == ids
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def start_worker(database_url: str, settings, *, minutes: int) -> subprocess.Popen:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, database_url, str(settings.folder), str(minutes)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker.stdout:
        assert worker.stdout.readline() == "ready\n"
    return worker


def wait_for_rows(engine, export_id, *, more_than: int) -> None:
    deadline = time.monotonic() + 60
    while stored_export(engine, export_id).rows_done <= more_than:
        assert time.monotonic() < deadline, "the worker writes nothing"
        time.sleep(0.005)


def test_a_worker_that_was_taken_for_dead_changes_nothing_when_it_wakes(engine, settings, tmp_path):
    ids = fill(engine, 30)
    export_id = ask(make_desk(engine, settings))
    late = make_desk(engine, settings, clock=lambda: NOON + timedelta(minutes=10))
    awake = []

    def overtaken():
        # The first worker stands still after its first part; another one takes the export over.
        if not awake and stored_export(engine, export_id).rows_done == 10:
            awake.append(True)
            write_next_export(late)
        return NOON

    write_next_export(make_desk(engine, settings, clock=overtaken))

    assert awake
    assert stored_export(engine, export_id).rows_done == 30
    assert ids_in(written_file(engine, settings, export_id)) == ids


def test_a_full_disk_stops_an_export_that_can_be_continued(engine, settings, tmp_path):
    ids = fill(engine, 15)
    in_the_way = tmp_path / "not-a-folder"
    in_the_way.write_text("")
    broken = make_desk(engine, replace(settings, folder=in_the_way))
    export_id = ask(broken)

    write_next_export(broken)
    failed = stored_export(engine, export_id)
    sound = make_desk(engine, settings)
    with sound.transaction() as session:
        continue_export(session, export_id, requester=ANALYST)
    write_next_export(sound)

    assert (failed.state, failed.failure) == ("failed", "disk_refused")
    assert ids_in(written_file(engine, settings, export_id)) == ids


def test_an_answer_that_is_too_large_says_so(engine, settings):
    fill(engine, 25)
    desk = make_desk(engine, replace(settings, most_rows=20))
    export_id = ask(desk)

    write_next_export(desk)

    assert stored_export(engine, export_id).failure == "export_too_large"
    with desk.transaction() as session, pytest.raises(ExportEnded):
        continue_export(session, export_id, requester=ANALYST)


def test_a_cancelled_export_is_not_written_and_its_files_go(engine, settings):
    fill(engine, 35)
    desk = make_desk(engine, settings, most_parts=1)
    export_id = ask(desk)
    write_next_export(desk)

    with desk.transaction() as session:
        cancel_export(session, export_id, requester=ANALYST, now=NOON)
    written = write_next_export(desk)
    deleted = delete_expired(make_desk(engine, settings, clock=lambda: NOON + timedelta(hours=1)))

    assert (written, deleted) == (0, 1)
    assert stored_export(engine, export_id).state == "cancelled"
    assert list(settings.folder.iterdir()) == []


def test_a_file_is_deleted_when_its_days_are_over(engine, desk, settings):
    fill(engine, 3)
    export_id = ask(desk)
    write_next_export(desk)
    path = written_file(engine, settings, export_id)

    early = delete_expired(make_desk(engine, settings, clock=lambda: NOON + timedelta(days=6)))
    before = path.exists()
    late = delete_expired(make_desk(engine, settings, clock=lambda: NOON + timedelta(days=8)))

    assert (early, before, late, path.exists()) == (0, True, 1, False)
    assert stored_export(engine, export_id).state == "expired"


def test_one_requester_may_have_three_unfinished_exports(engine, desk):
    for _ in range(3):
        ask(desk)

    with pytest.raises(TooManyExports):
        ask(desk)
    ask(desk, requester=Requester("operator:2"))


def test_nobody_gets_someone_elses_export(engine, desk):
    export_id = ask(desk)

    with desk.reading() as session:
        with pytest.raises(ExportUnknown):
            get_export(session, export_id, requester=Requester("operator:2"))
        assert list_exports(session, Requester("operator:2")) == []
        assert get_export(session, export_id, requester=Requester("operator:3", sees_all=True))


def test_a_form_that_does_not_exist_is_refused(desk):
    with pytest.raises(ExportFormUnknown):
        ask(desk, form="xlsx")


def test_a_managers_export_holds_only_people_of_the_own_units(engine, desk, settings):
    with Session(engine) as session, session.begin():
        tree = create_small_tree(session)
        create_official(session, "own", tree.commune_a)
        create_official(session, "neighbour", tree.ministry)
    own = fill(engine, 3, name="own")
    fill(engine, 3, name="neighbour")
    fill(engine, 3, name="nobody")
    reach = Reach(on=EVERYBODY.on, root_id=tree.province)

    ordinary = ask(desk, reach=reach)
    reaching_out = ask(desk, reach=reach, filters=StatementFilters(unit_id=tree.ministry))
    by_name = ask(desk, reach=reach, filters=StatementFilters(person="neighbour"))
    while write_next_export(desk):
        pass

    assert ids_in(written_file(engine, settings, ordinary)) == own
    assert ids_in(written_file(engine, settings, reaching_out)) == []
    assert ids_in(written_file(engine, settings, by_name)) == []


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_a_file_for_an_analyst_names_nobody(engine, desk, settings, form):
    actor = {**make_agent("an"), "name": "Trần Thị Mẫu"}
    teacher = {"mbox": "mailto:giang.vien@example.org", "name": "Lê Văn Thầy"}
    with Session(engine) as session, session.begin():
        record(session, make_statement(actor=actor, context={"instructor": teacher}))
    with_names = ask(desk, form=form, with_names=True)
    without = ask(desk, form=form, with_names=False)
    while write_next_export(desk):
        pass

    shown = text_of(written_file(engine, settings, without))

    assert "an" in shown
    assert not [word for word in ("Mẫu", "Thầy", "mailto", "Họ tên") if word in shown]
    if form != "csv":
        named = text_of(written_file(engine, settings, with_names))
        assert "giang.vien" in named


def text_of(path: Path) -> str:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return str(pq.read_table(path).to_pylist())
    return path.read_text("utf-8-sig")


def test_a_csv_for_the_registry_names_people_by_pseudonym_and_name(engine, desk, settings):
    from sync.organization.staff import register_person
    from tests.factories.learning import create_identity

    with Session(engine) as session, session.begin():
        person = register_person(session, staff_code="CB-1", full_name="=Họ Tên", now=NOON)
        create_identity(session, "an", person_id=person.person_id)
        record(session, make_completed("an"))
        pseudonym = person.pseudonym
    export_id = ask(desk, form="csv")

    write_next_export(desk)

    text = text_of(written_file(engine, settings, export_id))
    assert f"{pseudonym},'=Họ Tên,CB-1," in text


def test_statements_with_line_ends_stay_on_one_line(engine, desk, settings):
    from xapi_bridge.statement import parse_statement

    raw = b'{\n "actor": {"mbox": "mailto:a@example.org"},\r\n "verb": {"id": "http://example.org/did"},\n'
    raw += b' "object": {"id": "http://example.org/x"}, "result": {"score": {"raw": 1.50}}\n}'
    with Session(engine) as session, session.begin():
        record(session, parse_statement(raw))
    export_id = ask(desk)

    write_next_export(desk)

    lines = written_file(engine, settings, export_id).read_bytes().splitlines()
    assert len(lines) == 1
    assert b'"raw":1.50' in lines[0]


def test_progress_is_a_share_only_where_the_whole_is_known(engine, settings):
    fill(engine, 40)
    desk = make_desk(engine, settings, most_parts=1)
    export_id = ask(desk)
    write_next_export(desk)

    status = status_of(stored_export(engine, export_id))

    assert (status.percent, status.is_open) == (25, True)
    assert replace(status, more_expected=True).percent is None


def test_a_worker_looks_for_work_without_taking_a_lock(engine, desk):
    with desk.reading() as session:
        assert not is_export_waiting(session, now=NOON)
    ask(desk)
    with desk.reading() as session:
        assert is_export_waiting(session, now=NOON)
