"""Item statistics as a file for the review of a bank: CSV or XLSX, one line per question and choice."""

import csv
import io
from collections.abc import Iterator

import xlsxwriter

from content_packages.assessment.item_analysis import (
    FIRM_FROM,
    SHOWN_FROM,
    QuestionStatistics,
    QuizStatistics,
)

_HEADINGS = (
    "question", "attempts", "standing", "facility", "deviation", "discrimination", "efficiency",
    "seconds", "flags", "choice", "right", "chosen", "share", "share_top_third", "share_bottom_third",
    "choice_correlation",
)  # fmt: skip
_QUIZ_HEADINGS = ("attempts", "mean", "deviation", "consistency", "error_ratio", "standard_error")


def statistics_csv(statistics: QuizStatistics) -> str:
    """UTF-8 text with a byte order mark, so that Excel reads Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADINGS)
    writer.writerows(_lines(statistics))
    return "\ufeff" + out.getvalue()


def statistics_xlsx(statistics: QuizStatistics) -> bytes:
    """A workbook of two sheets: questions with their choices, and the quiz as a whole."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("questions")
        for row, line in enumerate([_HEADINGS, *_lines(statistics)]):
            sheet.write_row(row, 0, line)
        sheet.freeze_panes(1, 1)
        whole = book.add_worksheet("quiz")
        whole.write_row(0, 0, _QUIZ_HEADINGS)
        whole.write_row(1, 0, _quiz_line(statistics))
    return out.getvalue()


def _quiz_line(statistics: QuizStatistics) -> tuple[float | str, ...]:
    figures = (
        statistics.mean,
        statistics.deviation,
        statistics.consistency,
        statistics.error_ratio,
        statistics.standard_error,
    )
    return (statistics.count, *(_figure(one) for one in figures))


def _lines(statistics: QuizStatistics) -> Iterator[tuple[float | str, ...]]:
    for question in statistics.questions:
        yield (*_question_cells(question), *[""] * 7)
        for choice in question.choices:
            yield (
                question.question_id,
                *[""] * 8,
                choice.name,
                int(choice.is_right),
                choice.count,
                _figure(choice.share),
                _figure(choice.top_share),
                _figure(choice.bottom_share),
                _figure(choice.correlation),
            )


def _question_cells(question: QuestionStatistics) -> tuple[float | str, ...]:
    return (
        question.question_id,
        question.count,
        standing_of_figures(question.count),
        _figure(question.facility),
        _figure(question.deviation),
        _figure(question.discrimination),
        _figure(question.efficiency),
        _figure(question.seconds),
        " ".join(sorted(flag.value for flag in question.flags)),
    )


def standing_of_figures(count: int) -> str:
    """How much figures over so many attempts may be trusted: `hidden`, `preliminary` or `firm`."""
    if count < SHOWN_FROM:
        return "hidden"
    return "preliminary" if count < FIRM_FROM else "firm"


def _figure(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)
