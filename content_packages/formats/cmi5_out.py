"""A native package as a self-contained cmi5 course: one unit per module, lesson and quiz as pages. Pure.

The key travels with the questions, because the unit needs no server of ours; so such a package is for
learning, and examinations stay here. The draw of a quiz is made once, when the file is written: the same
package gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

import msgspec
from lxml import etree

from content_packages.assessment.blueprint import draw_questions
from content_packages.authoring.markup import render_phrase, render_text
from content_packages.contents import Module, Package, Question, Quiz
from content_packages.formats.safe_xml import Element
from xapi_bridge.vocabulary import cchc

_SPACE: Final = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
_RUNTIME: Final = Path(__file__).parent / "runtime"
_MEDIA: Final = re.compile(r"media/([0-9a-f]{64}\.[a-z0-9]{2,5})")
#: What the small runtime asks and marks.
_ASKED: Final = frozenset({"single", "multiple", "truefalse", "match", "order", "numeric", "short"})
_ENTRY_DATE: Final = (1980, 1, 1, 0, 0, 0)

ReadMedia = Callable[[str], bytes | None]


def write_cmi5(package: Package, *, iri_base: str, read_media: ReadMedia) -> bytes:
    """The zip.

    Args:
        iri_base: beginning of our activity identifiers, which become the publisher's ids.
        read_media: bytes of a file that a section shows; None when there is none.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _files(package, iri_base=iri_base, read_media=read_media):
            entry = zipfile.ZipInfo(path, _ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _files(package: Package, *, iri_base: str, read_media: ReadMedia) -> Iterator[tuple[str, bytes]]:
    yield (
        "cmi5.xml",
        etree.tostring(
            _structure(package, iri_base=iri_base), encoding="UTF-8", xml_declaration=True, pretty_print=True
        ),
    )
    for name in ("au.css", "au.js"):
        yield f"chay/{name}", (_RUNTIME / name).read_bytes()
    for module in _modules(package):
        page = _page(package, module)
        yield f"{module.id}/index.html", page.encode()
        for name in sorted(set(_MEDIA.findall(page))):
            content = read_media(name)
            if content is not None:
                yield f"{module.id}/media/{name}", content


def _modules(package: Package) -> list[Module]:
    return [package.modules[step.id] for step in package.outline if step.kind == "module"]


def _structure(package: Package, *, iri_base: str) -> Element:
    root = etree.Element(f"{{{_SPACE}}}courseStructure", nsmap={None: _SPACE})
    course = _sub(root, "course", id=cchc.package_iri(iri_base, package.id))
    _texts(course, package.title, f"{package.title}, phiên bản {package.version}")
    for module in _modules(package):
        quiz = package.quizzes.get(module.quiz_id or "")
        given = {"moveOn": "Completed"}
        if quiz is not None and _drawn(package, quiz):
            given = {"moveOn": "CompletedAndPassed", "masteryScore": f"{quiz.mastery:g}"}
        iri = cchc.module_iri(iri_base, package.id, module.id)
        unit = _sub(root, "au", id=iri, launchMethod="AnyWindow", **given)
        _texts(unit, module.title, "; ".join(module.objectives) or module.title)
        _sub(unit, "url").text = f"{module.id}/index.html"
    return root


def _sub(parent: Element, name: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{_SPACE}}}{name}", **attributes)


def _texts(parent: Element, title: str, description: str) -> None:
    for name, words in (("title", title), ("description", description)):
        _sub(_sub(parent, name), "langstring", lang="vi").text = words


def _page(package: Package, module: Module) -> str:
    quiz = package.quizzes.get(module.quiz_id or "")
    drawn = _drawn(package, quiz) if quiz is not None else []
    described = {
        "sections": len(module.sections),
        "checks": {name: _told(package.questions[name]) for name in module.check_ids},
        "quiz": [_told(question) for question in drawn],
        "mastery": quiz.mastery if quiz is not None else 1.0,
    }
    # A closing tag inside the JSON would end it.
    written = msgspec.json.encode(described).decode().replace("<", "\\u003c")
    sections = "".join(
        f'<section><h2>{escape(one.title)}</h2>{one.html}<p><button type="button" data-muc="{one.number}">'
        "Tôi đã đọc mục này</button></p></section>"
        for one in module.sections
    )
    asked = ""
    if quiz is not None and drawn:
        asked = (
            f'<form id="bai-kiem-tra"><h2>{escape(quiz.title)}</h2><p>{len(drawn)} câu, đạt từ '
            f'{quiz.mastery * 100:g} %.</p><p><button type="submit">Nộp bài</button></p></form>'
        )
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(module.title)}</title>"
        '<link rel="stylesheet" href="../chay/au.css"><script src="../chay/au.js" defer></script></head>'
        f"<body><main><h1>{escape(module.title)}</h1>{sections}{asked}"
        '<p><button type="button" id="ket-thuc">Kết thúc và quay về</button></p></main>'
        '<p class="state" id="trang-thai" role="status"></p>'
        f'<script type="application/json" id="chuyen-de">{written}</script></body></html>\n'
    )


def _drawn(package: Package, quiz: Quiz) -> list[Question]:
    """The questions of one draw that the runtime can ask, in its order."""
    drawn = draw_questions(quiz, package.questions.values(), seed=0)
    return [one for each in drawn if (one := package.questions[each.question_id]).type in _ASKED]


def _told(question: Question) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": question.id,
        "type": question.type,
        "stem": render_text(question.stem),
        "explain": render_text(question.explain) if question.explain else "",
        "mark": question.mark,
    }
    if question.options:
        told["options"] = [
            {"text": render_phrase(one.text), "correct": one.correct} for one in question.options
        ]
    elif question.pairs:
        told["pairs"] = [[render_phrase(left), render_phrase(right)] for left, right in question.pairs]
    elif question.items:
        told["items"] = [render_phrase(one) for one in question.items]
    else:
        told |= {"answers": list(question.answers), "tolerance": question.tolerance}
    return told
