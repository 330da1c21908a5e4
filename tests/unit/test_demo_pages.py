"""The played person reads pages as people do, and knows the answers or deliberately does not."""

from types import SimpleNamespace

import pytest

from content_packages.assessment.responses import response_from_form
from content_packages.assessment.scoring import score_response
from content_packages.reading import question_from_canonical
from lti_tool.demo.errors import PageNotAsExpected
from lti_tool.demo.knowledge import Knowledge, fill_in, plain_words
from lti_tool.demo.pages import read_forms, read_page

PAGE = """
<html><head><title>Unseen</title></head><body>
<h1>Câu hỏi &amp; trả lời</h1><p>Dòng một<br>dòng   hai</p><script>unseen()</script>
<form method="post" action="/save">
  <input type="hidden" name="token" value="t">
  <label><input type="radio" name="chosen" value="0"> Hà Nội</label>
  <input type="radio" name="chosen" value="1" id="b" checked><label for="b">Huế</label>
  <input type="text" name="off" value="x" disabled>
  <select name="place"><option value="">-</option><option value="7" selected>Bảy</option></select>
  <textarea name="text">viết</textarea>
  <button name="go" value="next">Tiếp</button>
</form></body></html>
"""


def test_words_are_what_a_reader_sees():
    assert read_page(PAGE).words.startswith("Câu hỏi & trả lời Dòng một dòng hai Hà Nội Huế")


def test_fields_carry_the_words_next_to_them():
    (form,) = read_forms(read_page(PAGE))

    labels = [(one.name, one.value, one.label) for one in form.fields if one.kind == "radio"]

    assert labels == [("chosen", "0", "Hà Nội"), ("chosen", "1", "Huế")]


def test_an_untouched_form_sends_what_a_browser_would_send():
    (form,) = read_forms(read_page(PAGE))

    assert form.untouched() == [("token", "t"), ("chosen", "1"), ("place", "7"), ("text", "viết")]


# Knowledge


def make_question(**changed):
    canonical = {"id": "q-1", "bank": "b", "type": "single", "stem": "Ai ban hành?", **changed}
    return question_from_canonical(canonical)


def options(*options):
    return [{"text": text, "correct": correct} for text, correct in options]


def form_with(fields):
    (form,) = read_forms(read_page(f'<form method="post" action="/save">{fields}</form>'))
    return form


def boxes(kind, *labels):
    """Options in another order than the package has them, as a learner sees them."""
    shown = reversed(list(enumerate(labels)))
    return form_with(
        "".join(f'<label><input type="{kind}" name="chosen" value="{n}">{text}</label>' for n, text in shown)
    )


def lists(*choices):
    chosen = "".join(f'<option value="{n}">{text}</option>' for n, text in reversed(list(enumerate(choices))))
    selects = (
        f'<select name="place-{place}"><option value="">–</option>{chosen}</select>'
        for place in range(len(choices))
    )
    return form_with("".join(selects))


CASES = [
    (
        make_question(options=options(("Bộ Nội vụ", False), ("Chính phủ", True), ("Quốc hội", False))),
        boxes("radio", "Bộ Nội vụ", "Chính phủ", "Quốc hội"),
    ),
    (
        make_question(type="multiple", options=options(("A", True), ("B", False), ("C", True))),
        boxes("checkbox", "A", "B", "C"),
    ),
    (make_question(type="match", pairs=[["một", "1"], ["hai", "2"], ["ba", "3"]]), lists("1", "2", "3")),
    (make_question(type="order", items=["trước", "giữa", "sau"]), lists("trước", "giữa", "sau")),
    (make_question(type="numeric", answers=["3"]), form_with('<input type="text" name="text">')),
    (make_question(type="short", answers=["một cửa"]), form_with('<input type="text" name="text">')),
]


@pytest.mark.parametrize(("question", "form"), CASES, ids=lambda case: getattr(case, "type", ""))
def test_who_knows_answers_rightly_and_who_does_not_earns_nothing(question, form):
    def earned(*, rightly):
        sent = {}
        for name, value in fill_in(form, question, rightly=rightly):
            sent.setdefault(name, []).append(value)
        return score_response(question, response_from_form(question, sent))

    assert earned(rightly=True) == 1.0
    assert earned(rightly=False) == 0.0


def test_a_question_is_found_by_its_words_even_when_another_begins_alike():
    short = make_question(stem="Ai ban hành?")
    longer = make_question(id="q-2", stem="Ai ban hành? Chọn <b>hai</b> ý.")
    knowledge = Knowledge.of(SimpleNamespace(questions={"q-1": short, "q-2": longer}))

    assert knowledge.find_question(plain_words("<p>Câu 1</p> Ai ban hành? Chọn <b>hai</b> ý. A B")) is longer
    assert knowledge.find_question("Câu 2: Ai ban hành? A B") is short


def test_an_unknown_question_stops_the_demo():
    with pytest.raises(PageNotAsExpected):
        Knowledge(()).find_question("Câu hỏi lạ")
