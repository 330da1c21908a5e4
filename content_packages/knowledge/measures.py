"""Measures of finding and of refusing (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Recall:
    """How high the right things stand.

    Attributes:
        recall_at_1, recall_at_5, recall_at_10: share of all right things among the first k.
        mrr: mean of 1 / rank of the first right thing, zero beyond the tenth.
    """

    variant: str
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr: float


def recall_of(variant: str, found: Sequence[Sequence[str]], right: Sequence[frozenset[str]]) -> Recall:
    """The measures over questions that have right things."""
    total = sum(len(one) for one in right) or 1
    at = {
        k: sum(len(one & set(listed[:k])) for listed, one in zip(found, right, strict=True)) / total
        for k in (1, 5, 10)
    }
    ranks = [
        next((1 / place for place, key in enumerate(listed[:10], start=1) if key in one), 0.0)
        for listed, one in zip(found, right, strict=True)
    ]
    return Recall(variant, at[1], at[5], at[10], sum(ranks) / (len(ranks) or 1))


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """How often an answerable question is surer than one that is not; ties count half."""
    above = np.asarray(answerable)[:, None] - np.asarray(unanswerable)[None, :]
    return float(((above > 0).sum() + 0.5 * (above == 0).sum()) / above.size)
