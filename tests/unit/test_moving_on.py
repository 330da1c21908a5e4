"""Which sections of two versions are the same: what was read stays read."""

from hypothesis import given
from hypothesis import strategies as st

from content_packages.contents import Module, Section
from content_packages.player.moving_on import same_sections


def module(*sections):
    """Each a title, or a title and the check that is asked there."""
    written = [one if isinstance(one, tuple) else (one, "") for one in sections]
    return Module(
        id="m",
        folder="01-m",
        title="M",
        minutes=None,
        objectives=(),
        sections_count=True,
        checks_count=True,
        quiz_id=None,
        sections=tuple(
            Section(
                number,
                title,
                f'<p>chữ</p><div class="kiem-tra" data-q="{check}"></div>' if check else "<p>chữ</p>",
            )
            for number, (title, check) in enumerate(written, start=1)
        ),
    )


def test_a_section_is_found_by_its_title_wherever_it_stands():
    assert same_sections(module("Một", "Hai"), module("Mới", "Hai", "Một")) == {1: 3, 2: 2}


def test_a_section_that_got_another_title_is_found_in_its_place():
    assert same_sections(module("Một", "Hai"), module("Một", "Hai mới")) == {1: 1, 2: 2}


def test_a_section_that_got_another_title_and_place_is_found_by_its_check():
    assert same_sections(module("Một", ("Hai", "c-1")), module(("Mới", "c-1"), "Một")) == {1: 2, 2: 1}


def test_a_section_that_is_gone_has_no_partner():
    assert same_sections(module("Một", "Hai", "Ba"), module("Một", "Ba")) == {1: 1, 3: 2}


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_no_two_sections_share_a_partner(old, new):
    partners = same_sections(module(*old), module(*new))

    assert len(set(partners.values())) == len(partners)
    assert set(partners.values()) <= set(range(1, len(new) + 1))


@given(st.lists(st.text(min_size=1), unique=True))
def test_of_the_same_module_every_section_is_its_own_partner(titles):
    assert same_sections(module(*titles), module(*titles)) == {n: n for n in range(1, len(titles) + 1)}
