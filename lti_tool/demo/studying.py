"""One person's day in real HTTP: sign in to the LMS, open activities, read, answer, take the quiz.

What was done before is read from the pages, as a person would read it, and not done again.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit

from lti_tool.demo.browser import Browser
from lti_tool.demo.errors import PageNotAsExpected
from lti_tool.demo.knowledge import Knowledge, fill_in
from lti_tool.demo.pages import Element, Form
from lti_tool.demo.people import UNKNOWN_QUESTIONS, Official, Study

Found = TypeVar("Found")

_SECTION: Final = re.compile(r"/m/[^/]+/\d+$")
_QUIZ: Final = re.compile(r"/z/[^/]+$")
#: More pages than any module or quiz has: a page that leads nowhere must not loop for ever.
_MOST_PAGES: Final = 100


@dataclass(frozen=True)
class Classroom:
    """Where one studies, and what can be known."""

    lms_url: str
    knowledge: Knowledge


class Learner:
    """An official with a browser of their own."""

    def __init__(self, classroom: Classroom, official: Official) -> None:
        self._classroom = classroom
        self._official = official
        self._browser = Browser()

    def __enter__(self) -> "Learner":
        return self

    def __exit__(self, *_reason: object) -> None:
        self._browser.close()

    def study_course(self) -> Iterator[str]:
        """Does what the official does with each module; tells each outcome in a few words."""
        sign_in(self._browser, self._classroom.lms_url, self._official.full_name)
        activities = open_first_course(self._browser)
        for number, (activity, study) in enumerate(zip(activities, self._official.studies, strict=False), 1):
            self._browser.open(self._classroom.lms_url + activity)
            yield f"chuyên đề {number} {self._study_activity(study)}"

    def _study_activity(self, study: Study) -> str:
        frame = first(self._browser.page.every("iframe"), "the frame of the tool")
        self._browser.open(frame["src"])
        module_page = self._browser.address
        if study is Study.START:
            self._read_first_section()
            return "mới mở"
        self._read_all_sections(module_page, rightly=study is not Study.FAIL)
        return self._take_quiz(unknown=UNKNOWN_QUESTIONS[study])

    def _read_first_section(self) -> None:
        following = self._next_link(_SECTION)
        if following is not None and following.endswith("/1"):
            self._read_section(following, rightly=True)

    def _read_all_sections(self, module_page: str, *, rightly: bool) -> None:
        for _ in range(_MOST_PAGES):
            following = self._next_link(_SECTION)
            if following is None:
                return
            self._read_section(following, rightly=rightly)
            self._browser.open(module_page)
        raise PageNotAsExpected("The module always names a next section.")

    def _read_section(self, address: str, *, rightly: bool) -> None:
        self._browser.open(address)
        while (check := self._untried_check()) is not None:
            question = self._classroom.knowledge.find_question(stem_of(check))
            self._browser.send(check, fill_in(check, question, rightly=rightly))
        ending = first(self._forms_of("lesson-end"), "the button at the end of the section")
        self._browser.send(ending, ending.untouched())

    def _untried_check(self) -> Form | None:
        """The first inline check of the page that was never tried: it counts no tries yet."""
        return next((form for form in self._browser.forms if ("seq", "0") in form.untouched()), None)

    def _take_quiz(self, *, unknown: frozenset[int]) -> str:
        """Takes the quiz unless an attempt is over; a pause between attempts is nobody's reason to wait."""
        following = self._next_link(_QUIZ)
        if following is None:
            return "hoàn thành"
        self._browser.open(following)
        if (earlier := self._finished_attempt()) is not None:
            return earlier
        beginning = first(self._browser.forms, "the button that begins the quiz")
        self._browser.send(beginning, beginning.untouched())
        self._answer_questions(unknown=unknown)
        handing_in = first(self._browser.forms, "the button that hands in")
        self._browser.send(handing_in, handing_in.untouched())
        return f"{self._words_of('result-verdict').lower()} {self._words_of('result-score')}"

    def _finished_attempt(self) -> str | None:
        badges = [badge.words for badge in self._marked("badge-good", "badge-bad")]
        return badges[0].lower().replace(" ·", "") if badges else None

    def _answer_questions(self, *, unknown: frozenset[int]) -> None:
        for _ in range(_MOST_PAGES):
            form = next(self._forms_of("quiz-form"), None)
            if form is None:
                return
            question = self._classroom.knowledge.find_question(stem_of(form))
            knows = self._question_number() not in unknown
            self._browser.send(form, [*fill_in(form, question, rightly=knows), _go_on(form)])
        raise PageNotAsExpected("The quiz always has another question.")

    def _question_number(self) -> int:
        """The place of the question in the attempt, from its address; the same when the page comes again."""
        return int(urlsplit(self._browser.address).path.rpartition("/")[2])

    def _next_link(self, pattern: re.Pattern[str]) -> str | None:
        """The address of the page's own suggestion what to do next, when it is of that kind."""
        links = [link["href"] for block in self._marked("actions") for link in block.every("a")]
        return next((address for address in links if pattern.search(address)), None)

    def _forms_of(self, css_class: str) -> Iterator[Form]:
        return (form for form in self._browser.forms if css_class in form.element["class"].split())

    def _marked(self, *css_classes: str) -> Iterator[Element]:
        wanted = set(css_classes)
        return (one for one in self._browser.page.every() if wanted & set(one["class"].split()))

    def _words_of(self, css_class: str) -> str:
        return next((one.words for one in self._marked(css_class)), "")


def sign_in(browser: Browser, lms_url: str, full_name: str) -> None:
    """Chooses the person on the sign-in page of the practice LMS."""
    browser.open(f"{lms_url}/sign-in")
    for form in browser.forms:
        for button in form.fields:
            if button.kind == "submit" and full_name in button.label:
                browser.send(form, [(button.name, button.value)])
                return
    raise PageNotAsExpected("The sign-in page does not offer the person.")


def open_first_course(browser: Browser) -> list[str]:
    """Opens the first course in the list; returns the addresses of its activities, in order."""
    course = first(_links(browser.page, "/courses/"), "a course")
    browser.open(course)
    return list(_links(browser.page, "/activities/"))


def look_into_gradebook(lms_url: str, full_name: str) -> int:
    """Signs in as a teacher, opens the gradebook of the first course and counts the grades in it."""
    browser = Browser()
    sign_in(browser, lms_url, full_name)
    open_first_course(browser)
    browser.open(
        first((one for one in _links(browser.page, "/courses/") if "/grades" in one), "the gradebook")
    )
    grades = sum(1 for cell in browser.page.every("td") for _ in cell.every("strong"))
    browser.close()
    return grades


def first(found: Iterable[Found], what: str) -> Found:
    """The first of what a page offers.

    Raises:
        PageNotAsExpected: it offers none.
    """
    for one in found:
        return one
    raise PageNotAsExpected(f"The page does not offer {what}.")


def _links(page: Element, beginning: str) -> Iterator[str]:
    return (link["href"] for link in page.every("a") if link["href"].startswith(beginning))


def stem_of(form: Form) -> str:
    """The words of the question that a form asks."""
    return first(form.element.every("legend"), "a question").words


def _go_on(form: Form) -> tuple[str, str]:
    """The button that leads to the next question, after the last one to the review."""
    offered = [one.value for one in form.fields if one.name == "goto" and one.label != ""]
    return "goto", "next" if offered.count("next") > 1 else "review"
