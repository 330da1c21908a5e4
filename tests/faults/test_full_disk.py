"""No room left: refused as such, nothing half-kept, and everything can be sent again when there is room."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from tests.factories.statements import make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.running_app import running_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Disk:
    """A limit on the size of an SQLite file, on every connection that is made from now on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pages: int | None = None
        event.listen(engine, "connect", self._limit)

    def allow(self, *, more_pages: int | None) -> None:
        """Room for so many pages more than now; None for as much as wanted."""
        if more_pages is None:
            self._pages = None
        else:
            with self._engine.connect() as connection:
                self._pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + more_pages
        self._engine.dispose()

    def _limit(self, connection, _record) -> None:
        connection.execute(f"PRAGMA max_page_count={self._pages or 2**31 - 1}")


@pytest.fixture
def door(database_url, clock):
    with open_door(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def disk(door) -> Disk:
    with door.app.app_context():
        return Disk(running_app().engine)


def batch_of(count: int) -> list[dict]:
    return [make_properties(id=str(uuid4()), result={"response": "x" * 500}) for _ in range(count)]


def test_a_full_disk_refuses_whole_batches_and_takes_them_later(door, disk):
    disk.allow(more_pages=60)
    sent = [batch_of(20) for _ in range(30)]

    statuses = [door.post(batch).status_code for batch in sent]

    assert set(statuses) == {200, 507}
    acknowledged = {
        one["id"] for batch, status in zip(sent, statuses, strict=True) if status == 200 for one in batch
    }
    assert set(all_ids(door)) == acknowledged

    disk.allow(more_pages=None)
    again = [door.post(batch).status_code for batch in sent]

    assert set(again) == {200}
    assert set(all_ids(door)) == {one["id"] for batch in sent for one in batch}


def test_a_full_disk_is_told_with_what_to_do(door, disk):
    disk.allow(more_pages=0)

    answer = door.post(batch_of(200))

    assert answer.status_code == 507
    assert answer.json["code"] == "storage_full"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


def all_ids(door) -> list[str]:
    """Every id, page by page along `more`."""
    answer = door.get().get_json()
    ids = [one["id"] for one in answer["statements"]]
    while answer["more"]:
        answer = door.client.get(answer["more"], auth=door.auth, headers=door.headers).get_json()
        ids += [one["id"] for one in answer["statements"]]
    return ids
