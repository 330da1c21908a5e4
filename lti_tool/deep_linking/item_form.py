"""The settings of a chosen content as fields of a form, and back, with what is wrong said beside its field.

Fields are named `<content>|<name>`, so that a page which two windows show never mixes two items.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_tool.deep_linking.basket import LONGEST_TEXT, LONGEST_TITLE, BasketItem, Span
from sync.calendars import VIET_NAM

_LARGEST_MAXIMUM: Final = 10_000
_DAYS = ("available_from", "available_until", "submission_from", "submission_until")
_TARGETS = {"", "iframe", "window"}


@dataclass
class ItemForm:
    """One item's fields as they are shown.

    Attributes:
        values: field -> what stands in it, also when it cannot be read.
        troubles: field -> what is wrong with it.
    """

    content: str
    values: dict[str, str]
    troubles: dict[str, LazyString] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """The field's name in the posted form."""
        return f"{self.content}|{name}"


def show_item(item: BasketItem) -> ItemForm:
    """The fields of an item as it is kept."""
    spans = (item.available, item.submission)
    instants = [end for span in spans for end in (span.begins_at, span.ends_at)]
    values = {
        "title": item.title,
        "text": item.text,
        "graded": "1" if item.graded else "",
        "score_maximum": f"{item.score_maximum:g}",
        "target": item.target,
        "reviewable": "1" if item.reviewable else "",
        **dict(zip(_DAYS, map(_shown, instants), strict=True)),
    }
    return ItemForm(item.content, values)


def read_item(item: BasketItem, posted: Mapping[str, str]) -> tuple[BasketItem, ItemForm]:
    """The item as the form changes it, and the fields with what is wrong in them.

    A form that does not have the item's fields changes nothing: it was shown before the item came.
    """
    form = show_item(item)
    if form.name("title") not in posted:
        return item, form
    for name in form.values:
        form.values[name] = posted.get(form.name(name), "").replace("\x00", "").strip()
    changed = replace(
        item,
        title=_title(form),
        text=_text(form),
        graded=bool(form.values["graded"]),
        score_maximum=_maximum(form, kept=item.score_maximum),
        target=form.values["target"] if form.values["target"] in _TARGETS else "",
        available=_span(form, "available"),
        submission=_span(form, "submission"),
        reviewable=bool(form.values["reviewable"]),
    )
    return changed, form


def _title(form: ItemForm) -> str:
    # A title is one line; what a paste brings along is no reason to refuse it.
    title = " ".join(form.values["title"].split())
    form.values["title"] = title
    if not title:
        form.troubles["title"] = _l("Hãy nhập tên hiển thị.")
    elif len(title) > LONGEST_TITLE:
        form.troubles["title"] = _l("Tên dài quá 255 ký tự. Hãy rút ngắn.")
    return title


def _text(form: ItemForm) -> str:
    if len(form.values["text"]) > LONGEST_TEXT:
        form.troubles["text"] = _l("Mô tả dài quá 2.000 ký tự. Hãy rút ngắn.")
    return form.values["text"]


def _maximum(form: ItemForm, *, kept: float) -> float:
    """Vietnamese write 7,5."""
    if not form.values["graded"]:
        return kept
    try:
        maximum = float(form.values["score_maximum"].replace(",", "."))
    except ValueError:
        maximum = math.nan
    if not 0 < maximum <= _LARGEST_MAXIMUM:
        form.troubles["score_maximum"] = _l("Điểm tối đa là một số lớn hơn 0 và không quá 10.000.")
        return kept
    return maximum


def _span(form: ItemForm, name: str) -> Span:
    span = Span(_instant(form, f"{name}_from"), _instant(form, f"{name}_until"))
    if span.begins_at and span.ends_at and span.ends_at <= span.begins_at:
        form.troubles[f"{name}_until"] = _l("Thời điểm kết thúc phải sau thời điểm bắt đầu.")
    return span


def _instant(form: ItemForm, name: str) -> datetime | None:
    """A day and a time in Viet Nam, as the browser's field writes it: 2026-11-30T17:00."""
    written = form.values[name]
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        read = None
    if read is None or read.tzinfo is not None or not 2000 <= read.year < 2100:
        form.troubles[name] = _l("Hãy nhập ngày và giờ, ví dụ 2026-11-30T17:00.")
        return None
    return read.replace(tzinfo=VIET_NAM)


def _shown(instant: datetime | None) -> str:
    return instant.astimezone(VIET_NAM).strftime("%Y-%m-%dT%H:%M") if instant else ""
