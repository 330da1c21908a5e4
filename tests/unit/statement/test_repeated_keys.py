"""The quick look for repeated keys finds exactly what the slow reader finds."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xapi_bridge.statement.errors import KeyRepeated
from xapi_bridge.statement.json_text import read_object, refuse_repeated_keys_slowly

KEYS = st.sampled_from(["a", "b", "a:b", ":", '":', "\\", "u003a", "đ", '"a":1'])
SCALARS = st.one_of(KEYS, st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def written(draw: st.DrawFn, depth: int = 3) -> str:
    """JSON text in any spelling, with repeated keys now and then."""
    if depth == 0 or draw(st.booleans()):
        return spelled(draw, draw(SCALARS))
    if draw(st.booleans()):
        return "[" + ",".join(draw(st.lists(written(depth - 1), max_size=3))) + "]"
    pairs = draw(st.lists(st.tuples(KEYS, written(depth - 1)), max_size=4))
    blank = draw(st.sampled_from(["", " ", "\n"]))
    return "{" + ",".join(f"{spelled(draw, key)}{blank}:{value}" for key, value in pairs) + "}"


def spelled(draw: st.DrawFn, value: object) -> str:
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    if isinstance(value, str) and draw(st.booleans()):
        text = text.replace(":", draw(st.sampled_from(["\\u003a", "\\u003A", ":"])))
    return text


def is_refused_slowly(raw: bytes) -> bool:
    try:
        refuse_repeated_keys_slowly(raw)
    except KeyRepeated:
        return True
    return False


def is_refused_quickly(raw: bytes) -> bool:
    try:
        read_object(raw)
    except KeyRepeated:
        return True
    return False


@given(written())
@example('{"a":1,"\\u0061":2}')
@example('{"a" :1,"a":"\\u003a"}')
@example('{"a":{"b":"x:y"},"c":{"b":1,"b":":"}}')
def test_quick_and_slow_reader_agree(text):
    raw = ('{"whole":' + text + "}").encode()

    assert is_refused_quickly(raw) == is_refused_slowly(raw)


@pytest.mark.parametrize("raw", [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":"\\u003a"}}', b'{"a\\u003a":1,"a:":1}'])
def test_a_repeated_key_is_named(raw):
    with pytest.raises(KeyRepeated, match="occurs twice"):
        read_object(raw)
