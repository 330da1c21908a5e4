"""Options with shares of the points, as other formats write them <-> right and wrong options. Pure."""

from collections.abc import Sequence
from typing import Any

from content_packages.contents import Option
from content_packages.formats.imported import ImportNotes

#: (text, share of the points in percent from -100 to 100, feedback or "").
PointedOption = tuple[str, float, str]


def options_by_points(
    options: Sequence[PointedOption], *, single: bool | None, notes: ImportNotes, line: int
) -> dict[str, Any]:
    """Type and options of a choice question.

    An option with a share above zero is right when several may be chosen; when only one may, the one with
    the most points is. Shares that our equal points per right option do not keep are a finding.

    Args:
        single: whether the file says that one option is chosen; None when it does not say.
    """
    best = max((share for _, share, _ in options), default=0.0)
    only_one = single if single is not None else sum(share >= 100 for _, share, _ in options) == 1
    right = [share >= best if only_one else share > 0 for _, share, _ in options]
    if only_one and sum(right) > 1:
        right = [index == right.index(True) for index in range(len(right))]
    if _loses_points([share for _, share, _ in options], right):
        notes.warn(
            line, "I016", "điểm riêng của từng phương án không giữ được; các phương án đúng bằng điểm nhau"
        )
    written = [
        {"text": text, "correct": correct, **({"feedback": told} if told else {})}
        for (text, _, told), correct in zip(options, right, strict=True)
    ]
    kind: dict[str, Any] = {"type": "single"} if only_one else {"type": "multiple", "partial": True}
    return {**kind, "options": written}


def _loses_points(shares: Sequence[float], right: Sequence[bool]) -> bool:
    """Whether the shares are other than equal ones for the right and one penalty for the wrong options."""
    of_right = {round(share, 2) for share, correct in zip(shares, right, strict=True) if correct}
    of_wrong = {round(share, 2) for share, correct in zip(shares, right, strict=True) if not correct}
    return len(of_right) > 1 or any(share > 0 for share in of_wrong) or len(of_wrong) > 1


def shares_of(options: Sequence[Option]) -> list[float]:
    """Percent per option when several may be chosen: the right ones share 100, the wrong ones take it."""
    right = sum(option.correct for option in options)
    wrong = len(options) - right
    return [100 / right if option.correct else -100 / wrong for option in options]


def says_true(option: Option) -> bool:
    """Whether the option of a true/false question is the one that agrees."""
    return option.text.strip().casefold() in {"đúng", "true", "yes", "có"}


def says_false(option: Option) -> bool:
    """Whether the option of a true/false question is the one that disagrees."""
    return option.text.strip().casefold() in {"sai", "false", "no", "không"}
