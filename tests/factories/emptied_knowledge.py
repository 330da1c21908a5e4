"""A knowledge base in memory that is emptied for each example of a property, and words to fill it with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from lti_tool.all_models import metadata

#: Few, so that what is drawn meets what is asked, and documents replace each other.
WORDS: Final = [
    "thủ tục",
    "hồ sơ",
    "trễ hạn",
    "con dấu",
    "lương",
    "công chức",
    "một cửa",
    "xã",
    "trực tuyến.",
]
REFS: Final = [f"{number}/2020/NĐ-CP" for number in range(1, 6)]


@contextmanager
def emptied_knowledge() -> Iterator[Callable[[], Session]]:
    """Gives a function: each call empties the knowledge base and opens a session on it.

    The schema is made once, because that takes longer than an example.
    """
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    tables = [table for table in reversed(metadata.sorted_tables) if "knowledge" in table.name]

    def open_emptied() -> Session:
        with Session(engine) as session:
            for table in tables:
                session.execute(delete(table))
            session.commit()
        return Session(engine)

    yield open_emptied
    engine.dispose()
