"""The demo from beginning to end: prepare, import the earlier record, play the day, wait for the grades.

Every step looks at what is there, so the story may be killed anywhere and told again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from content_packages.contents import Package
from lti_tool.demo import preparing
from lti_tool.demo.errors import NotCaughtUp
from lti_tool.demo.history import LrsKey, earlier_statements
from lti_tool.demo.knowledge import Knowledge
from lti_tool.demo.people import OFFICIALS, Official, Study
from lti_tool.demo.preparing import TEACHER
from lti_tool.demo.progress import Progress
from lti_tool.demo.running import House
from lti_tool.demo.studying import Classroom, Learner, look_into_gradebook
from lti_tool.practice_lms.database_file import work
from sync.followers import find_freshness
from sync.grades import grades_follower
from sync.rollups.follower import freshness
from sync.score_delivery import count_waiting_scores, send_waiting_now
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import now, reading, running_app, section, transaction

PREPARING_STEPS: Final = 6
#: One for the earlier record, one for each official, one for waiting, one for the teacher.
PLAYING_STEPS: Final = 1 + len(OFFICIALS) + 2
#: An idle follower looks every second, scores leave every five: ample even on a slow machine.
_LONGEST_WAIT_SECONDS: Final = 180.0


def prepare_house(house: House, progress: Progress) -> Package:
    """Everything that must be there before the servers open; returns the curriculum."""
    with house.tool.app_context():
        with progress.step("Chuẩn bị cơ sở dữ liệu") as outcome:
            outcome.append(f"phiên bản {preparing.prepare_database(running_app().engine)}")
        with progress.step("Nạp danh mục đơn vị hành chính") as outcome, transaction() as session:
            outcome.append(f"{_grouped(preparing.prepare_units(session))} đơn vị")
        with progress.step("Xuất bản chương trình học") as outcome, transaction() as session:
            package = preparing.prepare_content(session, now=now())
            outcome.append(f"{len(package.modules)} chuyên đề, {len(package.questions)} câu hỏi")
        with progress.step("Ghi danh cán bộ vào sổ nhân sự") as outcome, transaction() as session:
            outcome.append(f"{preparing.prepare_staff(session, now=now())} người")
        with progress.step("Mở khóa học ở LMS thực hành và nối LMS với công cụ"):
            _connect(house, package)
        with progress.step("Tạo tài khoản quản trị, phân tích"), transaction() as session:
            preparing.prepare_operators(session, house.installation, now=now())
            # The process that held leases on scores is gone, or this would be its port.
            send_waiting_now(session, now=now())
    return package


def _connect(house: House, package: Package) -> None:
    with _lms_work(house) as connection:
        tool = preparing.prepare_course(connection, package, house.installation)
    with transaction() as session:
        preparing.prepare_platform(session, tool, house.installation, now=now())


@contextmanager
def _lms_work(house: House) -> Iterator[Connection]:
    with work(house.lms_engine) as connection:
        yield connection


def play_day(house: House, package: Package, progress: Progress) -> LrsKey:
    """The earlier record, the day, the wait. Both servers must be running. Returns the analyst's key."""
    with house.tool.app_context():
        with progress.step("Nhận bản ghi năm 2024 của hệ thống cũ, một nguồn được tin") as outcome:
            key = _import_history(house, package, outcome)
        classroom = Classroom(house.installation.lms_url, Knowledge.of(package))
        for official in OFFICIALS:
            _play(classroom, official, progress)
        with progress.step("Chờ số liệu và điểm về đủ") as outcome:
            _wait_until_caught_up()
            outcome.append("xong")
        with progress.step(f"{TEACHER.family_name} {TEACHER.given_name} mở sổ điểm ở LMS") as outcome:
            outcome.append(f"{_count_grades(house, package)} điểm")
    return key


def _import_history(house: House, package: Package, outcome: list[str]) -> LrsKey:
    """Takes in the earlier record; a second start finds every statement known."""
    iri_base = str(house.settings.iri_base)
    with transaction() as session:
        analyst_key = preparing.prepare_analyst_key(
            session, house.data_dir, pepper=section(LrsSettings).secret, now=now()
        )
    statements = earlier_statements(OFFICIALS, preparing.taught_modules(package, iri_base=iri_base))
    with transaction() as session:
        preparing.take_earlier_record(
            session,
            statements,
            iri_base=iri_base,
            secret=house.settings.secret_key.get_secret_value(),
            now=now(),
        )
    outcome.append(f"{len(statements)} bản ghi")
    return analyst_key


def _play(classroom: Classroom, official: Official, progress: Progress) -> None:
    beginning = f"{official.full_name} ({official.affiliation})"
    with progress.step(beginning) as outcome, Learner(classroom, official) as learner:
        outcome.extend(learner.study_course())


def _wait_until_caught_up() -> None:
    """Waits for the followers and the outbox.

    Raises:
        NotCaughtUp: something still waits after the longest time.
    """
    give_up_at = time.monotonic() + _LONGEST_WAIT_SECONDS
    while time.monotonic() < give_up_at:
        with reading() as session:
            ungraded = find_freshness(session, grades_follower(iri_base="")).waiting
            uncounted, unsent = freshness(session).waiting + ungraded, count_waiting_scores(session)
        if not uncounted and not unsent:
            return
        time.sleep(0.3)
    raise NotCaughtUp(
        f"After {_LONGEST_WAIT_SECONDS:.0f} seconds {uncounted} statements are not counted and {unsent} "
        "grades not delivered. Start the demo again; its log is in the data folder."
    )


def _count_grades(house: House, package: Package) -> int:
    """How many grades the teacher sees in the LMS.

    Raises:
        NotCaughtUp: it is not one for each quiz that somebody finished.
    """
    seen = look_into_gradebook(house.installation.lms_url, f"{TEACHER.family_name} {TEACHER.given_name}")
    modules = len(preparing.taught_modules(package, iri_base=str(house.settings.iri_base)))
    finished = sum(study is not Study.START for official in OFFICIALS for study in official.studies[:modules])
    if seen != finished:
        raise NotCaughtUp(f"The gradebook shows {seen} grades, but {finished} quizzes were finished.")
    return seen


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
