"""From the basket to the signed answer, once: the links are kept in the transaction that signs it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from lti_tool.deep_linking.basket import BasketItem, Span
from lti_tool.deep_linking.catalogue import find_content, kind_of
from lti_tool.deep_linking.choices import Choice, choice_of, lock_choice, refuse_over
from lti_tool.deep_linking.errors import BasketEmpty, ChoiceAnswered, ContentNotOffered
from lti_tool.deep_linking.links import create_link, link_address, link_parameters
from lti_tool.deep_linking.response import LIFETIME, LinkedItem, Messages, sign_answer
from lti_tool.platforms.register import find_platform_by_id
from lti_tool.platforms.tool_keys import find_or_create_signing_key

#: Icon of each kind of content, below the static files; another kind gets the tool's own.
_ICONS: Final = {
    "package": "deep_linking/programme.svg",
    "module": "deep_linking/module.svg",
    "quiz": "deep_linking/test.svg",
    "periodic": "deep_linking/test.svg",
    "questions": "deep_linking/questions.svg",
}


@dataclass(frozen=True)
class ToolAddress:
    """Where this tool is and how it signs.

    Attributes:
        origin: without a trailing slash.
        secret: opens the signing key.
    """

    origin: str
    secret: str


@dataclass(frozen=True)
class Answer:
    """What the browser carries back.

    Attributes:
        jwt: the signed answer.
        frame_origin: origins that the form of the answer may go to.
        item_count: 0 when the teacher cancelled.
    """

    jwt: str
    return_url: str
    frame_origin: str
    item_count: int


def answer_choice(
    session: Session,
    choice_id: str,
    *,
    tool: ToolAddress,
    messages: Messages,
    review_label: str,
    now: datetime,
) -> Answer:
    """Links for everything in the basket, and the answer that tells the LMS of them.

    The second of two clicks gets the answer of the first, so that the LMS cannot add anything twice by it.

    Raises:
        ChoiceUnknown, ChoiceExpired, ChoiceAnswered: nothing can be answered any more.
        BasketEmpty: nothing was chosen.
        ContentNotOffered: something in the basket was withdrawn meanwhile.
    """
    row = lock_choice(session, choice_id)
    choice = choice_of(row)
    repeated = _repeat(choice, now=now)
    if repeated is not None:
        return repeated
    if not choice.basket:
        raise BasketEmpty("Nothing was chosen. Choose at least one content, or cancel.")
    linked = [_link(session, item, choice, tool, review_label, now) for item in choice.basket]
    row.response = _sign(session, choice, linked, tool=tool, messages=messages, now=now)
    row.answered_at = now
    session.flush()
    return Answer(row.response, row.return_url, choice.frame_origin, len(linked))


def cancel_choice(
    session: Session, choice_id: str, *, tool: ToolAddress, messages: Messages, now: datetime
) -> Answer:
    """The answer that adds nothing; afterwards the choice is over.

    Raises:
        ChoiceUnknown, ChoiceExpired, ChoiceAnswered
    """
    row = lock_choice(session, choice_id)
    choice = choice_of(row)
    repeated = _repeat(choice, now=now)
    if repeated is not None:
        return repeated
    row.response = _sign(session, choice, [], tool=tool, messages=messages, now=now)
    row.answered_at, row.basket = now, "[]"
    session.flush()
    return Answer(row.response, row.return_url, choice.frame_origin, 0)


def _repeat(choice: Choice, *, now: datetime) -> Answer | None:
    """The answer given before, as long as the LMS would take it."""
    if choice.answered_at is None:
        refuse_over(choice, now=now)
        return None
    if choice.response is None or now >= choice.answered_at + LIFETIME:
        raise ChoiceAnswered("This choice was sent to the LMS. Begin again in the course to add more.")
    return Answer(choice.response, choice.settings.return_url, choice.frame_origin, len(choice.basket))


def _link(
    session: Session, item: BasketItem, choice: Choice, tool: ToolAddress, review_label: str, now: datetime
) -> LinkedItem:
    entry = find_content(session, item.content)
    if entry is None:
        raise ContentNotOffered(f"The content {item.content} is no longer published. Remove it.")
    is_test = kind_of(entry).is_test
    kept = _allowed(item, choice, is_test=is_test)
    link_id = create_link(
        session,
        kept,
        registration_id=choice.registration_id,
        deployment_id=choice.deployment_id,
        course_id=choice.course_id,
        created_by=choice.teacher.name,
        now=now,
    )
    return LinkedItem(
        item=kept,
        link_id=link_id,
        url=link_address(f"{tool.origin}/lti/launch", item.content, link_id),
        custom=link_parameters(item.content, link_id, is_test=is_test),
        icon_url=f"{tool.origin}/static/{_ICONS.get(entry.kind, 'icon.svg')}",
        tag=entry.kind,
        review_label=review_label if is_test else "",
    )


def _allowed(item: BasketItem, choice: Choice, *, is_test: bool) -> BasketItem:
    """The item without what the platform does not take, whatever a form said."""
    return BasketItem(
        content=item.content,
        title=item.title,
        text=item.text,
        graded=item.graded,
        score_maximum=item.score_maximum,
        target=item.target if item.target in choice.targets else "",
        available=item.available,
        submission=item.submission if is_test else Span(),
        reviewable=item.reviewable and is_test,
    )


def _sign(
    session: Session,
    choice: Choice,
    linked: list[LinkedItem],
    *,
    tool: ToolAddress,
    messages: Messages,
    now: datetime,
) -> str:
    return sign_answer(
        linked,
        platform=find_platform_by_id(session, choice.registration_id),
        key=find_or_create_signing_key(session, secret=tool.secret, now=now),
        deployment_id=choice.deployment_id,
        data=choice.settings.data,
        with_columns=choice.takes_columns,
        messages=messages,
        now=now,
    )
