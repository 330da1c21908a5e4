"""The extensions that our statements use, explained: our own, and those of cmi5."""

from xapi_bridge.vocabulary import cchc, cmi5
from xapi_bridge.vocabulary.concept import Concept, concept


def extensions(base: str) -> tuple[Concept, ...]:
    """Our own extensions, and cmi5's that we use.

    Args:
        base: beginning of our own IRIs (CCHC_IRI_BASE).
    """
    return (*_of_contexts(base), *_of_activities_and_results(base))


def _of_contexts(base: str) -> tuple[Concept, ...]:
    return (
        concept(
            "ContextExtension",
            cchc.translation_extension(base),
            "phiên bản dịch",
            "translation version",
            "Phiên bản của cách chuyển sự kiện thành bản ghi.",
            "Version of our translation of events into statements.",
            schema='{"type":"string"}',
        ),
        concept(
            "ContextExtension",
            cchc.package_version_extension(base),
            "phiên bản gói",
            "package version",
            "Mã băm của phiên bản gói mà người học thấy.",
            "Digest of the package version that the learner saw.",
            schema='{"type":"string"}',
        ),
        concept(
            "ContextExtension",
            cchc.reason_extension(base),
            "lý do hủy",
            "reason",
            "Mã lý do hủy một bản ghi.",
            "Code of the reason why a statement was taken back.",
            schema='{"type":"string"}',
        ),
    )


def _of_activities_and_results(base: str) -> tuple[Concept, ...]:
    return (
        concept(
            "ActivityExtension",
            cchc.delivery_extension(base),
            "hình thức",
            "delivery",
            "Hình thức của buổi học.",
            "How the session was held.",
            schema='{"enum":["in-class","live-online","workshop","study-trip"]}',
        ),
        concept(
            "ResultExtension",
            cchc.found_extension(base),
            "số kết quả",
            "entries found",
            "Số mục mà lần tìm cho thấy.",
            "How many entries the search found.",
            schema='{"type":"integer","minimum":0}',
        ),
        concept(
            "ResultExtension",
            cchc.chain_extension(base),
            "chuỗi bước làm bài",
            "chain of the attempt",
            "Mã băm cuối chuỗi các bước của lượt làm bài; bước nào bị sửa về sau thì chuỗi không khớp.",
            "Digest at the end of the chain of the attempt's steps; a step changed later breaks the chain.",
            schema='{"type":"string","pattern":"^[0-9a-f]{64}$"}',
        ),
        concept(
            "ResultExtension",
            cmi5.PROGRESS,
            "tiến độ",
            "progress",
            "Phần trăm đã học, từ 0 đến 100 (cmi5).",
            "Share of the content done, 0 to 100 (cmi5).",
            schema='{"type":"integer","minimum":0,"maximum":100}',
        ),
    )
