"""JSON as nobody should send it: whole statements with one or more places replaced by anything."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

from tests.factories.statements import make_properties

#: What a text may hold that trips somebody: NUL, surrogates, controls, directions, very long.
_TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "\ud800",
            "\u202e",
            "a" * 70_000,
            "-1",
            "true",
            "null",
            "NaN",
            "http://",
            "mailto:",
            "urn:x",
        ]
    ),
    st.from_regex(r"[a-z]{1,8}:[ -~]{0,20}", fullmatch=True),
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63) - 1, 10**40, 1e308, -0.0, 1e-320]),
    st.floats(),
    _TEXTS,
)
ANY_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)

#: Every property of the data model stands somewhere in one of these.
WHOLE_STATEMENTS: list[dict[str, Any]] = [
    make_properties(
        id="0f4e7a4c-5c4f-4a5c-9f5e-0a8d3f1f4b11",
        timestamp="2026-11-24T09:00:00+07:00",
        version="1.0.3",
        result={
            "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
            "success": True,
            "completion": True,
            "response": "a[,]b",
            "duration": "PT1M30.5S",
            "extensions": {"https://cchc.example/x/y": {"deep": [1, {"x": None}]}},
        },
        context={
            "registration": "7a5f1a52-6d5f-4f1c-bb75-0c8a3b1f4b22",
            "instructor": {"mbox": "mailto:giang.vien@cchc.example"},
            "team": {"objectType": "Group", "name": "Tổ", "member": [{"openid": "https://id.example/a"}]},
            "contextActivities": {"parent": [{"id": "https://cchc.example/p/a"}], "other": {"id": "urn:b"}},
            "revision": "1",
            "platform": "LMS",
            "language": "vi",
            "statement": {"objectType": "StatementRef", "id": "9a5f1a52-6d5f-4f1c-bb75-0c8a3b1f4b33"},
            "extensions": {"https://cchc.example/x/z": "1"},
        },
        attachments=[
            {
                "usageType": "https://cchc.example/use",
                "display": {"vi": "Tệp"},
                "contentType": "text/plain",
                "length": 3,
                "sha2": "ab" * 32,
                "fileUrl": "https://cchc.example/tep.txt",
            }
        ],
    ),
    make_properties(
        object={
            "objectType": "SubStatement",
            "actor": {"mbox_sha1sum": "a" * 40},
            "verb": {"id": "https://cchc.example/v/x", "display": {"vi": "làm", "en-US": "did"}},
            "object": {
                "id": "https://cchc.example/q/1",
                "definition": {
                    "name": {"vi": "Câu 1"},
                    "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                    "interactionType": "choice",
                    "correctResponsesPattern": ["a"],
                    "choices": [{"id": "a", "description": {"vi": "A"}}, {"id": "b"}],
                },
            },
        },
    ),
    make_properties(
        actor={"objectType": "Group", "member": [{"mbox": "mailto:a@cchc.example"}]},
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": "8a5f1a52-6d5f-4f1c-bb75-0c8a3b1f4b44"},
        authority={"mbox": "mailto:lrs@cchc.example"},
        stored="2020-01-01T00:00:00Z",
    ),
]


@st.composite
def spoilt_statements(draw: st.DrawFn) -> Any:
    """A whole statement in which up to three places hold something else, are gone, or got company."""
    statement = copy.deepcopy(draw(st.sampled_from(WHOLE_STATEMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(_places(statement)))
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace" or isinstance(holder, list):
            holder[key] = draw(ANY_JSON)
        elif change == "remove":
            del holder[key]
        else:
            holder[draw(_TEXTS)] = draw(ANY_JSON)
        if not _places(statement):
            break
    return statement


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key or index) below a JSON value."""
    pairs = (
        list(tree.items())
        if isinstance(tree, dict)
        else list(enumerate(tree))
        if isinstance(tree, list)
        else []
    )
    found: list[tuple[Any, Any]] = []
    for key, value in pairs:
        found += [(tree, key), *_places(value)]
    return found


def _pairs(tree: Any) -> list[tuple[Any, Any]]:
    if isinstance(tree, dict):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, list) else []


def written(value: Any) -> bytes:
    """The JSON text as a careless program writes it: NaN, Infinity and lone surrogates included."""
    return json.dumps(value).encode()
