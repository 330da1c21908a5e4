"""Statements as a province's training makes them: about 1.45 kB, drawn from a seed."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

ACTORS, ACTIVITIES, COURSES = 1000, 500, 20
HOME_PAGE = "https://lms.tinh.example/"
BASE = "https://cchc.example/khoa-hoc"
COMMON_CATEGORY = f"{BASE}/ho-so-xapi/v1"
INSTRUCTORS = 40

_VERBS = (
    ("http://adlnet.gov/expapi/verbs/initialized", "bắt đầu"),
    ("http://adlnet.gov/expapi/verbs/experienced", "xem"),
    ("http://adlnet.gov/expapi/verbs/progressed", "tiến triển"),
    ("http://adlnet.gov/expapi/verbs/answered", "trả lời"),
    ("http://adlnet.gov/expapi/verbs/attempted", "làm bài"),
    ("http://adlnet.gov/expapi/verbs/completed", "hoàn thành"),
    ("http://adlnet.gov/expapi/verbs/passed", "đạt"),
    ("http://adlnet.gov/expapi/verbs/failed", "chưa đạt"),
    ("http://adlnet.gov/expapi/verbs/suspended", "tạm dừng"),
    ("http://adlnet.gov/expapi/verbs/terminated", "kết thúc"),
)
VERBS = tuple(iri for iri, _ in _VERBS)
_BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
_TOPICS = (
    "Cải cách thể chế của nền hành chính nhà nước",
    "Cải cách thủ tục hành chính và cơ chế một cửa",
    "Xây dựng và phát triển chính quyền số",
    "Cải cách chế độ công vụ và đội ngũ cán bộ",
)


@dataclass(frozen=True)
class Course:
    """Where in the curriculum something happens."""

    number: int

    @property
    def iri(self) -> str:
        return f"{BASE}/{self.number}"


def actor_name(number: int) -> str:
    """The opaque account name of learner `number`."""
    return f"{random.Random(number).getrandbits(128):032x}"


def activity_iri(number: int) -> str:
    """The address of activity `number`, which belongs to one course."""
    return f"{BASE}/{number % COURSES}/bai/{number:04}"


def registration_of(actor: int, course: int) -> str:
    """One learner's enrolment in one course."""
    return str(UUID(int=random.Random(actor * COURSES + course).getrandbits(128), version=4))


def make_statements(seed: int) -> Iterator[bytes]:
    """Endless statements, each as JSON with an id of its own; the same seed gives the same."""
    draw = random.Random(seed)
    names = [actor_name(number) for number in range(ACTORS)]
    happened = _BEGAN
    while True:
        happened += timedelta(seconds=draw.random() * 40)
        # Some learners and lessons are much busier than others.
        actor = min(int(draw.expovariate(4) * ACTORS), ACTORS - 1)
        activity = min(int(draw.expovariate(4) * ACTIVITIES), ACTIVITIES - 1)
        yield _render(draw, actor, names[actor], activity, happened)


def _render(draw: random.Random, actor: int, name: str, activity: int, happened: datetime) -> bytes:
    verb, display = draw.choice(_VERBS)
    course = Course(activity % COURSES)
    whole: dict[str, Any] = {
        "id": str(UUID(int=draw.getrandbits(128), version=4)),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME_PAGE, "name": name}},
        "verb": {"id": verb, "display": {"vi": display, "en-US": verb.rsplit("/", 1)[1]}},
        "object": {
            "objectType": "Activity",
            "id": activity_iri(activity),
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/lesson",
                "name": {"vi": f"Bài {activity}: {_TOPICS[activity % len(_TOPICS)]}"},
                "description": {"vi": "Bài học có câu hỏi ôn tập, tình huống và tài liệu đọc thêm."},
            },
        },
        "context": _context(draw, actor, course),
        "timestamp": happened.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if draw.random() < 0.7:
        whole["result"] = _result(draw)
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _result(draw: random.Random) -> dict[str, Any]:
    points = draw.randrange(11)
    return {
        "score": {"scaled": points / 10, "raw": points, "min": 0, "max": 10},
        "success": points >= 5,
        "completion": True,
        "duration": f"PT{draw.randrange(1, 40)}M{draw.randrange(60)}.{draw.randrange(100):02}S",
    }


def _context(draw: random.Random, actor: int, course: Course) -> dict[str, Any]:
    teacher = draw.randrange(INSTRUCTORS)
    return {
        "registration": registration_of(actor, course.number),
        "platform": "LMS của tỉnh",
        "language": "vi",
        "instructor": {"account": {"homePage": HOME_PAGE, "name": f"giang-vien-{teacher}"}},
        "contextActivities": {
            "parent": [{"objectType": "Activity", "id": course.iri}],
            "grouping": [{"id": f"{BASE}/chuong-trinh/{course.number % 4}"}],
            "category": [{"id": COMMON_CATEGORY}],
        },
        "extensions": {
            f"{BASE}/ext/phien": f"{draw.getrandbits(64):016x}",
            f"{BASE}/ext/thiet-bi": {"kind": draw.choice(("phone", "laptop", "tablet")), "online": True},
            f"{BASE}/ext/don-vi": f"{draw.randrange(3000):05}",
        },
    }
