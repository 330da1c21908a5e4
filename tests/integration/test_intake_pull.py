"""Pulling other record stores: in order, with a bookmark, past every fault."""

import json
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.intake.models import IntakeSource, RejectedStatement, StatementProvenance
from sync.intake.pulling import CLOCK_TOLERANCE, OVERLAP, pause_seconds, pull_due_sources
from sync.intake.sources import NewSource, add_source, find_source, pause_source, resume_source
from tests.factories.other_lrs import BEGIN, OtherLrs, ScriptedLrs, stamped, stored_of
from tests.factories.statements import make_agent
from xapi_bridge.lrs_account import RemotePage
from xapi_bridge.remote_errors import RemoteAccessRefused, RemoteUnavailable
from xapi_bridge.statement import parse_statement
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.record import record_statements
from xapi_bridge.vocabulary.cchc import tool_authority

BASE = "https://cchc.example/"
SECRET = "insecure-test-secret"


@pytest.fixture
def opened(engine):
    @contextmanager
    def transaction():
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return transaction


@pytest.fixture
def source(opened, clock):
    with opened() as session:
        new = NewSource("lrs-khac", "Kho khác", endpoint="https://other.example/xapi", secret="s")
        return add_source(session, new, secret=SECRET, now=clock())


@pytest.fixture
def pull(opened, clock, source):
    def run(remote, **options):
        return pull_due_sources(opened, remote, secret=SECRET, iri_base=BASE, clock=clock, **options)

    return run


def stored_ids(opened):
    with opened() as session:
        return [
            str(one) for one in session.scalars(select(StatementRow.statement_id).order_by(StatementRow.seq))
        ]


def state(opened):
    with opened() as session:
        return find_source(session, "lrs-khac")


def ids(statements):
    return [json.loads(one)["id"] for one in statements]


def test_everything_comes_once_and_in_order(pull, opened, clock):
    statements = [stamped(second) for second in range(5)]
    remote = OtherLrs(statements)

    taken = pull(remote)

    assert (taken.accepted, taken.total) == (5, 5)
    assert stored_ids(opened) == ids(statements)
    assert state(opened).read_through == stored_of(statements[-1])
    assert state(opened).due_at == clock() + timedelta(seconds=300)


def test_the_next_reading_begins_behind_the_bookmark(pull, opened, clock):
    remote = OtherLrs([stamped(second) for second in range(3)])
    pull(remote)
    remote.statements.append(stamped(10))
    clock.forward(seconds=301)

    taken = pull(remote)

    assert (taken.accepted, taken.known) == (1, 0)
    assert remote.asked[-1]["since"] == BEGIN + timedelta(seconds=2)


def test_a_source_that_is_not_due_is_left_alone(pull, clock):
    remote = OtherLrs([stamped(1)])
    pull(remote)

    clock.forward(seconds=299)

    assert pull(remote).total == 0
    assert remote.pages == 1


def test_the_filters_and_the_starting_instant_are_asked_for(opened, clock):
    with opened() as session:
        new = NewSource(
            "loc",
            "Lọc",
            endpoint="https://other.example/xapi/statements/",
            verb_iri="http://adlnet.gov/expapi/verbs/passed",
            activity_iri="https://other.example/a",
            since=BEGIN,
        )
        assert add_source(session, new, secret=SECRET, now=clock()).endpoint == "https://other.example/xapi"
    remote = OtherLrs()

    pull_due_sources(opened, remote, secret=SECRET, iri_base=BASE, clock=clock)

    assert remote.asked[0]["since"] == BEGIN
    assert remote.asked[0]["filters"] == {
        "verb": "http://adlnet.gov/expapi/verbs/passed",
        "activity": "https://other.example/a",
    }


def test_the_bookmark_never_passes_what_the_source_calls_certain(pull, opened):
    remote = OtherLrs([stamped(1), stamped(2), stamped(9)])
    remote.consistent_through = lambda: BEGIN + timedelta(seconds=5)

    pull(remote)

    assert len(stored_ids(opened)) == 3
    assert state(opened).read_through == BEGIN + timedelta(seconds=5)


def test_what_commits_late_at_the_source_still_comes(pull, opened, clock):
    late = stamped(3)
    remote = OtherLrs([stamped(1), stamped(9)], page_size=10)
    remote.consistent_through = lambda: BEGIN + timedelta(seconds=2)
    pull(remote)
    remote.statements.append(late)
    remote.consistent_through = None
    clock.forward(seconds=301)

    taken = pull(remote)

    assert (taken.accepted, taken.known) == (1, 1)
    assert ids([late])[0] in stored_ids(opened)


def test_a_source_that_does_not_say_what_is_certain_is_read_with_an_overlap(pull, opened, clock):
    late = stamped(95)
    remote = OtherLrs([stamped(1), stamped(100)], page_size=10, consistent_through=lambda: None)
    pull(remote)
    assert state(opened).read_through == BEGIN + timedelta(seconds=100) - OVERLAP
    remote.statements.append(late)
    clock.forward(seconds=301)

    assert pull(remote).accepted == 1


def test_a_word_about_the_future_is_not_believed(pull, opened, clock):
    ahead = (clock() - BEGIN).total_seconds() + 3600
    remote = OtherLrs([stamped(1), stamped(ahead)])

    pull(remote)

    assert state(opened).read_through == clock() + CLOCK_TOLERANCE


def test_many_statements_of_one_instant_come_though_each_run_is_short(pull, opened, clock):
    statements = [stamped(7) for _ in range(9)]
    remote = OtherLrs(statements, page_size=2)

    for _ in range(5):
        pull(remote, most_pages=1)
        clock.forward(seconds=1)

    assert set(stored_ids(opened)) == set(ids(statements))
    assert state(opened).more == ""


def test_a_reading_that_was_cut_goes_on_and_loses_nothing(pull, opened, clock):
    statements = [stamped(second) for second in range(7)]
    remote = OtherLrs(statements)

    def cut(number):
        if number == 3:
            raise RemoteUnavailable("other.example answered 503.", status=503, retry_after_seconds=900)

    remote.before_page = cut
    pull(remote)
    trouble = state(opened)
    clock.forward(seconds=901)
    taken = pull(remote)

    assert (trouble.failures, trouble.trouble_code) == (1, "remote_unavailable")
    assert trouble.due_at >= clock.instant - timedelta(seconds=1)
    assert (taken.accepted, taken.known) == (3, 0)
    assert stored_ids(opened) == ids(statements)
    assert (state(opened).failures, state(opened).trouble) == (0, "")


def test_a_more_address_that_has_expired_costs_a_repetition_and_nothing_else(pull, opened, clock):
    statements = [stamped(second) for second in range(7)]
    remote = OtherLrs(statements)
    pull(remote, most_pages=2)
    remote.forget_more()
    pull(remote)
    clock.forward(seconds=3601)

    pull(remote)

    assert stored_ids(opened) == ids(statements)


LOOP = RemotePage((stamped(1), stamped(2)), "/more/1", BEGIN)
BROKEN = [
    ("a page that leads to itself", [LOOP, LOOP, LOOP]),
    (
        "a page that comes again under another address",
        [LOOP, RemotePage(LOOP.statements, "/more/2", BEGIN), RemotePage(LOOP.statements, "/more/3", BEGIN)],
    ),
    (
        "pages that go back in time",
        [RemotePage((stamped(5),), "/more/1", BEGIN), RemotePage((stamped(1),), "", BEGIN)],
    ),
    ("newest first", [RemotePage((stamped(5), stamped(1)), "", BEGIN)]),
    ("empty pages for ever", [RemotePage((), f"/more/{number}", BEGIN) for number in range(10)]),
]


@pytest.mark.parametrize(("_name", "answers"), BROKEN, ids=[name for name, _ in BROKEN])
def test_paging_that_cannot_end_is_noticed_and_told(pull, opened, _name, answers):
    remote = ScriptedLrs(answers)

    pull(remote)

    found = state(opened)
    assert found.trouble_code == "source_paging_broken"
    assert (found.more, found.failures) == ("", 1)
    assert remote.calls < 6


@pytest.mark.parametrize(
    "refusal", [RemoteAccessRefused("401", status=401), RemoteUnavailable("HTML"), ValueError("unforeseen")]
)
def test_a_failure_is_told_and_tried_again_later_and_later(pull, opened, clock, refusal):
    remote = ScriptedLrs([refusal])
    pauses = []

    for _ in range(6):
        pull(remote)
        pauses.append((state(opened).due_at - clock()).total_seconds())
        clock.instant = state(opened).due_at

    assert state(opened).failures == 6
    assert pauses[:4] == sorted(pauses[:4])
    assert 240 <= pauses[0] <= 360
    assert pauses[-1] <= 3960


def test_one_source_that_fails_does_not_keep_another_waiting(pull, opened, clock):
    with opened() as session:
        new = NewSource("tot", "Kho tốt", endpoint="https://good.example/xapi")
        add_source(session, new, secret=SECRET, now=clock() - timedelta(seconds=1))
    good = RemotePage((stamped(1),), "", BEGIN + timedelta(seconds=1))

    taken = pull(ScriptedLrs([good, RemoteUnavailable("down")]))

    assert taken.accepted == 1


def test_a_password_sealed_under_another_secret_is_told_and_blocks_nothing(opened, clock, source):
    remote = OtherLrs([stamped(1)])

    taken = pull_due_sources(opened, remote, secret="another", iri_base=BASE, clock=clock)

    assert taken.total == 0
    assert state(opened).trouble_code == "source_key_sealed"


def test_the_password_lies_sealed_in_the_database(opened, source):
    assert source.sealed_secret not in {"", "s"}


def test_an_invalid_statement_is_kept_with_its_reason_and_blocks_nothing(pull, opened):
    bad = stamped(2, verb={"id": "not an iri"})
    remote = OtherLrs([stamped(1), bad, stamped(3)], page_size=10)

    taken = pull(remote)

    assert (taken.accepted, taken.rejected) == (2, 1)
    with opened() as session:
        kept = session.scalars(select(RejectedStatement)).one()
    assert (kept.raw, kept.code, kept.decided_at) == (bad, "iri_malformed", None)


def test_what_is_rejected_twice_is_kept_once(pull, opened, clock):
    bad = stamped(2, verb={"id": "not an iri"})
    remote = OtherLrs([bad], consistent_through=lambda: BEGIN)
    pull(remote)
    clock.forward(seconds=301)

    pull(remote)

    with opened() as session:
        assert session.scalar(select(func.count()).select_from(RejectedStatement)) == 1


def test_original_stored_and_authority_are_preserved(pull, opened):
    statement = stamped(4)

    pull(OtherLrs([statement]))

    with opened() as session:
        kept = session.scalars(select(StatementProvenance)).one()
        payload = json.loads(session.scalars(select(StatementRow.payload)).one())
    said = json.loads(statement)
    assert kept.original_stored == said["stored"]
    assert json.loads(kept.original_authority) == said["authority"]
    assert payload["authority"]["account"] == {"homePage": BASE, "name": "source-lrs-khac"}


def record_own(opened, raw, clock):
    with opened() as session:
        own = parse_statement(raw)
        record_statements(session, [own], authority=tool_authority(BASE), now=clock())


def test_our_own_statement_that_comes_back_is_known(pull, opened, clock):
    statement = stamped(4)
    record_own(opened, statement, clock)

    taken = pull(OtherLrs([statement]))

    assert (taken.known, taken.accepted, taken.rejected) == (1, 0, 0)


def test_our_own_statement_that_comes_back_under_pseudonyms_is_passed_over(pull, opened, clock):
    statement = json.loads(stamped(4))
    record_own(opened, json.dumps(statement).encode(), clock)
    statement["actor"] = make_agent("bi-danh")

    taken = pull(OtherLrs([json.dumps(statement).encode()]))

    assert (taken.copies, taken.rejected) == (1, 0)
    assert state(opened).copies == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}},
        {"object": {"id": "https://other.example/another"}},
        {"timestamp": "2026-10-01T00:00:00Z"},
        {"result": {"success": True}},
    ],
)
def test_another_statement_under_the_same_id_is_shown_to_a_person(pull, opened, clock, changed):
    statement = json.loads(stamped(4))
    record_own(opened, json.dumps(statement).encode(), clock)

    taken = pull(OtherLrs([json.dumps(statement | changed).encode(), stamped(5)], page_size=10))

    assert (taken.rejected, taken.accepted) == (1, 1)
    with opened() as session:
        kept = session.scalars(select(RejectedStatement)).one()
    assert (kept.code, str(kept.statement_id)) == ("statement_conflict", statement["id"])


def test_a_source_cannot_take_back_what_it_did_not_say(pull, opened, clock):
    ours = stamped(1)
    record_own(opened, ours, clock)
    voiding = {
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": ids([ours])[0]},
    }
    unknown = voiding | {"object": {"objectType": "StatementRef", "id": str(uuid4())}}

    taken = pull(OtherLrs([stamped(2, **voiding), stamped(3, **unknown)], page_size=10))

    with opened() as session:
        assert session.scalars(select(StatementRow.voided)).all() == [False]
        codes = session.scalars(select(RejectedStatement.code)).all()
    assert (taken.rejected, codes) == (2, ["voiding_of_others"] * 2)


def test_a_source_may_take_back_its_own_words(pull, opened):
    said = stamped(1)
    voiding = stamped(
        2,
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": ids([said])[0]},
    )

    taken = pull(OtherLrs([said, voiding], page_size=10))

    with opened() as session:
        voided = session.scalars(select(StatementRow.voided).order_by(StatementRow.seq)).all()
    assert (taken.accepted, voided) == (2, [True, False])


def test_an_attachment_whose_bytes_do_not_come_keeps_its_statement_for_a_person(pull, opened):
    attachment = {
        "usageType": "https://other.example/use",
        "display": {"vi": "Ảnh"},
        "contentType": "image/png",
        "length": 3,
        "sha2": "a" * 64,
    }

    taken = pull(OtherLrs([stamped(1, attachments=[attachment])]))

    assert taken.rejected == 1


def test_a_paused_source_is_not_read_and_a_resumed_one_goes_on(pull, opened, clock):
    remote = OtherLrs([stamped(1)])
    with opened() as session:
        pause_source(session, "lrs-khac", now=clock())
    assert pull(remote).total == 0

    with opened() as session:
        resume_source(session, "lrs-khac", now=clock())

    assert pull(remote).accepted == 1


def test_a_source_that_is_paused_while_a_page_is_on_its_way_stays_paused(pull, opened, clock):
    remote = OtherLrs([stamped(second) for second in range(3)])

    def pause(_number):
        with opened() as session:
            pause_source(session, "lrs-khac", now=clock())
            resume_source(session, "lrs-khac", now=clock())
            pause_source(session, "lrs-khac", now=clock())

    remote.before_page = pause
    pull(remote)

    assert state(opened).due_at is None
    assert stored_ids(opened) == []


def test_pauses_double_up_to_an_hour():
    row = IntakeSource(interval_seconds=60, failures=1)
    pauses = []
    for failures in (1, 2, 3, 20):
        row.failures = failures
        pauses.append(pause_seconds(row, drawn=0.5))

    assert pauses == [60, 120, 240, 3600]
