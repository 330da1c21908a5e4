"""Our own words: what we call packages, modules, sections, quizzes and questions in statements.

All begin with the installation's IRI base (the setting CCHC_IRI_BASE), so that two installations never speak
of the same thing by accident. An IRI names content, never a version of it: the version is an extension.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from xapi_bridge.statement.actors import Account

ActivityKind = Literal["package", "module", "section", "quiz", "question"]

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


def tool_authority(base: str) -> Account:
    """The account that vouches for statements which this installation itself makes."""
    return Account(home_page=base, name="cchc-tool")


def _join(base: str, *parts: str) -> str:
    return "/".join([base.rstrip("/"), *(quote(part, safe="") for part in parts)])
