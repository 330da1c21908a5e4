"""Ids for statements that come without one."""

import json
from uuid import uuid4

from tests.factories.statements import make_properties
from xapi_bridge.statement import parse_statement
from xapi_bridge.translate.unnamed import name_unnamed

AT = "2026-11-25T02:00:00Z"


def unnamed(**given):
    return parse_statement(json.dumps(make_properties(**{"timestamp": AT, **given})).encode())


def ids(*statements, source="moodle"):
    return [one.id for one in name_unnamed(statements, source_name=source)]


def test_the_same_batch_gets_the_same_ids_again():
    assert ids(unnamed(), unnamed(result={"success": True})) == ids(
        unnamed(), unnamed(result={"success": True})
    )


def test_another_notation_of_the_same_statement_gets_the_same_id():
    other = unnamed(timestamp="2026-11-25T09:00:00.000+07:00", verb={"id": unnamed().verb.id, "display": {}})

    assert ids(unnamed()) == ids(other)


def test_sources_times_and_contents_have_ids_of_their_own():
    chosen = [
        *ids(unnamed()),
        *ids(unnamed(), source="other"),
        *ids(unnamed(timestamp="2026-11-25T02:00:01Z")),
        *ids(unnamed(result={"success": True})),
    ]

    assert len(set(chosen)) == 4


def test_equal_statements_of_one_batch_are_all_kept():
    first, second = ids(unnamed(), unnamed())

    assert first != second


def test_an_id_that_was_given_stays():
    given = uuid4()

    assert ids(unnamed(id=str(given))) == [given]


def test_a_statement_without_a_time_is_left_to_the_store():
    statement = parse_statement(json.dumps(make_properties()).encode())

    assert ids(statement) == [None]
