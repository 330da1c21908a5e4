"""Our own words: what we call packages, modules, sections, quizzes and questions in statements.

All begin with the installation's IRI base (the setting CCHC_IRI_BASE), so that two installations never speak
of the same thing by accident. An IRI names content, never a version of it: the version is an extension.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from urllib.parse import quote, unquote

from xapi_bridge.statement.actors import Account

ActivityKind = Literal["package", "module", "section", "quiz", "question"]

_SOURCE_PREFIX = "source-"
_TOOL = "cchc-tool"
_IMPORTED_PREFIX = "imported-"

_LETTERS: dict[str, ActivityKind] = {"m": "module", "z": "quiz", "q": "question"}


@dataclass(frozen=True)
class ActivityName:
    """What an activity IRI of ours names.

    Attributes:
        kind: package, module, section, quiz or question.
        package_id: the package that it belongs to.
        item_id: module, quiz or question id; for a section its module's id; empty for the package itself.
        section: of a section only, else empty.
    """

    kind: ActivityKind
    package_id: str
    item_id: str = ""
    section: str = ""


def package_iri(base: str, package_id: str) -> str:
    """`<base>/p/<package>`"""
    return _join(base, "p", package_id)


def module_iri(base: str, package_id: str, module_id: str) -> str:
    """`<base>/p/<package>/m/<module>`"""
    return _join(base, "p", package_id, "m", module_id)


def section_iri(base: str, package_id: str, module_id: str, section: int | str) -> str:
    """`<base>/p/<package>/m/<module>/s/<section>`"""
    return _join(base, "p", package_id, "m", module_id, "s", str(section))


def quiz_iri(base: str, package_id: str, quiz_id: str) -> str:
    """`<base>/p/<package>/z/<quiz>`"""
    return _join(base, "p", package_id, "z", quiz_id)


def question_iri(base: str, package_id: str, question_id: str) -> str:
    """`<base>/p/<package>/q/<question>`"""
    return _join(base, "p", package_id, "q", question_id)


def parse_activity_iri(base: str, iri: str) -> ActivityName | None:
    """The inverse of the builders above; None for an IRI that is not ours."""
    beginning = base.rstrip("/") + "/p/"
    if not iri.startswith(beginning):
        return None
    match [unquote(part) for part in iri.removeprefix(beginning).split("/")]:
        case [package_id] if package_id:
            return ActivityName("package", package_id)
        case [package_id, letter, item_id] if letter in _LETTERS:
            return ActivityName(_LETTERS[letter], package_id, item_id)
        case [package_id, "m", module_id, "s", section]:
            return ActivityName("section", package_id, module_id, section)
    return None


def translation_extension(base: str) -> str:
    """Context extension: the version of our translation into statements."""
    return _join(base, "x", "translation")


def package_version_extension(base: str) -> str:
    """Context extension: digest of the package version that the learner saw."""
    return _join(base, "x", "package-version")


def course_iri(base: str, platform: str, course_id: str) -> str:
    """`<base>/c/<digest>`: a course at an LMS, whose own number means nothing outside that LMS."""
    digest = sha256(f"{platform}\n{course_id}".encode()).hexdigest()
    return _join(base, "c", digest[:32])


def knowledge_base_iri(base: str) -> str:
    """`<base>/k`: everything that can be asked and searched."""
    return _join(base, "k")


def asked_question_iri(base: str, question_id: str) -> str:
    """`<base>/k/q/<question>`: what a learner asked; another thing than a quiz's question."""
    return _join(base, "k", "q", question_id)


def answer_iri(base: str, answer_id: str) -> str:
    """`<base>/k/a/<answer>`: an entry of the knowledge base, or an expert's answer."""
    return _join(base, "k", "a", answer_id)


def class_iri(base: str, class_id: str) -> str:
    """`<base>/l/<class>`: a class (lớp) that meets in sessions."""
    return _join(base, "l", class_id)


def class_session_iri(base: str, class_id: str, session_id: str) -> str:
    """`<base>/l/<class>/b/<session>`: one meeting (buổi) of a class."""
    return _join(base, "l", class_id, "b", session_id)


def parse_class_session_iri(base: str, iri: str) -> tuple[str, str] | None:
    """Class and session of an IRI of `class_session_iri`; None for any other."""
    beginning = base.rstrip("/") + "/l/"
    if not iri.startswith(beginning):
        return None
    match [unquote(part) for part in iri.removeprefix(beginning).split("/")]:
        case [class_id, "b", session_id] if class_id and session_id:
            return class_id, session_id
    return None


def imported_course_iri(base: str, name: str) -> str:
    """`<base>/g/<name>`: an imported course, as an LMS of cmi5 calls it."""
    return _join(base, "g", name)


def imported_part_iri(base: str, name: str, letter: Literal["u", "b"], publisher_iri: str) -> str:
    """`<base>/g/<name>/u/<digest>`: a unit (u) or block (b) of it; the same in every version."""
    digest = sha256(publisher_iri.encode()).hexdigest()
    return _join(base, "g", name, letter, digest[:32])


def imported_package_id(name: str) -> str:
    """The package id under which an imported course counts; no native package has a full stop in its id."""
    return f"goi.{name}"


def imported_authority(base: str, name: str) -> Account:
    """The account that vouches for what the scripts of an imported course say. Nothing counts by it."""
    return Account(home_page=base, name=f"{_IMPORTED_PREFIX}{name}")


def delivery_extension(base: str) -> str:
    """Activity extension of a class session: in-class, live-online, workshop or study-trip."""
    return _join(base, "x", "delivery")


def found_extension(base: str) -> str:
    """Result extension of a search: how many entries it found."""
    return _join(base, "x", "found")


def chain_extension(base: str) -> str:
    """Result extension of passed and failed: digest at the end of the chain of the attempt's steps."""
    return _join(base, "x", "attempt-chain")


def reason_extension(base: str) -> str:
    """Context extension of a voiding statement: the reason, a code of the program that took it back."""
    return _join(base, "x", "reason")


def profile_iri(base: str) -> str:
    """`<base>/ho-so-xapi`: the profile that describes all of this."""
    return _join(base, "ho-so-xapi")


def source_authority(base: str, source_name: str) -> Account:
    """The account that vouches for what came from another system: every source has its own."""
    return Account(home_page=base, name=f"{_SOURCE_PREFIX}{source_name}")


def source_of_authority(base: str, authority: Account) -> str:
    """The source that an account vouches for (see `source_authority`); empty for another account."""
    if authority.home_page != base or not authority.name.startswith(_SOURCE_PREFIX):
        return ""
    return authority.name.removeprefix(_SOURCE_PREFIX)


def tool_authority(base: str) -> Account:
    """The account that vouches for statements which this installation itself makes."""
    return Account(home_page=base, name=_TOOL)


def is_reserved_authority(name: str) -> bool:
    """Whether the name is one under which learning may count, so that no ordinary key may bear it."""
    return name == _TOOL or name.startswith((_SOURCE_PREFIX, _IMPORTED_PREFIX))


def _join(base: str, *parts: str) -> str:
    return "/".join([base.rstrip("/"), *(quote(part, safe="") for part in parts)])
