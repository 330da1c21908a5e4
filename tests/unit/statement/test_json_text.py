"""Only JSON that every reader understands alike is read."""

import json

import pytest

from xapi_bridge.statement import errors
from xapi_bridge.statement.json_text import MAX_DEPTH, MAX_STATEMENT_BYTES, read_object, split_batch


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (b"", errors.JsonMalformed),
        (b"{", errors.JsonMalformed),
        (b"{} {}", errors.JsonMalformed),
        (b"[]", errors.JsonMalformed),
        (b'"text"', errors.JsonMalformed),
        (b'{"a": NaN}', errors.JsonMalformed),
        (b'{"a": Infinity}', errors.JsonMalformed),
        (b'{"a": 1e999}', errors.JsonMalformed),
        (b'{"a": "\xff"}', errors.JsonMalformed),
        (b'{"a": "\\ud800"}', errors.JsonMalformed),
        (b'{"a": "\x00"}', errors.JsonMalformed),
        (b'{"a": "\\u0000"}', errors.CharacterForbidden),
        (b'{"\\u0000": 1}', errors.CharacterForbidden),
        (b'{"a": [{"b": "x\\u0000"}]}', errors.CharacterForbidden),
        (b'{"a": 1, "a": 1}', errors.KeyRepeated),
        (b'{"a": 1, "\\u0061": 2}', errors.KeyRepeated),
        (b'{"extensions": {"x:y": {"b": 1, "b": 2}}}', errors.KeyRepeated),
        (b'{"a": null}', errors.NullForbidden),
        (b'{"a": [{"b": null}]}', errors.NullForbidden),
        (b"[" * 100_000, errors.StatementTooLarge),
        (b'{"a":' * 100_000, errors.StatementTooLarge),
        (b'{"a": "' + b"x" * MAX_STATEMENT_BYTES + b'"}', errors.StatementTooLarge),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else value.__name__,
)
def test_a_text_that_could_be_misread_is_refused(raw, refusal):
    with pytest.raises(errors.StatementRefused) as refused:
        read_object(raw)

    assert type(refused.value) is refusal


def test_null_inside_extensions_is_read():
    assert read_object(b'{"extensions": {"x:y": null}}') == {"extensions": {"x:y": None}}


def test_an_escaped_backslash_before_u0000_is_ordinary_text():
    assert read_object(rb'{"a": "\\u0000"}') == {"a": "\\u0000"}


def test_brackets_inside_a_text_are_no_nesting():
    text = '"{[' * 200

    assert read_object(json.dumps({"a": text}).encode()) == {"a": text}


def test_the_deepest_nesting_allowed_is_read():
    raw = b'{"a":' * (MAX_DEPTH - 1) + b"{}" + b"}" * (MAX_DEPTH - 1)

    assert isinstance(read_object(raw), dict)


def test_a_batch_keeps_the_exact_bytes_of_each_statement():
    assert split_batch(b' [{"a": 1.0 }, {"b":\n2}]') == [b'{"a": 1.0 }', b'{"b":\n2}']


def test_a_single_statement_is_a_batch_of_one():
    assert split_batch(b' {"a": 1}') == [b' {"a": 1}']


@pytest.mark.parametrize("raw", [b"[{}", b"[{}}", b"[\xff]"])
def test_a_broken_batch_is_refused(raw):
    with pytest.raises(errors.JsonMalformed):
        split_batch(raw)


def test_a_batch_of_mere_brackets_is_refused():
    with pytest.raises(errors.StatementRefused):
        split_batch(b"[" * 100_000)
