"""Settings of the question channel: the experts' queue, the public page and its API."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from content_packages.errors import HolidaysUnreadable
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.working_days import Holidays, read_holidays, shipped_holidays
from lti_tool.wording_settings import WordingFields


class AskingFields(WordingFields):
    """The part of `Settings` about questions, answers and their wording."""

    question_days: int = Field(
        5, ge=1, le=60, description="Working days within which experts answer a question."
    )
    questions_per_day: int = Field(
        10, ge=1, le=1000, description="Questions that one learner may send to experts within 24 hours."
    )
    question_four_eyes: bool = Field(
        True, description="Whoever wrote an answer may not publish it: a second person reads it first."
    )
    question_texts_told: bool = Field(
        False,
        description="Statements carry what people searched and asked. Otherwise they say only that somebody "
        "did.",
    )
    holidays_file: Path | None = Field(
        None,
        description="YAML file with the days off and the Saturdays worked, in place of the shipped one.",
    )
    public_knowledge: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Public search page `/hoi-dap` and API `/api/hoi-dap`, without signing in. `auto`: on in "
        "development, off in production.",
    )
    public_knowledge_origins: str = Field(
        "",
        description="Web sites whose pages may call the API, separated by blanks, for example "
        "`https://caicachhanhchinh.gov.vn`. `*`: all.",
    )
    public_knowledge_per_minute: int = Field(
        60, ge=1, le=100_000, description="Requests a minute that one address may make there."
    )

    @field_validator("public_knowledge_origins")
    @classmethod
    def _origins_are_origins(cls, value: str) -> str:
        for origin in value.split():
            parts = urlsplit(origin)
            if origin != "*" and (parts.scheme not in {"http", "https"} or origin != _origin(origin)):
                raise ValueError("write origins such as https://caicachhanhchinh.gov.vn, or *")
        return value

    @field_validator("holidays_file")
    @classmethod
    def _holidays_can_be_read(cls, value: Path | None) -> Path | None:
        if value is not None:
            read_holidays_file(value)
        return value


def expert_settings_from(settings: AskingFields, *, iri_base: str) -> ExpertSettings:
    """The part of the settings that the queue needs."""
    file = settings.holidays_file
    return ExpertSettings(
        iri_base=iri_base,
        answer_days=settings.question_days,
        questions_per_day=settings.questions_per_day,
        tells_texts=settings.question_texts_told,
        four_eyes=settings.question_four_eyes,
        holidays=shipped_holidays() if file is None else read_holidays_file(file),
    )


def read_holidays_file(path: Path) -> Holidays:
    """The holidays of an installation's own file.

    Raises:
        ValueError: it cannot be read, or has another form.
    """
    try:
        return read_holidays(path.read_text(encoding="utf-8"))
    except (OSError, HolidaysUnreadable) as refused:
        raise ValueError(f"cannot read the holidays: {refused}") from refused


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
