"""Prints docs/indicators.md from the catalogue: `python -m tools.write_indicators`."""

from pathlib import Path

from sync.indicators.catalogue import BANDS, CATALOGUE, IndicatorDefinition

PAGE = Path(__file__).parents[1] / "docs" / "indicators.md"

_HEAD = """# Indicators

Printed by `python -m tools.write_indicators` from `sync/indicators/catalogue.py`; do not edit.

*Stock* speaks of the people who are in a unit on a day, and of what they had done by that day. *Flow*
speaks of a period, and credits the unit of that day. The two are never added or compared. Where nothing was
recorded there is no figure, with the reason: `nobody`, `nothing_recorded` or `not_tagged`.
"""

#: Code -> function that measures it.
FUNCTIONS = {
    "cung-cap-kien-thuc": "sync.indicators.stock.measure_knowledge",
    "tiep-can-hoc-lieu": "sync.indicators.stock.measure_access",
    "hoi-dap-dung-han": "sync.indicators.questions.measure_answers",
    "ket-qua-kiem-tra": "sync.indicators.results.measure_results",
    "tien-bo-truoc-sau": "sync.indicators.results.measure_gain",
    "boi-duong-roi-chuyen-viec": "sync.indicators.moves.measure_moved_away",
    "theo-linh-vuc": "sync.indicators.stock.measure_topics",
    "theo-ky-nang": "sync.indicators.stock.measure_topics",
    "hinh-thuc-boi-duong": "sync.indicators.forms.measure_forms",
}


def indicators_page() -> str:
    """The whole page."""
    bands = ", ".join(f"{band.title} ≥ {band.at_least:g}" for band in BANDS[:-1])
    return (
        "\n".join(
            [_HEAD, *(_section(one) for one in CATALOGUE), f"Mức điểm: {bands}, còn lại {BANDS[-1].title}."]
        )
        + "\n"
    )


def _section(one: IndicatorDefinition) -> str:
    targets = "; ".join(
        f"{'trên ' if target.exceeds else ''}{target.percent}% vào {target.due_on:%d/%m/%Y}"
        for target in one.targets
    )
    return f"""## {one.title}

| | |
| --- | --- |
| Code | `{one.code}` |
| Measured by | `{FUNCTIONS[one.code]}` |
| Kind | {one.timing.value}; better: {one.direction.value} |
| Công thức | {one.formula} |
| Tử số | {one.numerator} |
| Mẫu số | {one.denominator} |
| Đối tượng | {one.population.title} (`{one.population.code}`) |
| Căn cứ | {one.legal_basis} |
| Chỉ tiêu | {targets or "không có"} |
"""


if __name__ == "__main__":
    PAGE.write_text(indicators_page(), encoding="utf-8")
