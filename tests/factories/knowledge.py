"""Documents, entries and a small knowledge base: valid by default, so that a test shows only what matters."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from content_packages.knowledge import (
    Basis,
    Document,
    DocumentPassage,
    Entry,
    KnowledgeSource,
    Vocabulary,
    publish_knowledge,
)

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def make_document(ref: str = "118/2025/NĐ-CP", **given: Any) -> Document:
    """A decree in force about one-stop offices."""
    ordinary: dict[str, Any] = {
        "kind": "Nghị định",
        "title": "Thực hiện thủ tục hành chính theo cơ chế một cửa",
        "issuer": "Chính phủ",
        "signed": date(2025, 6, 9),
        "effective": date(2025, 7, 1),
        "area": "cai-cach-thu-tuc-hanh-chinh",
        "grade": "B",
        "source_note": "Bản thử.",
        "checked_on": date(2026, 11, 22),
        "passages": (
            DocumentPassage(
                article="Điều 7",
                clause="Khoản 1",
                heading="Nơi nộp hồ sơ",
                text="Người dân nộp hồ sơ ở bất kỳ trung tâm nào trong tỉnh, không phụ thuộc nơi cư trú.",
            ),
        ),
    }
    return Document(ref=ref, **{**ordinary, **given})


def make_old_document(**given: Any) -> Document:
    """The decree before it."""
    ordinary: dict[str, Any] = {
        "title": "Thực hiện cơ chế một cửa trong giải quyết thủ tục hành chính",
        "signed": date(2018, 4, 23),
        "effective": date(2018, 6, 21),
        "passages": (DocumentPassage("Hồ sơ nộp tại bộ phận một cửa nơi cư trú.", article="Điều 3"),),
    }
    return make_document("61/2018/NĐ-CP", **{**ordinary, **given})


def make_entry(entry_id: str = "nop-ho-so-khac-xa", **given: Any) -> Entry:
    """A question about where to hand papers in."""
    ordinary: dict[str, Any] = {
        "question": "Người ở xã khác có nộp hồ sơ tại xã tôi được không?",
        "answer": "Được. Trong phạm vi tỉnh, nơi nộp **không phụ thuộc** nơi cư trú.",
        "as_of": date(2026, 11, 22),
        "area": "cai-cach-thu-tuc-hanh-chinh",
        "also": ("nop ho so phi dia gioi",),
        "sources": (Basis("118/2025/NĐ-CP", "Điều 7"),),
    }
    return Entry(id=entry_id, **{**ordinary, **given})


def make_vocabulary() -> Vocabulary:
    """Two abbreviations, one group, one old phrase."""
    return Vocabulary(
        abbreviations={"TTHC": ("thủ tục hành chính",), "CCHC": ("cải cách hành chính",)},
        synonyms=(("trễ hạn", "quá hạn"),),
        newer={"mức độ 4": ("toàn trình",)},
    )


def make_source() -> KnowledgeSource:
    """Two decrees, one replacing the other, two other subjects, three entries."""
    salary = make_document(
        "161/2026/NĐ-CP",
        title="Mức lương cơ sở",
        effective=date(2026, 7, 1),
        signed=None,
        area="cai-cach-che-do-cong-vu",
        passages=(DocumentPassage("Mức lương cơ sở là 2.530.000 đồng một tháng."),),
    )
    law = make_document(
        "72/2025/QH15",
        kind="Luật",
        title="Tổ chức chính quyền địa phương",
        issuer="Quốc hội",
        signed=date(2025, 6, 16),
        effective=date(2025, 6, 16),
        area="cai-cach-bo-may",
        passages=(DocumentPassage("Ủy quyền là giao làm thay trong thời hạn nhất định."),),
    )
    late = make_entry(
        "tre-han-phai-lam-gi",
        question="Giải quyết hồ sơ trễ hạn thì phải làm gì?",
        answer="Gửi văn bản xin lỗi và hẹn lại ngày cụ thể.",
        also=(),
        sources=(Basis("118/2025/NĐ-CP"),),
    )
    wage = make_entry(
        "luong-co-so",
        question="Mức lương cơ sở hiện nay là bao nhiêu?",
        answer="2.530.000 đồng một tháng, từ ngày 01/7/2026.",
        also=(),
        sources=(Basis("161/2026/NĐ-CP"),),
        area="cai-cach-che-do-cong-vu",
        level="cap-xa",
    )
    one_stop = make_document(replaces=("61/2018/NĐ-CP",), amended_by=("367/2025/NĐ-CP",))
    return KnowledgeSource(
        documents=(one_stop, make_old_document(), salary, law),
        entries=(make_entry(), late, wage),
        vocabulary=make_vocabulary(),
    )


def create_knowledge(session: Session) -> None:
    """The small knowledge base, published."""
    publish_knowledge(session, make_source(), by="test", now=NOON)
