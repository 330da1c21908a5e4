"""The signed answer: every member where the specification wants it, and none without a value (W25)."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from lti_tool.deep_linking.basket import BasketItem, Span
from lti_tool.deep_linking.response import ContentItem, LinkedItem, Messages, one_line, sign_answer
from lti_tool.platforms.register import Platform
from lti_tool.platforms.tool_keys import SigningKey
from tests.factories.lti import DL, LTI, make_rsa_key

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PLATFORM = Platform(
    id=1,
    issuer="https://lms.example.test",
    client_id="client",
    authorization_url="https://lms.example.test/auth",
    token_url="https://lms.example.test/token",
    token_audience="https://lms.example.test/token",
    key_set_url="https://lms.example.test/keys",
    deployment_ids=frozenset({"2"}),
)


def make_linked(**changes: Any) -> LinkedItem:
    item = BasketItem(**{"content": "a/z/b", "title": "Bài thử", "text": "", "graded": True} | changes)
    return LinkedItem(
        item=item,
        link_id="0f" * 16,
        url="https://tool.example.test/lti/launch?content=a/z/b",
        custom={"content": "a/z/b", "link": "0f" * 16},
        icon_url="https://tool.example.test/static/icon.svg",
        tag="quiz",
        review_label="Xem bài làm",
    )


def sent(*, with_column: bool = True, **changes: Any) -> dict[str, Any]:
    return ContentItem(make_linked(**changes), with_column=with_column).to_dict()


def sign(*linked: LinkedItem, data: str | None = None, messages: Messages | None = None) -> dict[str, Any]:
    private = make_rsa_key("tool")
    key = SigningKey(
        "unused",
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )
    token = sign_answer(
        linked,
        platform=PLATFORM,
        key=key,
        deployment_id="2",
        data=data,
        with_columns=True,
        messages=messages or Messages(),
        now=NOW,
    )
    return jwt.decode(
        token,
        private.public_key(),
        algorithms=["RS256"],
        audience=PLATFORM.issuer,
        options={"verify_exp": False, "verify_iat": False},
    )


def test_w25_members_without_a_value_are_left_out():
    assert set(sent(graded=False)) == {"type", "title", "url", "custom", "icon", "thumbnail"}


@pytest.mark.parametrize(
    ("target", "there", "missing"), [("iframe", "iframe", "window"), ("window", "window", "iframe")]
)
def test_w25_the_place_is_sent_as_its_own_member(target, there, missing):
    item = sent(target=target)

    assert there in item
    assert missing not in item


def test_w25_times_are_utc_and_open_ends_are_left_out():
    item = sent(available=Span(NOW, None), submission=Span(None, NOW))

    assert item["available"] == {"startDateTime": "2026-11-24T02:00:00Z"}
    assert item["submission"] == {"endDateTime": "2026-11-24T02:00:00Z"}


def test_a_column_carries_our_link_id_so_that_it_can_be_found_again():
    column = sent()["lineItem"]

    assert column == {"scoreMaximum": 100, "label": "Bài thử", "resourceId": "0f" * 16, "tag": "quiz"}


def test_submissions_are_reviewable_only_where_the_teacher_wants_it():
    assert "submissionReview" in sent(reviewable=True)["lineItem"]
    assert "submissionReview" not in sent(reviewable=False)["lineItem"]


def test_no_column_without_the_platform_or_the_teacher():
    assert "lineItem" not in sent(with_column=False)
    assert "lineItem" not in sent(graded=False)


def test_w25_data_is_left_out_or_unchanged_and_never_null():
    assert DL + "data" not in sign(make_linked())
    assert sign(make_linked(), data="")[DL + "data"] == ""
    assert sign(make_linked(), data="a\nb")[DL + "data"] == "a\nb"


def test_an_answer_without_items_still_says_that_it_has_none():
    claims = sign(messages=Messages(shown="Không thêm gì.", logged="cancelled"))

    assert claims[DL + "content_items"] == []
    assert claims[DL + "msg"] == "Không thêm gì."
    assert claims[DL + "log"] == "cancelled"
    assert DL + "errormsg" not in claims


def test_the_clock_is_ours_and_each_nonce_is_new():
    one, other = sign(make_linked()), sign(make_linked())

    assert NOW.timestamp() - one["iat"] == 10
    assert one["exp"] - NOW.timestamp() == 300
    assert one["nonce"] != other["nonce"]
    assert one[LTI + "deployment_id"] == "2"


@pytest.mark.parametrize(
    ("value", "written"), [("a\r\nb=c", "a b=c"), ("x=y;z", "x=y;z"), (" a\tb\u2028c ", "a b c")]
)
def test_a_custom_value_is_one_line(value, written):
    assert one_line(value) == written
