"""How often what answered, and what the machine did not know: counted by day, without anybody's account."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from content_packages.experts.models import AnswerUse, UnansweredSearch
from content_packages.experts.stripping import strip_personal
from content_packages.experts.working_days import local_day
from content_packages.knowledge import Answer
from content_packages.knowledge.syllables import syllables
from xapi_bridge.database import insert_or_update

_LONGEST_WORDS: Final = 300


def count_answer(session: Session, given: Answer, *, area: str, now: datetime) -> None:
    """Counts one showing of an answer, or one question that was not answered."""
    day = local_day(now)
    if given.kind == "unknown":
        _count_unknown(session, given.question, area=area, now=now)
        return
    keys = (
        [given.hit.key.partition("#")[0]] if given.hit else [f"document:{one.ref}" for one in given.citations]
    )
    rows = [{"day": day, "key": key[:200], "times": 1} for key in sorted(set(keys))]
    insert_or_update(
        session, AnswerUse.__table__, rows, change=lambda kept, new: {"times": kept.c.times + new.times}
    )


def _count_unknown(session: Session, question: str, *, area: str, now: datetime) -> None:
    words = strip_personal(" ".join(question.split())).text[:_LONGEST_WORDS]
    folded = " ".join(syllables(words))[:_LONGEST_WORDS]
    if not folded:
        return
    row = {"day": local_day(now), "folded": folded, "area": area, "words": words, "times": 1}
    insert_or_update(
        session,
        UnansweredSearch.__table__,
        [row],
        change=lambda kept, new: {"times": kept.c.times + new.times},
    )
