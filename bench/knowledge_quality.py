"""How well the knowledge base finds and refuses, on our golden set.

    python -m bench.knowledge_quality [--refit] [--list]

Publishes the shipped knowledge base and lessons into a database in memory, asks every golden question and
prints two tables: over the part of the golden set from which ranking and confidence were learnt, and over the
part that was held out, with the bars that tests hold. `--refit` learns the confidence model anew from the
first part, into the package.
"""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import build
from content_packages.knowledge import publish_knowledge
from content_packages.knowledge import quality as measuring
from content_packages.knowledge.confidence import model_json
from content_packages.knowledge.quality import Quality, measure_quality
from content_packages.knowledge.refitting import GoldenQuestion, read_golden, refit
from content_packages.knowledge.source import read_folder
from content_packages.library import publish_package
from lti_tool.all_models import metadata

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
MODEL = Path(measuring.__file__).with_name("confidence.json")

#: Name, how it is read from the measurements, whether more is better, and the bar. Tests hold these.
BARS = (
    ("R@1 as asked", lambda found: found.recalls[0].recall_at_1, True, 0.75),
    ("R@5 as asked", lambda found: found.recalls[0].recall_at_5, True, 0.95),
    ("MRR@10 as asked", lambda found: found.recalls[0].mrr, True, 0.82),
    ("R@5 without diacritics", lambda found: found.recalls[1].recall_at_5, True, 0.95),
    ("R@5 half of them", lambda found: found.recalls[2].recall_at_5, True, 0.95),
    ("R@5 still typing", lambda found: found.recalls[3].recall_at_5, True, 0.93),
    ("R@5 with a slip", lambda found: found.recalls[4].recall_at_5, True, 0.93),
    ("answered with high confidence", lambda found: found.answered, True, 0.55),
    ("of these right in the first three", lambda found: found.precision, True, 0.95),
    ("of these right at once", lambda found: found.precision_at_1, True, 0.85),
    ("far questions answered", lambda found: found.far_answered, False, 0.02),
    ("near questions answered", lambda found: found.near_answered, False, 0.12),
    ("AUROC far", lambda found: found.auroc_far, True, 0.97),
    ("AUROC near", lambda found: found.auroc_near, True, 0.84),
    ("validity answered wrongly", lambda found: float(len(found.wrong_validity)), False, 0.0),
    ("ended documents unlabelled", lambda found: float(len(found.unlabelled)), False, 0.0),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--refit", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--held-out", action="store_true", help="only what the bars are held against")
    given = parser.parse_args()
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with Session(shipped_world(engine)) as session:
        if given.refit:
            MODEL.write_text(model_json(refit(session, golden_questions("fit"), on=ON)), "utf-8")
            print(f"written: {MODEL.name}; run again to measure with it")
            return
        parts = {"learnt from": golden_questions("fit"), "held out": judged_questions()}
        if given.held_out:
            del parts["learnt from"]
        for title, questions in parts.items():
            found = measure_quality(session, questions, on=ON)
            print(f"\n{title}: {quality_table(found)}")
            if given.list:
                print(listing(found))


def golden_questions(part: Literal["fit", "held_out"]) -> list[GoldenQuestion]:
    """One part of the golden set; a question is in one part only."""
    return read_golden(*sorted((GOLDEN / part).glob("*.jsonl")))


def judged_questions() -> list[GoldenQuestion]:
    """What the bars are held against: questions held out, and all about validity, which teach nothing."""
    return [
        *golden_questions("held_out"),
        *(one for one in golden_questions("fit") if one.kind in ("validity", "replaced")),
    ]


def shipped_world(engine: Engine) -> Engine:
    """The tables, the shipped knowledge base and the shipped lessons."""
    metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        publish_knowledge(
            session, read_folder(SHIPPED_CURRICULUM / "knowledge").source, by="shipped", now=NOW
        )
        publish_package(session, build(SHIPPED_CURRICULUM), now=NOW)
    return engine


def quality_table(found: Quality) -> str:
    lines = [f"{found.questions} golden questions, p95 of an answer {found.p95_ms:.1f} ms CPU", ""]
    lines.append(f"{'':<16}{'R@1':>8}{'R@5':>8}{'R@10':>8}{'MRR@10':>8}")
    for one in found.recalls:
        numbers = (one.recall_at_1, one.recall_at_5, one.recall_at_10, one.mrr)
        lines.append(f"{one.variant:<16}" + "".join(f"{number:>8.3f}" for number in numbers))
    lines.append(f"\n{'':<36}{'measured':>10}{'bar':>10}")
    for name, read, more, bar in BARS:
        value = read(found)
        mark = "" if meets(value, bar, more) else "   below the bar"
        lines.append(f"{name:<36}{value:>10.3f}{'≥' if more else '≤':>5}{bar:>5.2f}{mark}")
    return "\n".join(lines)


def meets(value: float, bar: float, more: bool) -> bool:
    return value >= bar if more else value <= bar


def listing(found: Quality) -> str:
    parts = (
        ("not among the first five", found.missed),
        ("answered wrongly", found.wrong_answers),
        ("validity", found.wrong_validity),
        ("unlabelled", found.unlabelled),
    )
    return "\n".join(f"{name}: {question}" for name, listed in parts for question in listed)


if __name__ == "__main__":
    main()
