"""The basket: order, one place per content, an end, and back from JSON as it was."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.deep_linking.basket import (
    MOST_ITEMS,
    Basket,
    BasketItem,
    Span,
    add_item,
    move_item,
    read_basket,
    remove_item,
    write_basket,
)
from lti_tool.deep_linking.errors import BasketFull

INSTANTS = st.none() | st.integers(1_600_000_000, 3_700_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
SPANS = st.builds(Span, INSTANTS, INSTANTS)
ITEMS = st.builds(
    BasketItem,
    content=st.text(min_size=1, max_size=20),
    title=st.text(max_size=20),
    text=st.text(max_size=20),
    graded=st.booleans(),
    score_maximum=st.floats(min_value=0.1, max_value=10_000),
    target=st.sampled_from(["", "iframe", "window"]),
    available=SPANS,
    submission=SPANS,
    reviewable=st.booleans(),
)
BASKETS = st.lists(ITEMS, unique_by=lambda item: item.content, max_size=8).map(tuple)


def make_item(content: str) -> BasketItem:
    return BasketItem(content=content, title=content, text="", graded=False)


def names(basket: Basket) -> str:
    return "".join(item.content for item in basket)


def make_basket(contents: str) -> Basket:
    return tuple(map(make_item, contents))


@given(BASKETS)
def test_what_was_written_is_read(basket):
    assert read_basket(write_basket(basket)) == basket


def test_a_content_is_added_at_the_end_and_once():
    basket = add_item(make_basket("ab"), make_item("c"), several=True)

    assert names(basket) == "abc"
    assert names(add_item(basket, make_item("a"), several=True)) == "abc"


def test_where_one_is_taken_the_new_one_replaces_the_old():
    assert names(add_item(make_basket("a"), make_item("b"), several=False)) == "b"


def test_a_full_basket_takes_no_more():
    full = tuple(make_item(str(number)) for number in range(MOST_ITEMS))

    with pytest.raises(BasketFull):
        add_item(full, make_item("x"), several=True)
    assert add_item(full, full[3], several=True) == full


@pytest.mark.parametrize(
    ("content", "by", "expected"),
    [("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc"), ("c", 1, "abc"), ("x", 1, "abc"), ("b", 0, "abc")],
)
def test_an_item_moves_by_its_places_and_stops_at_the_ends(content, by, expected):
    assert names(move_item(make_basket("abc"), content, by=by)) == expected


def test_taking_out_leaves_the_others_in_order():
    assert names(remove_item(make_basket("abc"), "b")) == "ac"
    assert names(remove_item(make_basket("abc"), "x")) == "abc"
