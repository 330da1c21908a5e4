"""How fast the knowledge base answers at 10,000 and 100,000 passages, with memory and size, on both engines.

    python -m bench.knowledge [--sizes 10000 100000] [--questions 150] [--postgresql URL]

Passages are spliced from our own: the shipped documents, entries and lessons. CPU is that of this process,
from the question to the hits with extracts and citations; suggestions likewise.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable, Sequence

import numpy as np
import psycopg
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from bench.knowledge_quality import NOW, ON, golden_questions, shipped_world
from bench.rollups import postgresql_engine, sqlite_engine
from content_packages.knowledge import Entry, answer, publish_entry, search, suggest
from content_packages.knowledge.indexing import put_passages
from content_packages.knowledge.mirror import mirror_of
from content_packages.knowledge.models import KnowledgePassage
from content_packages.knowledge.passages import DOCUMENTS, Passage
from content_packages.knowledge.variants import with_slip

#: Words of one spliced passage, as clauses of law have.
_WORDS = (60, 180)
#: p95 of CPU that a question may take, by number of passages; suggestions at any size.
BARS_MS = {10_000: 10.0, 100_000: 30.0}
SUGGESTION_BAR_MS = 10.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    given = parser.parse_args()
    for size in given.sizes:
        with sqlite_engine() as engine:
            measure("SQLite", engine, size, given.questions)
        try:
            psycopg.connect(given.postgresql).close()
        except psycopg.OperationalError:
            print("PostgreSQL is not reachable (--postgresql): not measured")
            continue
        with postgresql_engine(given.postgresql) as engine:
            measure("PostgreSQL", engine, size, given.questions)


def measure(label: str, engine: Engine, size: int, questions: int) -> None:
    shipped_world(engine)
    began = time.perf_counter()
    fill(engine, size)
    filling = time.perf_counter() - began
    with Session(engine) as session:
        reading, memory = read_mirror(session)
        print(f"{label}, {size} passages: indexed in {filling:.0f} s, {index_size(session):.0f} MB in tables")
        print(f"  copy in memory read in {reading:.1f} s, {memory:.0f} MB; process {peak_memory():.0f} MB")
        asked = some_questions(questions)
        limit = BARS_MS.get(size)
        report("search", [timed(lambda one=one: search(session, one, on=ON)) for one in asked], limit)
        draw = random.Random(905)
        slips = [with_slip(one, draw) for one in asked]
        report(
            "search, with a slip",
            [timed(lambda one=one: search(session, one, on=ON)) for one in slips],
            limit,
        )
        report("answer", [timed(lambda one=one: answer(session, one, on=ON)) for one in asked], None)
        suggest(session, "thu")
        begun = [one[: draw.randint(2, 20)] for one in asked]
        report(
            "suggestions", [timed(lambda one=one: suggest(session, one)) for one in begun], SUGGESTION_BAR_MS
        )
    publish(engine)


def fill(engine: Engine, size: int) -> None:
    """Passages of spliced text until there are `size` in all."""
    draw = random.Random(905)
    with Session(engine) as session, session.begin():
        texts = list(session.scalars(select(KnowledgePassage.text).order_by(KnowledgePassage.key)))
        words = " ".join(texts).split()
        there = session.scalar(select(func.count()).select_from(KnowledgePassage)) or 0
        for start in range(there, size, 2_000):
            part = {
                f"document:{n}/2024/QĐ-GHÉP": [spliced(n, words, draw)]
                for n in range(start, min(start + 2_000, size))
            }
            put_passages(session, part)


def spliced(number: int, words: Sequence[str], draw: random.Random) -> Passage:
    """Runs of eight words from anywhere, so that syllables and pairs are those of real text."""
    length = draw.randint(*_WORDS)
    runs = (words[at : at + 8] for at in (draw.randrange(len(words) - 8) for _ in range(length // 8)))
    body = " ".join(word for run in runs for word in run)
    key = f"document:{number}/2024/QĐ-GHÉP"
    return Passage(
        key=f"{key}#1",
        unit=f"{key}#1",
        shelf=DOCUMENTS,
        heading=f"Quyết định {number}/2024/QĐ-GHÉP",
        text=body,
    )


def read_mirror(session: Session) -> tuple[float, float]:
    """Seconds to read the copy in memory, and its size in MB."""
    began = time.perf_counter()
    mirror_of(session)
    seconds = time.perf_counter() - began
    arrays = [
        getattr(segment, name).nbytes
        for shelf in mirror_of(session).shelves.values()
        for segment in shelf.segments
        for name in ("terms", "starts", "places", "counts", "lengths", "alive")
    ]
    return seconds, sum(arrays) / 1e6


def index_size(session: Session) -> float:
    """MB of the index's table with its indexes."""
    if session.get_bind().dialect.name == "postgresql":
        return (
            float(session.scalar(text("SELECT pg_total_relation_size('content_knowledge_passage')")) or 0)
            / 1e6
        )
    return (
        float(
            session.scalar(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
            or 0
        )
        / 1e6
    )


def peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def some_questions(count: int) -> list[str]:
    asked = [one.question for one in (*golden_questions("fit"), *golden_questions("held_out"))]
    return random.Random(905).sample(asked, min(count, len(asked)))


def timed(ask: Callable[[], object]) -> float:
    began = time.process_time()
    ask()
    return (time.process_time() - began) * 1000


def report(name: str, times: Sequence[float], bar: float | None) -> None:
    p50, p95 = np.percentile(times, [50, 95])
    told = "" if bar is None else f"   bar {bar:.0f} ms{'' if p95 <= bar else ', missed'}"
    print(f"  {name:<22} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms CPU{told}")


def publish(engine: Engine) -> None:
    """From publishing one answer until another session has found it."""
    entry = Entry("bench", "Câu hỏi đo tốc độ?", "Trả lời.", ON, "quan-diem-chu-truong")
    began = time.perf_counter()
    with Session(engine) as session, session.begin():
        publish_entry(session, entry, by="bench", now=NOW)
    with Session(engine) as session:
        found = search(session, "câu hỏi đo tốc độ", on=ON).entries[0]
    seconds = time.perf_counter() - began
    assert found.key == "entry:bench"
    print(f"  an answer published and found by another session in {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main()
