"""What the expert queue needs to know of the installation."""

from dataclasses import dataclass, field

from content_packages.experts.working_days import Holidays, shipped_holidays


@dataclass(frozen=True)
class ExpertSettings:
    """Filled by `lti_tool.app.create_app`.

    Attributes:
        iri_base: beginning of our own IRIs.
        answer_days: working days within which a question is to be answered.
        questions_per_day: questions that one learner may send within 24 hours.
        tells_texts: whether statements carry what people typed.
        four_eyes: whoever wrote a draft may not publish it.
    """

    iri_base: str
    answer_days: int = 5
    questions_per_day: int = 10
    tells_texts: bool = False
    four_eyes: bool = True
    holidays: Holidays = field(default_factory=shipped_holidays)
