"""Statements in Parquet files: every byte comes back, and the columns say what the JSON says."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pyarrow.parquet as pq

from tests.factories.statements import LESSON, make_properties
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.store.parquet import ROWS_PER_GROUP, open_parquet, read_parquet, row_from_stored
from xapi_bridge.store.sequence import sequence_at

STORED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_stored(number: int = 0, **given: object) -> StoredStatement:
    text = json.dumps(make_properties(**given)).encode() + b" \n"
    return StoredStatement(sequence_at(STORED) + number, uuid4(), False, text)


def test_what_is_written_is_read_back_byte_for_byte(tmp_path):
    plain, special = make_stored(0), make_stored(1, result={"response": "tiếng Việt"})

    with open_parquet(tmp_path / "month.parquet") as writer:
        writer.write([row_from_stored(plain), row_from_stored(special, received=b"{ }", voids_own_only=True)])

    first, second = read_parquet(tmp_path / "month.parquet")
    assert first.stored.payload == plain.payload
    assert first.received is None
    assert (second.stored.payload, second.received, second.voids_own_only) == (special.payload, b"{ }", True)


def test_columns_tell_what_analysts_filter_by(tmp_path):
    registration = str(uuid4())
    row = row_from_stored(
        make_stored(context={"registration": registration}, timestamp="2026-11-24T08:00:00+07:00")
    )

    assert row["actor"] == "account https://lms.example hoc-vien-1"
    assert row["activity"] == LESSON
    assert row["registration"] == registration
    assert row["timestamp"] == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def test_long_files_are_written_in_groups(tmp_path):
    row = row_from_stored(make_stored())

    with open_parquet(tmp_path / "month.parquet") as writer:
        for _ in range(3):
            writer.write([row] * (ROWS_PER_GROUP // 2))

    with pq.ParquetFile(tmp_path / "month.parquet") as opened:
        assert opened.metadata.num_row_groups == 2
        assert opened.metadata.num_rows == writer.count == ROWS_PER_GROUP // 2 * 3
