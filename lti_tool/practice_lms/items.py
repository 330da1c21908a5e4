"""Content items that a tool answers with (Deep Linking 2.0, 3), as activities to be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.practice_lms.errors import DeepLinkRefused
from lti_tool.practice_lms.profiles import Profile


@dataclass(frozen=True)
class ChosenItem:
    """One activity to be.

    Attributes:
        url: empty when it is the tool's.
        score_maximum: absent when it has no column.
        submission_review: `url` and `custom`, as the tool gave them.
    """

    title: str
    text: str
    url: str
    custom: dict[str, str]
    score_maximum: float | None
    column_label: str
    resource_id: str
    tag: str
    submission_review: dict[str, Any] | None


def read_items(sent: Any, *, profile: Profile) -> list[ChosenItem]:
    """The items that become activities; those of another type are left out, where the profile does.

    Raises:
        DeepLinkRefused: no list of objects, a title missing or too long, or a broken column.
    """
    if not isinstance(sent, list) or not all(isinstance(item, Mapping) for item in sent):
        raise DeepLinkRefused("content_items phải là danh sách đối tượng.")
    return [
        _read_item(item, profile)
        for item in sent
        if profile.deep_link_any_type or item.get("type") == "ltiResourceLink"
    ]


def _read_item(item: Mapping[str, Any], profile: Profile) -> ChosenItem:
    title = str(item.get("title") or "").strip()
    if not title:
        raise DeepLinkRefused("Có mục không có tên (title).")
    if profile.deep_link_longest_title and len(title) > profile.deep_link_longest_title:
        raise DeepLinkRefused(f"Tên của mục dài quá {profile.deep_link_longest_title} ký tự.")
    column = item.get("lineItem")
    column = column if isinstance(column, Mapping) else {}
    label = str(column.get("label") or "") if profile.deep_link_keeps_label else ""
    return ChosenItem(
        title=title,
        text=str(item.get("text") or ""),
        url=str(item.get("url") or ""),
        custom=_custom(item.get("custom"), as_lines=profile.deep_link_custom_lines),
        score_maximum=_score_maximum(column),
        column_label=label or title,
        resource_id=str(column.get("resourceId") or ""),
        tag=str(column.get("tag") or ""),
        submission_review=_review(column.get("submissionReview")),
    )


def _score_maximum(column: Mapping[str, Any]) -> float | None:
    if not column:
        return None
    maximum = column.get("scoreMaximum")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or maximum <= 0:
        raise DeepLinkRefused("scoreMaximum của cột điểm phải là số lớn hơn 0.")
    return float(maximum)


def _review(value: Any) -> dict[str, Any] | None:
    return dict(value) if isinstance(value, Mapping) else None


def _custom(value: Any, *, as_lines: bool) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    custom = {str(name): str(text) for name, text in value.items()}
    return _as_lines(custom) if as_lines else custom


def _as_lines(custom: Mapping[str, str]) -> dict[str, str]:
    """What is left when parameters are kept as lines `name=value`: a line end begins another parameter."""
    lines = "\n".join(f"{name}={text}" for name, text in custom.items()).splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip(): text for name, _, text in pairs}
