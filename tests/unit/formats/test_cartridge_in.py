"""Common Cartridges written for these tests, each version's names, whole and spoilt."""

import io
import zipfile
from datetime import date

import pytest

from content_packages.formats.cartridge_in import is_cartridge, read_cartridge
from content_packages.formats.imported import settle
from content_packages.formats.thin_cartridge import CourseLink, CourseShell, CourseTopic, write_thin_cartridge
from content_packages.imports.choices import ImportChoices
from content_packages.imports.reading import read_import, recognise_format

CC = "http://www.imsglobal.org/xsd/imsccv1p{minor}/imscp_v1p1"
QTI = 'xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"'
CHOICES = ImportChoices("khoa-hoc", "Khóa học cũ", "cai-cach-bo-may", "76/NQ-CP", date(2021, 7, 15))


def make_item(name, profile, presentation, conditions="", feedback=""):
    return f"""<item ident="{name}"><itemmetadata><qtimetadata><qtimetadatafield>
<fieldlabel>cc_profile</fieldlabel>
<fieldentry>cc.{profile}.v0p1</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation>{presentation}</presentation><resprocessing><outcomes><decvar maxvalue="100" minvalue="0"
varname="SCORE" vartype="Decimal"/></outcomes>{conditions}</resprocessing>{feedback}</item>"""


def make_stem(words):
    return f'<material><mattext texttype="text/html">&lt;p&gt;{words}&lt;/p&gt;</mattext></material>'


def make_list(options, cardinality="Single"):
    labels = "".join(
        f'<response_label ident="{name}"><material><mattext>{words}</mattext></material></response_label>'
        for name, words in options.items()
    )
    shown = f"<render_choice>{labels}</render_choice>"
    return f'<response_lid ident="r" rcardinality="{cardinality}">{shown}</response_lid>'


def make_condition(asked, points=100, feedback=""):
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    setting = f'<setvar action="Set" varname="SCORE">{points}</setvar>' if points else ""
    return f"<respcondition><conditionvar>{asked}</conditionvar>{setting}{shown}</respcondition>"


def equal(name):
    return f'<varequal respident="r">{name}</varequal>'


def make_feedback(name, words):
    return f'<itemfeedback ident="{name}"><material><mattext>{words}</mattext></material></itemfeedback>'


ONE = make_item(
    "cau-mot",
    "multiple_choice",
    make_stem("Cơ quan &lt;b&gt;thường trực&lt;/b&gt; là?")
    + make_list({"a": "Bộ Tư pháp", "b": "Bộ Nội vụ"}),
    make_condition(equal("a"), 0, "sai") + make_condition(equal("b")),
    make_feedback("sai", "Đọc lại Nghị quyết 76.") + make_feedback("general_fb", "Theo Nghị quyết 76."),
)
SEVERAL = make_item(
    "nhieu",
    "multiple_response",
    make_stem("Chọn hai việc đúng.") + make_list({"a": "Một", "b": "Hai", "c": "Ba"}, "Multiple"),
    make_condition(f"<and>{equal('a')}{equal('b')}<not>{equal('c')}</not></and>"),
)
TRUE_FALSE = make_item(
    "dung-sai",
    "true_false",
    make_stem("Chương trình có sáu nội dung.") + make_list({"f": "False", "t": "True"}),
    make_condition(equal("t")),
)
TYPED = make_item(
    "dien",
    "fib",
    make_stem("Quyết định số mấy?") + '<response_str ident="r"><render_fib/></response_str>',
    make_condition(equal("905") + equal("905/QĐ-BNV")),
)
ESSAY = make_item(
    "luan", "essay", make_stem("Nêu ý kiến.") + '<response_str ident="r"><render_fib/></response_str>'
)
NO_KEY = make_item("khong-khoa", "multiple_choice", make_stem("Hỏi?") + make_list({"a": "x", "b": "y"}))
SECTION = f"<section>{ONE}{SEVERAL}{TRUE_FALSE}</section>"
TEST = f'<questestinterop {QTI}><assessment ident="t">{SECTION}</assessment></questestinterop>'
BANK = f'<questestinterop {QTI}><objectbank ident="b">{TYPED}{ESSAY}{NO_KEY}</objectbank></questestinterop>'
PAGE = """<html><head><title>x</title><script>alert(1)</script></head><body><h1>Mở đầu</h1>
<p>Đọc <em>kỹ</em>.</p><img src="a.png" alt="x"><p>::: kiem-tra q1</p></body></html>"""


TOPIC = "<topic><title>x</title><text texttype='text/html'>&lt;p&gt;Kể việc.&lt;/p&gt;</text></topic>"
OUTSIDE = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><manifest>&x;</manifest>"


def make_cartridge(*, minor=3, resources=None, items=None, **files):
    """A cartridge of a test, a bank, a page, a topic, a web link and a link to another tool."""
    qti = f"imsqti_xmlv1p2/imscc_xmlv1p{minor}"
    resources = resources or [
        ("p", "webcontent", "trang/mo%20dau.html"),
        ("t", f"{qti}/assessment", "test.xml"),
        ("d", f"imsdt_xmlv1p{minor}", "topic.xml"),
        ("w", f"imswl_xmlv1p{minor}", "link.xml"),
        ("l", f"imsbasiclti_xmlv1p{minor}", "lti.xml"),
        ("b", f"{qti}/question-bank", "bank.xml"),
    ]
    listed = items or [("p", "Mở đầu"), ("t", "Kiểm tra"), ("d", "Bàn luận"), ("w", "Cổng"), ("l", "Công cụ")]
    space = CC.format(minor=minor)
    told = "".join(
        f'<item identifier="i{i}" identifierref="{i}"><title>{t}</title></item>' for i, t in listed
    )
    kept = "".join(
        f'<resource identifier="{i}" type="{kind}"><file href="{href}"/></resource>'
        for i, kind, href in resources
    )
    manifest = f"""<manifest xmlns="{space}" identifier="m"><metadata><schema>IMS Common Cartridge</schema>
<schemaversion>1.{minor}.0</schemaversion></metadata><organizations><organization identifier="o"
structure="rooted-hierarchy"><item identifier="top"><item identifier="w1"><title>Tuần 1</title>{told}
</item></item></organization></organizations><resources>{kept}</resources></manifest>"""
    written = {
        "imsmanifest.xml": manifest,
        "trang/mo dau.html": PAGE,
        "test.xml": TEST,
        "bank.xml": BANK,
        "topic.xml": TOPIC,
        "link.xml": "<webLink><title>Cổng</title><url href='https://dichvucong.gov.vn/'/></webLink>",
        "lti.xml": "<x/>",
    } | files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in written.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def imported(content):
    return settle(
        read_cartridge(content, path="khoa.imscc"), bank="khoa", path="khoa.imscc", defaults={"source": "x"}
    )


@pytest.mark.parametrize("minor", [0, 1, 2, 3])
def test_each_version_gives_its_questions_and_pages(minor):
    found = imported(make_cartridge(minor=minor))

    assert [one.canonical["type"] for one in found.questions] == [
        "single", "multiple", "truefalse", "short", "essay",
    ]  # fmt: skip
    assert [page.title for page in found.pages] == ["Mở đầu", "Bàn luận", "Liên kết tham khảo"]


def test_a_choice_keeps_its_key_its_words_and_what_is_said_about_them():
    one = imported(make_cartridge()).questions[0].canonical

    assert one["id"] == "cau-mot"
    assert one["stem"] == "Cơ quan **thường trực** là?"
    assert one["options"] == [
        {"text": "Bộ Tư pháp", "correct": False, "feedback": "Đọc lại Nghị quyết 76."},
        {"text": "Bộ Nội vụ", "correct": True},
    ]
    assert one["explain"] == "Theo Nghị quyết 76."


def test_what_must_not_be_chosen_is_no_key():
    several = imported(make_cartridge()).questions[1].canonical

    assert [option["correct"] for option in several["options"]] == [True, True, False]


def test_true_comes_before_false_in_our_words():
    told = imported(make_cartridge()).questions[2].canonical

    assert [(option["text"], option["correct"]) for option in told["options"]] == [
        ("Đúng", True),
        ("Sai", False),
    ]


def test_a_bank_that_the_course_does_not_list_is_read_too():
    typed = imported(make_cartridge()).questions[3].canonical

    assert typed["answers"] == ["905", "905/QĐ-BNV"]


def test_a_page_brings_words_and_no_script_picture_or_block_of_ours():
    page = imported(make_cartridge()).pages[0]

    assert page.markdown.startswith("### Mở đầu")
    assert "Đọc *kỹ*." in page.markdown
    assert not any(word in page.markdown for word in ("alert", "a.png", "\n:::"))


def test_everything_left_out_is_named():
    found = imported(make_cartridge())
    told = [(one.code, one.message) for one in found.findings]

    assert ("I012", "“Công cụ”: liên kết tới công cụ khác không nhập được") in told
    assert any(code == "I013" and "Mở đầu" in message for code, message in told)
    assert any(code == "I010" and "không ghi đáp án đúng" in message for code, message in told)


def test_a_cartridge_becomes_a_package_with_a_module_and_a_quiz():
    read = read_import(
        "cartridge", make_cartridge(), file_name="khoa.imscc", choices=CHOICES, version="0.1.0",
        today=date(2026, 11, 26),
    )  # fmt: skip

    assert [finding.message for finding in read.compiled.errors] == []
    assert sorted(read.source) == [
        "banks/khoa-hoc.md", "modules/bai-doc/module.md", "package.yaml", "quizzes/luyen-tap-khoa-hoc.yaml",
    ]  # fmt: skip
    assert [section.title for section in read.sections] == ["Mở đầu", "Bàn luận", "Liên kết tham khảo"]
    assert 'href="https://dichvucong.gov.vn/"' in read.sections[2].html


def test_a_course_of_pages_only_is_a_package_too():
    content = make_cartridge(resources=[("p", "webcontent", "trang/mo%20dau.html")], items=[("p", "Mở đầu")])

    read = read_import("cartridge", content, file_name="x.imscc", choices=CHOICES, version="0.1.0")

    assert read.may_publish
    assert sorted(read.source) == ["modules/bai-doc/module.md", "package.yaml"]


def test_our_own_course_shell_holds_only_links_and_says_so():
    link = CourseLink("l1", "Chuyên đề 1", "", {"content": "cchc/m/x"})
    shell = CourseShell("s", "Khóa", "", (CourseTopic("Tuần", (link,)),))

    found = imported(write_thin_cartridge(shell, launch_url="https://t.example/lti/launch", tool_name="CCHC"))

    assert (found.questions, found.pages) == ((), ())
    assert [finding.code for finding in found.findings] == ["I012"]


def test_a_zip_is_known_by_its_manifest_and_not_by_its_name():
    assert recognise_format("khoa.zip", make_cartridge()) == "cartridge"
    assert recognise_format("khoa.imscc", b"PK\x03\x04") == "cartridge"
    assert not is_cartridge(b"PK\x03\x04hong")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"imsmanifest.xml": OUTSIDE}, "I001"),
        ({"imsmanifest.xml": "không phải xml"}, "I001"),
        ({"test.xml": "<!DOCTYPE a [<!ENTITY x 'y'>]><questestinterop>&x;</questestinterop>"}, "I001"),
    ],
)  # fmt: skip
def test_hostile_xml_is_a_finding(files, code):
    found = imported(make_cartridge(**files))

    assert code in {finding.code for finding in found.findings}


@pytest.mark.parametrize("href", ["../../etc/passwd", "/etc/passwd", "khong-co.html", ""])
def test_a_file_outside_or_missing_is_a_finding_and_is_never_opened(href):
    found = imported(make_cartridge(resources=[("p", "webcontent", href)], items=[("p", "Trang")]))

    assert found.pages == ()
    assert [finding.message for finding in found.findings] == ["“Trang”: thiếu tệp trong gói"]


def test_a_link_that_is_no_web_address_is_not_taken():
    content = make_cartridge(**{"link.xml": "<webLink><url href='javascript:alert(1)'/></webLink>"})

    assert [page.title for page in imported(content).pages] == ["Mở đầu", "Bàn luận"]


def test_a_spoilt_archive_is_one_finding():
    found = imported(b"PK\x03\x04hong")

    assert [finding.code for finding in found.findings] == ["I001"]
