"""Questions to experts: valid by default, so that a test shows only what matters."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from content_packages.experts.answering import publish_answer
from content_packages.experts.asking import Asker, NewQuestion, ask_question
from content_packages.experts.drafts import Draft, Editor, save_draft, submit_draft
from content_packages.experts.models import ExpertQuestion
from content_packages.experts.settings import ExpertSettings
from content_packages.knowledge import Basis
from xapi_bridge.statement import Account

IRI_BASE = "https://cchc.example/"
AREA = "cai-cach-thu-tuc-hanh-chinh"
SETTINGS = ExpertSettings(iri_base=IRI_BASE)
LAN = Account("https://lms.example", "lan")
MINH = Account("https://lms.example", "minh")
EXPERT = Editor("chuyen-gia", reviews=False)
REVIEWER = Editor("duyet-bai", reviews=True)
EXPERT_ACCOUNT = Account(IRI_BASE, "expert-1")
TEXT = "Trả kết quả muộn thì xin lỗi người dân bằng văn bản mẫu nào?"


def make_question(text: str = TEXT, **given: Any) -> NewQuestion:
    """A question about apologies for late results."""
    return NewQuestion(text, **{"area": AREA, **given})


def ask(
    session: Session, account: Account = LAN, text: str = TEXT, *, now: Any, **given: Any
) -> ExpertQuestion:
    """The question, sent."""
    asked = ask_question(
        session, make_question(text, **given), asker=Asker(account), settings=SETTINGS, now=now
    )
    return asked.question


def make_draft(**given: Any) -> Draft:
    """An answer that rests on a decree."""
    ordinary: dict[str, Any] = {
        "question": "Trả kết quả muộn thì xin lỗi bằng mẫu nào?",
        "answer": "Dùng **mẫu phiếu xin lỗi và hẹn lại ngày trả kết quả** kèm nghị định.",
        "area": AREA,
        "as_of": date(2026, 11, 24),
        "sources": (Basis("118/2025/NĐ-CP", "Điều 7"),),
        "also": (TEXT,),
    }
    return Draft(**{**ordinary, **given})


def answer(session: Session, question: ExpertQuestion, *, now: Any, **given: Any) -> str:
    """Drafted by the expert, reviewed and published by the reviewer; the entry's id."""
    save_draft(session, question.id, make_draft(**given), editor=REVIEWER_AS_WRITER, now=now)
    submit_draft(session, question.id, editor=REVIEWER_AS_WRITER, now=now)
    return publish_answer(
        session, question.id, editor=REVIEWER, expert=EXPERT_ACCOUNT, settings=SETTINGS, now=now
    )


#: Writes in every area, so that a test need not give out areas.
REVIEWER_AS_WRITER = Editor("viet-bai", reviews=True)
