"""Items of QTI 2.2 and 3.0, written for these tests."""

import io
import zipfile

import pytest

from content_packages.formats.imported import settle
from content_packages.formats.qti_in import read_qti

V2 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'
V3 = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
CHOICE_2 = f"""<assessmentItem {V2} identifier="cau-1" title="t" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R" cardinality="single" baseType="identifier">
<correctResponse><value>B</value></correctResponse></responseDeclaration>
<itemBody><p>Cải cách hành chính có mấy nội dung?</p>
<choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="1"><prompt>Chọn một.</prompt>
<simpleChoice identifier="A">Bốn</simpleChoice><simpleChoice identifier="B">Sáu <b>nội dung</b></simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""
MATCH_3 = f"""<qti-assessment-item {V3} identifier="cau-2" title="t">
<qti-response-declaration identifier="R" cardinality="multiple" base-type="directedPair">
<qti-correct-response><qti-value>a x</qti-value><qti-value>b y</qti-value></qti-correct-response>
</qti-response-declaration><qti-item-body><p>Ghép cơ quan với việc.</p>
<qti-match-interaction response-identifier="R" max-associations="2">
<qti-simple-match-set><qti-simple-associable-choice identifier="a" match-max="1">Bộ Tư pháp
</qti-simple-associable-choice><qti-simple-associable-choice identifier="b" match-max="1">Bộ Nội vụ
</qti-simple-associable-choice></qti-simple-match-set>
<qti-simple-match-set><qti-simple-associable-choice identifier="x" match-max="1">Thể chế
</qti-simple-associable-choice><qti-simple-associable-choice identifier="y" match-max="1">Công vụ
</qti-simple-associable-choice></qti-simple-match-set></qti-match-interaction>
</qti-item-body></qti-assessment-item>"""
CLOZE_3 = f"""<qti-assessment-item {V3} identifier="cau-3" title="t">
<qti-response-declaration identifier="R1" cardinality="single" base-type="string"><qti-correct-response>
<qti-value>sáu</qti-value></qti-correct-response><qti-mapping default-value="0">
<qti-map-entry map-key="sáu" mapped-value="1"/><qti-map-entry map-key="6" mapped-value="1"/>
</qti-mapping></qti-response-declaration>
<qti-response-declaration identifier="R2" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>N</qti-value></qti-correct-response></qti-response-declaration>
<qti-item-body><p>Có <qti-text-entry-interaction response-identifier="R1"/> nội dung, cơ quan thường trực là
<qti-inline-choice-interaction response-identifier="R2"><qti-inline-choice identifier="T">Bộ Tư pháp
</qti-inline-choice><qti-inline-choice identifier="N">Bộ Nội vụ</qti-inline-choice>
</qti-inline-choice-interaction>.</p></qti-item-body></qti-assessment-item>"""
DRAWN = f"""<assessmentItem {V2} identifier="ve"><itemBody><p>Vẽ.</p>
<drawingInteraction responseIdentifier="R"/></itemBody></assessmentItem>"""


def imported(content: bytes | str, path: str = "goi.zip"):
    found = read_qti(content.encode() if isinstance(content, str) else content, path=path)
    return settle(found, bank="nhap", path=path, defaults={"source": "76/NQ-CP"})


def test_a_choice_of_the_second_generation_is_read():
    found = imported(CHOICE_2)

    question = found.questions[0].canonical
    assert found.findings == ()
    assert (question["id"], question["type"]) == ("cau-1", "single")
    assert question["stem"] == "Cải cách hành chính có mấy nội dung?\\\nChọn một."
    assert [(one["text"], one["correct"]) for one in question["options"]] == [
        ("Bốn", False),
        ("Sáu **nội dung**", True),
    ]


def test_pairs_of_the_third_generation_are_read():
    question = imported(MATCH_3).questions[0].canonical

    assert question["pairs"] == [["Bộ Tư pháp", "Thể chế"], ["Bộ Nội vụ", "Công vụ"]]


def test_blanks_in_a_sentence_become_a_cloze_question():
    question = imported(CLOZE_3).questions[0].canonical

    assert question["stem"] == "Có [[1]] nội dung, cơ quan thường trực là [[2]]."
    assert question["blanks"][0] == {"answers": ["sáu", "6"]}
    assert [one["correct"] for one in question["blanks"][1]["options"]] == [False, True]


def test_a_package_is_read_item_by_item_and_what_is_drawn_is_told():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("imsmanifest.xml", "<manifest/>")
        archive.writestr("items/1.xml", CHOICE_2)
        archive.writestr("items/2.xml", DRAWN)

    found = imported(buffer.getvalue())

    assert [one.canonical["id"] for one in found.questions] == ["cau-1"]
    assert [(one.code, "drawinginteraction" in one.message) for one in found.findings] == [("I010", True)]


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z '&x;&x;&x;'>]><a>&z;</a>",
        "không phải xml",
        b"PK\x03\x04hong",
    ],
)
def test_hostile_or_broken_files_are_one_finding(content):
    found = imported(content)

    assert found.questions == ()
    assert found.findings[0].code == "I001"


def test_a_package_whose_bytes_are_spoilt_is_one_finding():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.xml", CHOICE_2)
    spoilt = bytearray(buffer.getvalue())
    spoilt[45:75] = b"\xff" * 30

    found = imported(bytes(spoilt))

    assert found.questions == ()
    assert [finding.code for finding in found.findings] == ["I001"]


def test_a_package_in_an_unknown_compression_is_one_finding():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("1.xml", CHOICE_2)
    content = buffer.getvalue()
    listed = content.index(b"PK\x01\x02")
    unknown = bytearray(content)
    unknown[8:10] = unknown[listed + 10 : listed + 12] = (99).to_bytes(2, "little")

    found = imported(bytes(unknown))

    assert [finding.code for finding in found.findings] == ["I001"]
