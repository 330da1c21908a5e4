"""Imported courses: packages made in memory, and a unit that speaks cmi5 through the second host."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID, uuid4

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from content_packages.active.cmi5_rules import LaunchMode
from content_packages.active.files import PackageBlobs
from content_packages.active.launching import Launch, LaunchWish, launch_unit, open_registration
from content_packages.active.receiving import take_in
from content_packages.active.running import Enrolment, course_of, hold_registration
from content_packages.active.settings import ActiveSettings
from content_packages.active.staging import find_running, publish_course, receive_course
from lti_tool.app import create_app
from lti_tool.settings import load_settings
from tests.factories.content import LEARNER
from tests.factories.hostile_archives import make_archive
from xapi_bridge.running_app import borrow, lend, now, running_app, section, transaction
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.store.follow import read_after
from xapi_bridge.vocabulary import cmi5

TOOL = "http://tool.example"
CONTENT = "http://noidung.example"
SESSION = cmi5.SESSION_ID
PAGE = "<!doctype html><title>Bài</title><p>Nội dung bài</p>"


def make_unit(name: str = "bai-1", **attributes: str) -> str:
    """An au element; `url`, `launchParameters` and `entitlementKey` become children."""
    children = {
        "url": "index.html",
        **{
            key: attributes.pop(key)
            for key in ("url", "launchParameters", "entitlementKey")
            if key in attributes
        },
    }
    written = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in children.items())
    return f'<au id="https://nxb.example/au/{quote(name)}" {written}>{_texts(name)}{inner}</au>'


def make_block(name: str, *inner: str) -> str:
    """A block element with what stands in it."""
    return f'<block id="https://nxb.example/block/{name}">{_texts(name)}{"".join(inner)}</block>'


def make_structure(*parts: str, course: str = "https://nxb.example/course/1") -> str:
    """A whole cmi5.xml; one unit when nothing is said."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">'
        f'<course id="{course}">{_texts("Khóa học")}</course>'
        f"{''.join(parts or (make_unit(),))}</courseStructure>"
    )


def make_cmi5_package(*parts: str, files: Mapping[str, str | bytes] | None = None) -> bytes:
    """A zip with cmi5.xml and index.html."""
    return make_archive({"cmi5.xml": make_structure(*parts), "index.html": PAGE, **(files or {})})


def _texts(words: str) -> str:
    texts = f'<langstring lang="vi">{words}</langstring>'
    return f"<title>{texts}</title><description>{texts}</description>"


@dataclass
class ImportingApp:
    """An application with a second host."""

    app: Flask

    def bring_in(self, content: bytes, *, name: str = "khoa-hoc", file_name: str = "goi.zip") -> str:
        """Imports and publishes; returns the package's id."""
        with self.app.app_context():
            settings, blobs = section(ActiveSettings), borrow(PackageBlobs)
            taken = take_in(io.BytesIO(content), file_name=file_name, limits=settings.limits, blobs=blobs)
            assert taken.read.may_publish, taken.read.findings
            with transaction() as session:
                package_id = receive_course(
                    session, taken.read, taken.files, file_name=file_name, by="thu", now=now()
                )
                publish_course(session, package_id, name=name, title="Khóa học thử", by="thu", now=now())
        return package_id

    def launch(
        self,
        package_id: str,
        place: int = 0,
        *,
        mode: LaunchMode = "Normal",
        registration: UUID | None = None,
        enrolment: UUID | None = None,
    ) -> "RunningUnit":
        """A unit that was launched for the ordinary learner."""
        with self.app.app_context(), transaction() as session:
            settings = section(ActiveSettings)
            if registration is None:
                course = course_of(find_running(session, package_id), iri_base=settings.iri_base)
                given = Enrolment(LEARNER, enrolment or uuid4())
                following = open_registration(session, course, given, now=now())
            else:
                held = hold_registration(session, registration, iri_base=settings.iri_base)
                assert held is not None
                following = held
            wish = LaunchWish(
                mode, CONTENT, f"{TOOL}/goi/ket-thuc", "https://lms.example", settings.session_length
            )
            launched = launch_unit(session, following, place, wish, now=now())
        return RunningUnit(self, launched)

    def statements(self, registration: UUID | str | None = None) -> list[Statement]:
        """Everything in the store in order, or what one registration holds."""
        with self.app.app_context(), transaction() as session:
            stored = [parse_statement(one.payload) for one in read_after(session, 0, limit=1000)]
        return [one for one in stored if registration in (None, one.registration, str(one.registration))]

    def told(self, registration: UUID | str | None = None) -> list[str]:
        """The verbs, as short words."""
        return [one.verb.id.rsplit("/", 1)[1] for one in self.statements(registration)]

    def content_client(self) -> FlaskClient:
        """A browser at the second host."""
        return self.app.test_client()


@dataclass
class RunningUnit:
    """The content's side of a launch: what a unit of cmi5 does."""

    room: ImportingApp
    launch: Launch
    token: str = ""
    launch_data: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, str]:
        """Of the launch address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.launch.url).query).items()}

    @property
    def registration(self) -> UUID:
        """As the launch names it."""
        return UUID(self.parameters["registration"])

    def ask(
        self, method: str, path: str, *, json: Any = None, token: str | None = None, **options: Any
    ) -> TestResponse:
        """A request to the record store of this session."""
        headers = {"X-Experience-API-Version": "1.0.3", **options.pop("headers", {})}
        given = self.token if token is None else token
        if given:
            headers["Authorization"] = f"Basic {given}"
        if json is not None:
            options |= {"data": msgspec.json.encode(json), "content_type": "application/json"}
        address = urlsplit(self.parameters["endpoint"]).path + path
        return self.room.content_client().open(
            address, base_url=CONTENT, method=method, headers=headers, **options
        )

    def fetch(self) -> dict[str, Any]:
        """Asks the one-time address."""
        path = urlsplit(self.parameters["fetch"]).path
        answer = self.room.content_client().post(path, base_url=CONTENT)
        assert answer.status_code == 200
        return answer.get_json()

    def state_address(self, name: str, **changes: str) -> dict[str, str]:
        """Parameters of a state of this unit."""
        given = self.parameters
        own = {
            "activityId": given["activityId"],
            "agent": given["actor"],
            "registration": given["registration"],
        }
        return {"stateId": name, **own, **changes}

    def start(self) -> "RunningUnit":
        """Token, launch data, preferences, `initialized`: as every unit begins."""
        self.token = self.fetch()["auth-token"]
        answer = self.ask("GET", "/activities/state", query_string=self.state_address(cmi5.LAUNCH_DATA))
        assert answer.status_code == 200, answer.text
        self.launch_data = answer.get_json()
        self.ask("GET", "/agents/profile", query_string=self.preferences_address())
        assert self.say("initialized").status_code == 204
        return self

    def preferences_address(self) -> dict[str, str]:
        """Parameters of the learner's preferences."""
        return {"profileId": cmi5.LEARNER_PREFERENCES, "agent": self.parameters["actor"]}

    def statement(self, verb: str, **changes: Any) -> dict[str, Any]:
        """A statement that keeps every rule of cmi5; a dotted path changes a property, None removes it."""
        made = make_statement(verb, self.parameters, self.launch_data)
        for path, value in changes.items():
            _change(made, path.split("__"), value)
        return made

    def say(self, verb: str, **changes: Any) -> TestResponse:
        """Sends a statement by PUT."""
        return self.send(self.statement(verb, **changes))

    def send(self, statement: dict[str, Any]) -> TestResponse:
        """Sends it by PUT when it has an id, else by POST."""
        if "id" in statement:
            return self.ask(
                "PUT", "/statements", json=statement, query_string={"statementId": statement["id"]}
            )
        return self.ask("POST", "/statements", json=statement)


_IRIS = {
    "initialized": cmi5.INITIALIZED,
    "completed": cmi5.COMPLETED,
    "passed": cmi5.PASSED,
    "failed": cmi5.FAILED,
    "terminated": cmi5.TERMINATED,
    "experienced": "http://adlnet.gov/expapi/verbs/experienced",
    "launched": cmi5.LAUNCHED,
    "voided": "http://adlnet.gov/expapi/verbs/voided",
}
_RESULTS: Mapping[str, dict[str, Any]] = {
    "completed": {"completion": True, "duration": "PT5S"},
    "passed": {"success": True, "duration": "PT5S"},
    "failed": {"success": False, "duration": "PT5S"},
    "terminated": {"duration": "PT9S"},
}


def make_statement(
    verb: str, parameters: Mapping[str, str], launch_data: Mapping[str, Any]
) -> dict[str, Any]:
    """As a sound unit makes it; `experienced` is one that cmi5 merely allows."""
    context = msgspec.json.decode(msgspec.json.encode(launch_data["contextTemplate"]))
    context["registration"] = parameters["registration"]
    categories = [] if verb == "experienced" else [{"id": cmi5.CATEGORY}]
    if verb in {"completed", "passed", "failed"}:
        categories.append({"id": cmi5.MOVE_ON})
    if categories:
        context["contextActivities"]["category"] = categories
    made = {
        "id": str(uuid4()),
        "timestamp": "2026-11-24T02:00:05.000Z",
        "actor": msgspec.json.decode(parameters["actor"]),
        "verb": {"id": _IRIS[verb]},
        "object": {"id": parameters["activityId"]},
        "context": context,
    }
    if verb in {"passed", "failed"} and "masteryScore" in launch_data:
        context["extensions"][cmi5.MASTERY_SCORE] = launch_data["masteryScore"]
    if verb in _RESULTS:
        made["result"] = dict(_RESULTS[verb])
    return made


def _change(made: Any, path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        made = made.setdefault(name, {})
    if value is None:
        made.pop(path[-1], None)
    else:
        made[path[-1]] = value


@contextmanager
def open_importing_app(
    database_url: str, folder: Path, *, clock: Any, **settings: str
) -> Iterator[ImportingApp]:
    """An application on that database, with a second host and the test's clock."""
    given = {
        "CCHC_DATABASE_URL": database_url,
        "CCHC_DATA_DIR": str(folder),
        "CCHC_TOOL_URL": TOOL,
        "CCHC_CONTENT_URL": CONTENT,
        **settings,
    }
    app = create_app(load_settings({name: value for name, value in given.items() if value}))
    with app.app_context():
        lend(app, replace(running_app(), clock=clock))
    yield ImportingApp(app)
    with app.app_context():
        running_app().engine.dispose()


def make_scorm_manifest(*items: str, version: str = "1.2", mastery: str = "", data: str = "") -> str:
    """imsmanifest.xml of one SCO, or of the items given."""
    own = "".join(
        [
            f"<adlcp:masteryscore>{mastery}</adlcp:masteryscore>" if mastery else "",
            f"<adlcp:datafromlms>{data}</adlcp:datafromlms>" if data else "",
        ]
    )
    listed = items or (f'<item identifier="i1" identifierref="r1"><title>Bài SCORM</title>{own}</item>',)
    mark, kind = ("adlcp_rootv1p2", "scormtype") if version == "1.2" else ("adlcp_v1p3", "scormType")
    return (
        f'<manifest identifier="m1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
        f'xmlns:adlcp="http://www.adlnet.org/xsd/{mark}">'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
        f'<organizations default="o1"><organization identifier="o1"><title>Khóa SCORM</title>'
        f"{''.join(listed)}</organization></organizations>"
        f'<resources><resource identifier="r1" type="webcontent" adlcp:{kind}="sco" href="sco.html"/>'
        "</resources></manifest>"
    )


#: A SCO that shows what it finds again and does what its buttons say.
SCO_PAGE = """<!doctype html><meta charset="utf-8"><title>SCO</title>
<p id="found"></p><button id="half">Lưu giữa chừng</button><button id="finish">Hoàn thành</button>
<script>
let api = null;
for (let w = window; !api && w.parent !== w; w = w.parent) api = w.parent.API;
api.LMSInitialize("");
document.getElementById("found").textContent =
  api.LMSGetValue("cmi.core.lesson_location") + "|" + api.LMSGetValue("cmi.suspend_data").length +
  "|" + api.LMSGetValue("cmi.core.entry") + "|" + api.LMSGetValue("cmi.launch_data");
document.getElementById("half").onclick = () => {
  api.LMSSetValue("cmi.core.lesson_location", "trang-3");
  api.LMSSetValue("cmi.suspend_data", "x".repeat(9000));
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSCommit("");
};
document.getElementById("finish").onclick = () => {
  api.LMSSetValue("cmi.core.score.raw", "90");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
  api.LMSSetValue("cmi.core.session_time", "00:05:30.00");
  api.LMSFinish("");
};
</script>
"""


def make_scorm_package(**manifest: str) -> bytes:
    """A zip of SCORM with the SCO above."""
    return make_archive({"imsmanifest.xml": make_scorm_manifest(**manifest), "sco.html": SCO_PAGE})
