"""Pages of units × modules, areas or skills."""

from collections.abc import Collection, Mapping
from typing import Final

from flask import Response, request
from sqlalchemy.orm import Session

from lti_tool.reports import csv_tables
from lti_tool.reports.asked import Asked
from lti_tool.reports.pages import (
    FORMS,
    answer_table,
    asked_now,
    blueprint,
    current_programme,
    reading_unit,
    show,
)
from lti_tool.reports.stock_asked import matrix_of, stock_question
from lti_tool.reports.topic_columns import topic_columns
from lti_tool.reports.topic_words import topic_title
from lti_tool.reports.unit_views import unit_trail
from sync.reports.matrix import Matrix
from sync.reports.programme import Programme
from sync.reports.vietnamese_order import vietnamese_key

_COLUMNS: Final = ("chuyen-de", "linh-vuc", "ky-nang")


@blueprint.get("/don-vi/<int:unit_id>/ma-tran")
def matrix(unit_id: int) -> str:
    """The parts of a unit against what there is to learn."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        programme = current_programme(session)
        filled, titles = _filled(session, unit_id, asked, programme)
        return show(
            "reports/matrix.html",
            session,
            asked,
            programme,
            trail=unit_trail(session, unit_id, on=asked.tree_day),
            matrix=filled,
            rows=sorted(filled.rows, key=lambda row: vietnamese_key(row.unit.short_name)),
            titles=titles,
            columns_word=_asked_columns(),
        )


@blueprint.get(f"/don-vi/<int:unit_id>/ma-tran.{FORMS}")
def matrix_table(unit_id: int, form: str) -> Response:
    """The matrix as a file."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        filled, titles = _filled(session, unit_id, asked, current_programme(session))
    return answer_table(f"ma-tran-{unit_id}", csv_tables.tabulate_matrix(filled, titles), asked, form=form)


def _asked_columns() -> str:
    word = request.args.get("cot", _COLUMNS[0])
    return word if word in _COLUMNS else _COLUMNS[0]


def _filled(
    session: Session, unit_id: int, asked: Asked, programme: Programme
) -> tuple[Matrix, dict[str, str]]:
    word = _asked_columns()
    if word == "chuyen-de":
        columns: Mapping[str, Collection[str]] = {one.iri: [one.iri] for one in programme.modules}
        titles = {one.iri: one.title for one in programme.modules}
    else:
        columns = topic_columns(session, word)
        titles = {topic: topic_title(topic) for topic in columns}
    return matrix_of(session, stock_question(unit_id, asked, programme), columns), titles
