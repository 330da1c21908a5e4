"""Pre-tests and their post-tests among what is published: what the gain is measured between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from content_packages.library.versions import list_current_packages, read_package
from sync.indicators.measures import Gain
from sync.indicators.results import measure_gain
from sync.rollups.definitions import Population
from xapi_bridge.vocabulary.cchc import quiz_iri


@dataclass(frozen=True)
class QuizPair:
    """A pre-test and a post-test that ask alike.

    Attributes:
        title: of the package, and of the post-test.
        before_iri, after_iri: the quizzes as statements name them.
    """

    title: str
    before_iri: str
    after_iri: str


@dataclass(frozen=True)
class PairGain:
    """The gain of a unit between the two quizzes of a pair."""

    pair: QuizPair
    gain: Gain


def read_quiz_pairs(session: Session, *, iri_base: str) -> list[QuizPair]:
    """The pairs of the current version of every package that has both halves, in the order of the packages.

    Args:
        iri_base: beginning of our activity identifiers.
    """
    pairs = []
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        halves = {(quiz.pair, quiz.part): quiz for quiz in package.quizzes.values() if quiz.pair}
        for (name, part), after in halves.items():
            before = halves.get((name, "pre"))
            if part == "post" and before is not None:
                first, second = (quiz_iri(iri_base, package.id, one.id) for one in (before, after))
                pairs.append(QuizPair(f"{package.title}: {after.title}", first, second))
    return pairs


def measure_gains(
    session: Session, unit_id: int, *, on: date, population: Population, pairs: Sequence[QuizPair]
) -> list[PairGain]:
    """The gain of a unit at every pair."""
    return [
        PairGain(
            pair,
            measure_gain(
                session,
                unit_id,
                on=on,
                population=population,
                quiz_before=pair.before_iri,
                quiz_after=pair.after_iri,
            ),
        )
        for pair in pairs
    ]
