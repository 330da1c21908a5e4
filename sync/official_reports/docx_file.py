"""The report as DOCX: a template that officials can edit, filled in, with the seal behind every page.

Templates come from operators, so they are filled in a sandbox and with every text escaped; macros, embedded
objects and links to other servers are refused before.
"""

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from docx import Document
from docx.document import Document as Docx
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from content_packages.zip_faults import UNREADABLE_ZIP
from sync.report_errors import ReportTemplateRefused

#: Larger archives, packed or unpacked, are no letter.
LARGEST_TEMPLATE: Final = 5_000_000
_LARGEST_UNPACKED: Final = 40_000_000
_FORBIDDEN_PARTS: Final = ("vbaproject", "/embeddings/", "/activex/", "oleobject")
_WATERMARK: Final = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:w10="urn:schemas-microsoft-com:office:word"><w:rPr><w:noProof/></w:rPr><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"'
    ' path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
    '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
    '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
    '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
    '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/>'
    '<v:textpath on="t" fitshape="t"/></v:shapetype>'
    '<v:shape id="{name}" o:spid="{name}" type="#_x0000_t136" style="position:absolute;margin-left:0;'
    "margin-top:0;width:{width}pt;height:{height}pt;rotation:315;z-index:-251658752;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    'mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f"'
    ' fillcolor="#d9d9d9" stroked="f"><v:fill opacity=".5"/>'
    '<v:textpath style="font-family:&quot;Times New Roman&quot;;font-size:1pt" string="{text}"/>'
    "</v:shape></w:pict></w:r>"
)


def shipped_template() -> bytes:
    """The template that every installation has, built by `tools/build_report_template.py`."""
    return files("sync.official_reports").joinpath("shipped", "bao-cao.docx").read_bytes()


def write_docx(fields: Mapping[str, Any], *, template: bytes) -> bytes:
    """The report as a file.

    Raises:
        ReportTemplateRefused: the template is no DOCX, names an unknown field, or does what it may not.
    """
    check_template_archive(template)
    try:
        filled = DocxTemplate(io.BytesIO(template))
        filled.render(dict(fields), _sandbox(), autoescape=True)
    except TemplateError as broken:
        raise ReportTemplateRefused(f"The template cannot be filled in: {broken}") from broken
    except (LookupError, ValueError, AttributeError, TypeError, ArithmeticError, RecursionError) as broken:
        raise ReportTemplateRefused(f"The template is no DOCX that can be filled in: {broken}") from broken
    written = io.BytesIO()
    filled.save(written)
    # docxtpl writes headers past the document that it holds, so the seal goes into what it wrote.
    document = Document(io.BytesIO(written.getvalue()))
    _stamp(document, fields)
    sealed = io.BytesIO()
    document.save(sealed)
    return sealed.getvalue()


def check_template_archive(template: bytes) -> None:
    """Refuses what cannot be a plain letter.

    Raises:
        ReportTemplateRefused: with the reason.
    """
    if len(template) > LARGEST_TEMPLATE:
        raise ReportTemplateRefused(f"A template has at most {LARGEST_TEMPLATE} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            members = archive.infolist()
            if sum(one.file_size for one in members) > _LARGEST_UNPACKED:
                raise ReportTemplateRefused("The template unpacks to more than a letter can have.")
            names = [one.filename.lower() for one in members]
            relations = [archive.read(one) for one in members if one.filename.endswith(".rels")]
    except UNREADABLE_ZIP as broken:
        raise ReportTemplateRefused("The template is no DOCX file.") from broken
    if "word/document.xml" not in names:
        raise ReportTemplateRefused("The template is no DOCX file.")
    if any(part in f"/{name}" for name in names for part in _FORBIDDEN_PARTS):
        raise ReportTemplateRefused("A template has no macros and no embedded objects.")
    if any(b'TargetMode="External"' in text for text in relations):
        raise ReportTemplateRefused("A template has no links and no pictures from elsewhere.")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Fields, loops over them and conditions; nothing that could run for long or make much out of little."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        raise SecurityError(f"{operator} is not for templates")


def _sandbox() -> _Sandbox:
    """Unknown fields are errors, so that a misspelt one is found by the trial and not in a sent report."""
    sandbox = _Sandbox(undefined=StrictUndefined, autoescape=True)
    # `range` and the like make loops as long as one likes.
    sandbox.globals.clear()
    return sandbox


def _stamp(document: Docx, fields: Mapping[str, Any]) -> None:
    """Puts the seal behind every page and the digest into the footers, whatever the template looks like."""
    text, digest = str(fields["dau_ban_gui"]), str(fields["ma_bam"])
    for number, section in enumerate(document.sections):
        headers = [section.header, section.first_page_header]
        for place, header in enumerate(headers):
            paragraph = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            mark = parse_xml(_watermark(text, f"PowerPlusWaterMarkObject{number}{place}"))
            paragraph._p.append(mark)  # noqa: SLF001 - python-docx has no watermarks
        if digest:
            for footer in (section.footer, section.first_page_footer):
                paragraph = footer.paragraphs[0] if footer.paragraphs else footer.add_paragraph()
                run = paragraph.add_run(f"SHA-256 số liệu: {digest}")
                run.font.size = 8 * 12700  # 8 pt in English Metric Units


def _watermark(text: str, name: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    width = min(500, max(220, 9 * len(text)))
    return _WATERMARK.format(text=escaped, name=name, width=width, height=max(24, width // 12))
