"""When a cited document leaves force, its questions leave graded draws, and the author hears of it."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from content_packages.assessment.legal_validity import draw_pool, list_due_reviews, list_expiring_law
from tests.factories.content import make_package

LAW = "  - {ref: 905/QĐ-BNV, date: 2022-11-17"
DAY = date(2026, 6, 30)


def package_with(folder, dates: str, **others):
    return make_package(folder, changes={"package.yaml": (LAW, LAW + dates), **others})


def ids(pool) -> list[str]:
    return [question.id for question in pool]


def test_questions_stay_up_to_the_last_day_of_their_law(tmp_path):
    package = package_with(tmp_path, ", expires: 2026-06-30")

    assert ids(draw_pool(package, on=DAY)) == ["tq-1", "tq-2", "tq-3", "tq-4", "tq-5"]
    assert ids(draw_pool(package, on=DAY + timedelta(days=1))) == ["tq-1", "tq-2", "tq-3"]


def test_questions_on_law_that_is_not_yet_in_force_wait(tmp_path):
    package = package_with(tmp_path, ", effective: 2026-06-30")

    assert ids(draw_pool(package, on=DAY - timedelta(days=1))) == ["tq-1", "tq-2", "tq-3"]
    assert len(draw_pool(package, on=DAY)) == 5


def test_the_author_sees_what_rests_on_expiring_law(tmp_path):
    package = package_with(tmp_path, ", expires: 2026-06-30, replaced_by: 1/QĐ-BNV")

    (soon,) = list_expiring_law(package, on=DAY - timedelta(days=30))
    (late,) = list_expiring_law(package, on=DAY + timedelta(days=1))

    assert (soon.state, late.state) == ("expiring", "expired")
    assert (late.basis.ref, late.basis.replaced_by) == ("905/QĐ-BNV", "1/QĐ-BNV")
    assert late.question_ids == ("tq-4", "tq-5")
    assert list_expiring_law(package, on=DAY - timedelta(days=91)) == ()


def test_reviews_that_are_due_are_listed_earliest_first(tmp_path):
    package = package_with(
        tmp_path,
        "",
        **{
            "modules/01-tong-quan/module.md": ("minutes: 10", "minutes: 10\nreview_by: 2026-06-01"),
            "banks/tong-quan.md": (
                'level: nhan-biet, source: "76/NQ-CP"}\n\nChương',
                'level: nhan-biet, source: "76/NQ-CP", review_by: 2026-05-01}\n\nChương',
            ),
        },
    )

    due = list_due_reviews(package, on=DAY)

    assert [(one.kind, one.id) for one in due] == [("question", "tq-1"), ("module", "tong-quan")]
    assert list_due_reviews(package, on=date(2026, 1, 1)) == ()


@settings(max_examples=25)  # Each compiles a package.
@given(day=st.dates(), last=st.dates(date(2023, 1, 1), date(2100, 1, 1)))
def test_a_question_is_drawn_exactly_while_its_law_holds(tmp_path_factory, day, last):
    package = package_with(tmp_path_factory.mktemp("p"), f", expires: {last}")

    assert ("tq-4" in ids(draw_pool(package, on=day))) == (day <= last)
