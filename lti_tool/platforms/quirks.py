"""What single LMS products do differently from the specification, as data: one flag per observed fact. Pure.

Whoever talks to an LMS asks `quirks_of` and looks at the flag; no code elsewhere asks for a product's name.
A product without an entry is taken at the specification's word.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

#: How far back an assertion is dated where nothing else is known: clocks differ by seconds.
USUAL_BACKDATE_SECONDS: Final = 5


def _fact(told: str, *, usually: Any = False) -> Any:
    return field(default=usually, metadata={"fact": told})


@dataclass(frozen=True)
class Quirks:
    """The facts to be put up with at one LMS; `fact_of` tells each in a sentence."""

    # Tokens.
    assertion_backdate_seconds: int = _fact(
        "An assertion whose iat is ahead of the LMS's clock is refused: date it back by this much.",
        usually=USUAL_BACKDATE_SECONDS,
    )
    token_reply_called_html: bool = _fact("The token reply is JSON that calls itself text/html.")
    token_404_means_key_set_unread: bool = _fact(
        "404 with a page of HTML from the token endpoint means: the LMS could not read our key set."
    )
    token_drops_unknown_scopes: bool = _fact(
        "Scopes that were not granted are left out in silence; 400 comes only when none remains."
    )
    key_set_needs_alg: bool = _fact("One key without alg in our key set makes the whole set unusable.")
    withdrawn_key_stays_trusted: bool = _fact(
        "A key that left our key set stays trusted until a verification fails and the set is read again."
    )
    # Dynamic registration.
    registration_scope_overreported: bool = _fact(
        "The registration reply names scopes that were not granted; only a token reply tells the truth."
    )
    registration_replaces_redirects: bool = _fact(
        "An update replaces the redirect addresses and keeps client id and deployment id."
    )
    registration_waits_for_activation: bool = _fact(
        "A registered tool is pending until the LMS's administrator activates it; nobody tells the tool."
    )
    # Launch.
    hint_single_use: bool = _fact("lti_message_hint works once: a login cannot be answered twice.")
    unresolved_variables_sent: bool = _fact("An unknown variable arrives literally, as $Name.")
    custom_keys_doubled: bool = _fact(
        "A custom parameter with capitals arrives twice, once in small letters."
    )
    # Line items and scores.
    one_media_type: bool = _fact(
        "Accept must be one exact media type; a list or a wildcard for lists is refused."
    )
    line_item_empty_text: bool = _fact('"lineitem": "" in a launch means: none or several; look it up.')
    line_item_second_hides_first: bool = _fact(
        "A second column with our resourceLinkId takes lineitem out of later launches."
    )
    line_item_put_blanks: bool = _fact("PUT of a line item without resourceId or tag blanks both.")
    line_item_delete_takes_activity: bool = _fact(
        "DELETE of a launch's own line item deletes the activity's grade column."
    )
    ags_limit_breaks: bool = _fact(
        "limit on line items gives Link headers that cannot be followed, and on results a 404: never send it."
    )
    link_header_curly: bool = _fact("Link headers carry curly quotes and &amp;: rel=“next”.")
    non_final_score_erases: bool = _fact(
        "A score that is not FullyGraded, or has no scoreGiven, erases grade and feedback."
    )
    score_time_whole_seconds: bool = _fact(
        "Scores are compared in whole seconds; the same second again is 409."
    )
    score_time_is_receipt: bool = _fact(
        "An activity's column keeps the time of receipt, so a delayed older score blocks a newer one: "
        "after 409 read the result and send again as of now."
    )
    comment_cleared_by_silence: bool = _fact("A score without comment clears the feedback of an earlier one.")
    reason_phrase_explains: bool = _fact(
        "Why a score was refused stands in the HTTP reason phrase, not the body."
    )
    only_learners_graded: bool = _fact("Teachers, administrators and unenrolled users are refused with 400.")
    # Rosters.
    roster_short_roles: bool = _fact("Members carry short role names: Learner, Instructor.")
    roster_roles_weaker: bool = _fact(
        "Roles of the roster come from another capability than those of launches: launch roles win."
    )
    roster_next_drops_filters: bool = _fact(
        "The next page's address forgets role and other filters: filter here."
    )
    roster_name_given_first: bool = _fact(
        "The roster's name is given name first: build Vietnamese names from family_name and given_name."
    )
    roster_leaves_out_suspended: bool = _fact("Suspended users are missing instead of Inactive.")
    # Deep linking.
    deep_link_only_resource_links: bool = _fact(
        "Other item types than ltiResourceLink are taken and become broken activities: do not send them."
    )
    deep_link_ignores_window: bool = _fact("Sizes, dates and line item labels of an item are ignored.")
    deep_link_longest_title: int = _fact(
        "A title longer than this stops the teacher at the form; 0: no limit known.", usually=0
    )
    deep_link_custom_single_line: bool = _fact(
        "A line end inside a custom value splits it in two parameters."
    )
    # Sites.
    issuer_shared: bool = _fact("Many customers share one issuer: only the client id tells them apart.")


@dataclass(frozen=True)
class _Entry:
    """Facts of one product between two versions, as `_version_key` writes versions; None is open."""

    family: str
    facts: dict[str, Any]
    since: tuple[int, ...] | None = None
    before: tuple[int, ...] | None = None


#: Moodle 4.4dev (build 20231124) was measured; what the later source shows changed has an end.
_ENTRIES: Final = (
    _Entry(
        "moodle",
        {
            "assertion_backdate_seconds": 30,
            "deep_link_longest_title": 255,
            **dict.fromkeys(
                (
                    "token_reply_called_html",
                    "token_404_means_key_set_unread",
                    "token_drops_unknown_scopes",
                    "key_set_needs_alg",
                    "withdrawn_key_stays_trusted",
                    "registration_scope_overreported",
                    "registration_replaces_redirects",
                    "registration_waits_for_activation",
                    "hint_single_use",
                    "unresolved_variables_sent",
                    "custom_keys_doubled",
                    "one_media_type",
                    "line_item_empty_text",
                    "line_item_second_hides_first",
                    "line_item_put_blanks",
                    "line_item_delete_takes_activity",
                    "ags_limit_breaks",
                    "link_header_curly",
                    "non_final_score_erases",
                    "score_time_whole_seconds",
                    "comment_cleared_by_silence",
                    "reason_phrase_explains",
                    "only_learners_graded",
                    "roster_short_roles",
                    "roster_roles_weaker",
                    "roster_next_drops_filters",
                    "roster_name_given_first",
                    "roster_leaves_out_suspended",
                    "deep_link_only_resource_links",
                    "deep_link_ignores_window",
                    "deep_link_custom_single_line",
                ),
                True,
            ),
        },
    ),
    # Read, not run: the 5.1 sources store the tool's own time. Build 2025100600 is 5.1.
    _Entry("moodle", {"score_time_is_receipt": True}, before=(2025100600,)),
    # The hosted service signs for all its customers as one issuer.
    _Entry("canvas", {"issuer_shared": True}),
)


def quirks_of(product_family: str, version: str = "") -> Quirks:
    """The facts known of a product.

    Args:
        product_family: `product_family_code` as a launch or a configuration sends it, in any case.
        version: as sent; where it is empty or unreadable, every entry of the family counts, to be careful.
    """
    family = product_family.strip().lower()
    known = _version_key(family, version)
    found = Quirks()
    for entry in _ENTRIES:
        if entry.family == family and _covers(entry, known):
            found = replace(found, **entry.facts)
    return found


def fact_of(flag: str) -> str:
    """The sentence that a flag stands for.

    Raises:
        KeyError: no such flag.
    """
    return {each.name: str(each.metadata["fact"]) for each in fields(Quirks)}[flag]


def unusual_flags(quirks: Quirks) -> tuple[str, ...]:
    """The flags that differ from the specification's behaviour, in the order of the class."""
    return tuple(each.name for each in fields(Quirks) if getattr(quirks, each.name) != each.default)


def _covers(entry: _Entry, known: tuple[int, ...]) -> bool:
    if not known:
        return True
    return (entry.since is None or known >= entry.since) and (entry.before is None or known < entry.before)


def _version_key(family: str, version: str) -> tuple[int, ...]:
    """A version as numbers that compare; empty when nothing can be read from it."""
    reader = _READERS.get(family, _dotted_numbers)
    return reader(version[:100])


def _dotted_numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\s*v?(\d{1,9}(?:\.\d{1,9}){0,3})", version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _moodle_build(version: str) -> tuple[int, ...]:
    """Launches send the build (`2023112400`), configurations a release (`4.4dev (Build: 20231124)`)."""
    found = re.search(r"(?<!\d)(20\d{6})(\d{2})?(?!\d)", version)
    return (int(found[1]) * 100 + int(found[2] or 0),) if found else ()


_READERS: Final[dict[str, Callable[[str], tuple[int, ...]]]] = {"moodle": _moodle_build}
