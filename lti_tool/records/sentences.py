"""A statement as a sentence in the reader's language: who did what, how it went, when, from where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _

from lti_tool.page_formats import show_instant, show_scaled
from lti_tool.records.verbs import KIND_WORDS, VERB_WORDS, last_part
from sync.statement_outline import believable_instant
from xapi_bridge.statement import (
    Activity,
    Actor,
    Statement,
    StatementRef,
    SubStatement,
    listed,
    parse_statement,
)
from xapi_bridge.statement.json_text import read_object
from xapi_bridge.statement.objects import StatementObject
from xapi_bridge.statement.results import Result
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.vocabulary import adl

_DURATION: Final = re.compile(
    r"P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SHOWN_LETTERS: Final = 12
_LONGEST_RESPONSE: Final = 120


@dataclass(frozen=True)
class PersonWords:
    """What a reader may know of an account's owner; `name` is empty where names are not shown."""

    pseudonym: str
    name: str = ""


@dataclass(frozen=True)
class Sentence:
    """A statement in words.

    Attributes:
        who: name, or the beginning of a pseudonym. pseudonym: of the person, for links; empty for others.
        thing_kind: chuyên đề, bài kiểm tra …; empty when nothing says so. thing_iri: empty for people.
        outcome: how it went, in pieces: points, passed or not, time taken.
        inside: titles of what it belongs to, the nearest first.
        source: host of the platform. authority: name of the account that vouches.
    """

    who: str
    pseudonym: str
    did: str
    verb_iri: str
    thing_kind: str
    thing: str
    thing_iri: str
    outcome: tuple[str, ...]
    inside: tuple[str, ...]
    occurred_at: datetime
    source: str
    authority: str

    @property
    def text(self) -> str:
        """The whole as one sentence."""
        what = f"{self.thing_kind} “{self.thing}”" if self.thing_kind else f"“{self.thing}”"
        words = [f"{self.who} {self.did} {what}"]
        if self.outcome:
            words.append(", ".join(self.outcome))
        if self.inside:
            words.append(_("thuộc “%(title)s”", title=self.inside[0]))
        words.append(_("lúc %(instant)s", instant=show_instant(self.occurred_at)))
        if self.source:
            words.append(_("từ %(source)s", source=self.source))
        return ", ".join(words) + "."


def say_statement(
    stored: StoredStatement, *, people: Mapping[tuple[str, str], PersonWords], with_names: bool
) -> Sentence:
    """The sentence of a stored statement.

    Args:
        people: account → who it is, as far as the reader may know.
        with_names: whether names and addresses that stand in the statement itself may be shown.
    """
    statement = read_stored(stored)
    account = statement.actor.account
    person = people.get((account.home_page, account.name)) if account else None
    kind, thing, iri = _say_object(statement.object, with_names=with_names)
    return Sentence(
        who=_say_person(person) if person else say_actor(statement.actor, with_names=with_names),
        pseudonym=person.pseudonym if person else "",
        did=say_verb(statement.verb.id, statement.verb.display),
        verb_iri=statement.verb.id,
        thing_kind=kind,
        thing=thing,
        thing_iri=iri,
        outcome=tuple(_say_result(statement.result, verb=statement.verb.id)) if statement.result else (),
        inside=tuple(_titles_around(statement)),
        occurred_at=_occurred_at(statement, stored),
        source=(urlsplit(account.home_page).hostname or account.home_page) if account else "",
        authority=_say_authority(statement.authority),
    )


def read_stored(stored: StoredStatement) -> Statement:
    """The stored JSON as a value."""
    version = str(read_object(stored.payload).get("version", ""))
    return parse_statement(stored.payload, version="2.0.0" if version.startswith("2.") else "1.0.3")


def say_verb(iri: str, display: Mapping[str, str] | None) -> str:
    """The verb between who and what; of an unknown one its own display, or the end of its IRI."""
    known = VERB_WORDS.get(iri)
    return str(known) if known is not None else in_language(display) or last_part(iri)


def say_actor(actor: Actor, *, with_names: bool) -> str:
    """A person or group whom the registry does not know."""
    if actor.is_group:
        count = len(actor.member or ())
        name = actor.name if with_names and actor.name else _("nhóm")
        return str(_("%(name)s (%(count)s người)", name=name, count=count)) if count else name
    if actor.account is not None:
        return actor.name if with_names and actor.name else shorten(actor.account.name)
    if not with_names:
        return str(_("một người (ẩn danh)"))
    return actor.name or (actor.mbox or "").removeprefix("mailto:") or actor.openid or _("một người")


def shorten(text: str) -> str:
    """The beginning of a pseudonym."""
    return text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}…"


def in_language(texts: Mapping[str, str] | None) -> str:
    """The text in the reader's language, else in Vietnamese, else any."""
    if not texts:
        return ""
    for wanted in (str(get_locale()), "vi"):
        for tag, text in texts.items():
            if tag.split("-")[0].lower() == wanted:
                return text
    return next(iter(texts.values()))


def say_duration(duration: str) -> str:
    """`PT5M30S` → 5 phút 30 giây; another form as it stands."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return duration
    units = (_("ngày"), _("giờ"), _("phút"), _("giây"))
    return " ".join(
        f"{format_decimal(round(float(amount), 1))} {unit}"
        for amount, unit in zip(found.groups(), units, strict=True)
        if amount and float(amount)
    ) or _("chưa đến một giây")


def _say_person(person: PersonWords) -> str:
    return person.name or shorten(person.pseudonym)


def _say_object(thing: StatementObject, *, with_names: bool) -> tuple[str, str, str]:
    """Kind, name and IRI (or statement id)."""
    if isinstance(thing, Activity):
        definition = thing.definition
        kind = KIND_WORDS.get(definition.type or "") if definition else None
        name = in_language(definition.name) if definition else ""
        return str(kind or ""), name or last_part(thing.id), thing.id
    if isinstance(thing, StatementRef):
        return _("bản ghi"), shorten(str(thing.id)), str(thing.id)
    if isinstance(thing, SubStatement):
        inner = _say_object(thing.object, with_names=with_names)[1]
        actor = say_actor(thing.actor, with_names=with_names)
        return _("việc"), f"{actor} {say_verb(thing.verb.id, thing.verb.display)} {inner}", ""
    return (_("nhóm") if thing.is_group else _("người")), say_actor(thing, with_names=with_names), ""


def _say_result(result: Result, *, verb: str) -> Sequence[str]:
    pieces: list[str] = []
    score = result.score
    if score is not None and score.scaled is not None:
        pieces.append(_("%(points)s điểm", points=show_scaled(score.scaled)))
    elif score is not None and score.raw is not None:
        most = f"/{format_decimal(score.max)}" if score.max is not None else ""
        pieces.append(_("%(points)s điểm", points=f"{format_decimal(score.raw)}{most}"))
    # The verb has said so already.
    if result.success is not None and verb not in {adl.PASSED, adl.FAILED}:
        pieces.append(_("đạt yêu cầu") if result.success else _("chưa đạt yêu cầu"))
    if result.completion is False:
        pieces.append(_("chưa làm hết"))
    if result.response:
        answer = result.response[:_LONGEST_RESPONSE]
        pieces.append(_("trả lời “%(answer)s”", answer=answer + "…" * (len(result.response) > len(answer))))
    if result.duration:
        pieces.append(_("trong %(duration)s", duration=say_duration(result.duration)))
    return pieces


def _titles_around(statement: Statement) -> Sequence[str]:
    related = statement.context.context_activities if statement.context else None
    if related is None:
        return ()
    around = [*listed(related.parent), *listed(related.grouping)]
    titles = (
        in_language(one.definition.name if one.definition else None) or last_part(one.id) for one in around
    )
    return list(dict.fromkeys(titles))


def _occurred_at(statement: Statement, stored: StoredStatement) -> datetime:
    if statement.timestamp is None:
        return stored.stored
    return believable_instant(statement.timestamp.isoformat(), stored=stored.stored)


def _say_authority(authority: Actor | None) -> str:
    account = authority.account if authority else None
    return account.name if account else ""
