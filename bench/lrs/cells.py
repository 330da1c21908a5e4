"""The table: which requests are measured, and how each line is printed."""

import itertools
import json
import random
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote, urlencode

from bench.lrs.load import Cell, Request, connection_to
from bench.lrs.server import Target
from bench.lrs.statements import (
    ACTIVITIES,
    BASE,
    COMMON_CATEGORY,
    COURSES,
    HOME_PAGE,
    INSTRUCTORS,
    VERBS,
    activity_iri,
    actor_name,
    make_statements,
    registration_of,
)

HEADING = (
    f"{'cell':34} {'conn':>4} {'n':>6} {'/s':>8} {'CPU ms':>8} {'CPU/stmt':>8} "
    f"{'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'load':>5}"
)


def line(name: str, connections: int, cell: Cell) -> str:
    """One line of the table: `/s` counts statements for writes and requests for reads."""
    writes = name.startswith("POST")
    rate = (cell.statements if writes else len(cell.latencies)) / cell.seconds
    per_statement = f"{cell.cpu_ms_per_statement:8.3f}" if writes else " " * 8
    refused = f"  {cell.refused} REFUSED" if cell.refused else ""
    return (
        f"{name:34} {connections:4} {len(cell.latencies):6} {rate:8.1f} {cell.cpu_ms_per_request:8.2f} "
        f"{per_statement} {cell.percentile(0.5):8.2f} {cell.percentile(0.95):8.2f} "
        f"{cell.percentile(0.99):8.2f} {cell.load:5.1f}{refused}"
    )


def posts(batch: int, *, seed: int) -> Iterator[Request]:
    """Endless POST requests of `batch` statements each."""
    statements = make_statements(seed)
    while True:
        taken = list(itertools.islice(statements, batch))
        body = taken[0] if batch == 1 else b"[" + b",".join(taken) + b"]"
        yield "POST", "/statements", body


def read_filters(target: Target) -> dict[str, list[dict[str, str]]]:
    """The filters of GET /statements by name; each has several values, asked in turn."""
    draw = random.Random(77)
    actors = [int(draw.expovariate(4) * 1000) % 1000 for _ in range(20)]
    lessons = [int(draw.expovariate(4) * ACTIVITIES) % ACTIVITIES for _ in range(20)]
    agents = [{"agent": _agent(actor_name(number))} for number in actors]
    teachers = [{"agent": _agent(f"giang-vien-{number % INSTRUCTORS}")} for number in range(20)]
    activities = [{"activity": activity_iri(number)} for number in lessons]
    courses = [{"activity": f"{BASE}/{number % COURSES}"} for number in range(20)]
    verbs = [{"verb": VERBS[number % len(VERBS)]} for number in range(20)]
    related, related_agents = {"related_activities": "true"}, {"related_agents": "true"}
    everywhere = [{"activity": COMMON_CATEGORY, **related}]
    registrations = [
        {"registration": registration_of(actor, lesson % COURSES)}
        for actor, lesson in zip(actors, lessons, strict=True)
    ]
    middle, quarter = _instants(target)
    return {
        "none": [{}],
        "agent": agents,
        "verb": verbs,
        "activity": activities,
        "registration": registrations,
        "agent+verb": [one | two for one, two in zip(agents, verbs, strict=True)],
        "agent+activity": [one | two for one, two in zip(agents, activities, strict=True)],
        "verb+activity": [one | two for one, two in zip(verbs, activities, strict=True)],
        "activity+related (course, 5 %)": [one | related for one in courses],
        "activity+related (all, 100 %)": everywhere,
        "agent+related_agents": [one | related_agents for one in agents],
        "teacher+related_agents": [one | related_agents for one in teachers],
        "agent+all related (100 %)": [one | everywhere[0] for one in agents],
        "agent+verb+course related": [
            one | two | three | related for one, two, three in zip(agents, verbs, courses, strict=True)
        ],
        "since (middle)": [{"since": middle}],
        "until (middle)": [{"until": middle}],
        "since+until+verb": [{"since": quarter, "until": middle} | one for one in verbs],
        "ascending": [{"ascending": "true"}],
        "ascending+agent": [one | {"ascending": "true"} for one in agents],
        "no such agent": [{"agent": _agent("nobody")}],
    }


def gets(filters: list[dict[str, str]]) -> Iterator[Request]:
    """Endless GET requests, 50 statements each, through the values in turn."""
    paths = [f"/statements?{urlencode(one | {'limit': '50'}, quote_via=quote)}" for one in filters]
    for path in itertools.cycle(paths):
        yield "GET", path, None


def deep_pages(target: Target, *, pages: int = 40) -> list[Request]:
    """The `more` addresses of the newest statements, one after the other."""
    ask = connection_to(target)
    path, found = "/statements?limit=50", []
    for _ in range(pages):
        _, body = ask("GET", path, None)
        more = json.loads(body)["more"]
        if not more:
            break
        path = "/statements" + more.partition("/statements")[2]
        found.append(("GET", path, None))
    return found


def _agent(name: str) -> str:
    return json.dumps({"account": {"homePage": HOME_PAGE, "name": name}}, separators=(",", ":"))


def _instants(target: Target) -> tuple[str, str]:
    """`stored` in the middle and at the first quarter of what the store holds."""
    ask = connection_to(target)
    first, last = (
        json.loads(ask("GET", f"/statements?limit=1&ascending={way}", None)[1])["statements"][0]["stored"]
        for way in ("true", "false")
    )
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return (begin + (end - begin) / 2).isoformat(), (begin + (end - begin) / 4).isoformat()
