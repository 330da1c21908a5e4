"""How sure an answer is: a logistic model on what the ranking shows (pure).

Raw scores say little: a long question scores high on anything. The model's coefficients stand in
`confidence.json`, a version each; `cchc knowledge refit` learns them anew from a golden set.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from content_packages.knowledge.ranking import Found
from content_packages.knowledge.results import Band
from content_packages.knowledge.segments import Shelf, Weighed

FEATURES = (
    "share",  # score of the best unit against the ideal
    "score",  # log of that score
    "second",  # second against the best
    "fifth",  # fifth against the best
    "syllables_covered",  # by weight, in the best passage
    "pairs_covered",
    "syllables_in_whole",  # in the answer with all wordings of its question (else in the best passage)
    "pairs_in_whole",
    "told_back",  # how much of the best passage the question says
    "syllables_unknown",  # by weight, nowhere on the shelf
    "pairs_unknown",
    "length",  # log of the number of own terms
    "number_missing",  # the question names a document that the best passage does not name
)
_FORMAT = "cchc-confidence/2"


@dataclass(frozen=True)
class Coefficients:
    """One fitted model over standardised features."""

    intercept: float
    weights: tuple[float, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]

    def probability(self, features: Sequence[float]) -> float:
        """That the best unit answers the question."""
        parts = zip(self.weights, features, self.mean, self.scale, strict=True)
        total = self.intercept + sum(weight * (value - mean) / scale for weight, value, mean, scale in parts)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True)
class ConfidenceModel:
    """Both models and the bands.

    Attributes:
        fitted_on: day and size of the golden set, for whoever asks where the numbers come from.
    """

    version: int
    fitted_on: str
    entries: Coefficients
    documents: Coefficients
    high: float
    medium: float

    def band(self, confidence: float) -> Band:
        """high: answer; medium: may be related; low: we do not know."""
        if confidence >= self.high:
            return "high"
        return "medium" if confidence >= self.medium else "low"


@cache
def shipped_model() -> ConfidenceModel:
    """The model that comes with this version."""
    text = files("content_packages.knowledge").joinpath("confidence.json").read_text("utf-8")
    return model_from_json(text)


def model_from_json(text: str) -> ConfidenceModel:
    """The model as `model_json` wrote it.

    Raises:
        ValueError: other features or another format.
    """
    written: Mapping[str, Any] = json.loads(text)
    if written.get("format") != _FORMAT or tuple(written["features"]) != FEATURES:
        raise ValueError(f"Not a confidence model of this version: {written.get('format')!r}.")
    models = {name: _coefficients(written[name]) for name in ("entries", "documents")}
    return ConfidenceModel(
        written["version"], written["fitted_on"], **models, high=written["high"], medium=written["medium"]
    )


def _coefficients(written: Mapping[str, Any]) -> Coefficients:
    lists = {name: tuple(map(float, written[name])) for name in ("weights", "mean", "scale")}
    return Coefficients(float(written["intercept"]), **lists)


def model_json(model: ConfidenceModel) -> str:
    """The model as a text to keep under version control."""
    written = {
        "format": _FORMAT,
        "version": model.version,
        "fitted_on": model.fitted_on,
        "features": list(FEATURES),
        **{name: _written(getattr(model, name)) for name in ("entries", "documents")},
        "high": model.high,
        "medium": model.medium,
    }
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"


def _written(model: Coefficients) -> dict[str, Any]:
    lists = {
        name: [round(value, 5) for value in getattr(model, name)] for name in ("weights", "mean", "scale")
    }
    return {"intercept": round(model.intercept, 5), **lists}


def features_of(
    found: Found, shelf: Shelf, own: frozenset[str], *, whole: Shelf | None = None
) -> tuple[float, ...]:
    """What the ranking of a shelf shows, in the order of FEATURES; all zero when nothing was found.

    Args:
        whole: shelf of `found.whole`, for entries.
    """
    if not found.ranked:
        return (0.0,) * len(FEATURES)
    best = found.ranked[0].passage.passage_id
    terms = [term for term in found.terms if term.term in own]
    covered = shelf.covered(best, terms)
    in_whole = whole.covered(found.whole, terms) if whole and found.whole is not None else covered
    unknown = [not term.df for term in terms]
    numbers = [term for term in found.terms if term.term.startswith("#")]
    scores = [one.score for one in found.ranked[:5]] + [0.0] * 5
    return (
        found.share,
        math.log1p(scores[0]),
        scores[1] / scores[0],
        scores[4] / scores[0],
        *_shares(terms, covered),
        *_shares(terms, in_whole),
        min(1.0, sum(covered) / (shelf.length_of(best) or 1.0)),
        *_shares(terms, unknown),
        math.log1p(len(terms)),
        float(bool(numbers) and not any(shelf.covered(best, numbers))),
    )


def _shares(terms: Sequence[Weighed], chosen: Sequence[bool]) -> tuple[float, float]:
    """How much of the lone syllables, and of the pairs, was chosen, by what they tell."""
    lone = [(term, has) for term, has in zip(terms, chosen, strict=True) if " " not in term.term]
    pairs = [(term, has) for term, has in zip(terms, chosen, strict=True) if " " in term.term]
    return _share(lone), _share(pairs)


def _share(terms: Sequence[tuple[Weighed, bool]]) -> float:
    total = sum(term.idf for term, _ in terms)
    return sum(term.idf for term, has in terms if has) / total if total else 0.0


def fit(examples: Sequence[Sequence[float]], right: Sequence[bool], *, penalty: float = 3.0) -> Coefficients:
    """A logistic model by Newton's method; the same examples give the same model.

    Args:
        penalty: L2 on the standardised weights; keeps a small set from being learnt by heart.
    """
    given = np.asarray(examples, np.float64)
    mean, scale = given.mean(axis=0), given.std(axis=0)
    scale[scale < 1e-9] = 1.0
    design = np.column_stack([np.ones(len(given)), (given - mean) / scale])
    wanted = np.asarray(right, np.float64)
    weights = _newton(design, wanted, penalty)
    return Coefficients(
        float(weights[0]), tuple(map(float, weights[1:])), tuple(map(float, mean)), tuple(map(float, scale))
    )


def _newton(design: NDArray[np.float64], wanted: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    ridge = np.diag([0.0, *[penalty] * (design.shape[1] - 1)])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        expected = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (wanted - expected) - ridge @ weights
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(weights)), gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights
