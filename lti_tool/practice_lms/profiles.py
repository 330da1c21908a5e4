"""How one product differs from another, as data: the practice LMS plays whichever profile it is given.

Nothing else asks for a profile's name; each difference is a field, and each field has a test that states the
fact. The profile `MOODLE` holds what was observed on running Moodle sites.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Final


@dataclass(frozen=True)
class Profile:
    """One product's habits; the defaults are what the specifications say, taken strictly.

    Attributes:
        code: short name, for example `moodle`.
        title: name shown on the pages.
        product_family_code: what the claim `tool_platform` says.
        version: what the claim `tool_platform` says.
        refused_login_status: status of the page for a login that cannot be answered.
        message_audience_list: `aud` of messages is a list, and `azp` names the client.
        platform_storage: logins carry `lti_storage_target` and the frame behind it exists.
        basic_outcome_claim: messages still carry the claim of LTI 1.1 outcomes.
        custom_keys_doubled: custom parameters with capitals arrive twice, once in small letters.
        personal_data_by_default: manually registered tools are told names and e-mail addresses.
        assertion_audience_checked: `aud` of client assertions must be the token endpoint.
        assertion_once: `jti` is required and works once.
        assertion_expiry_required: `exp` is required.
        assertion_faults_are_400: every fault of an assertion is 400, not 401.
        token_reply_type: media type of the token reply.
        unread_key_set_is_404: a key set that cannot be read ends in a page of HTML with 404.
        missing_scope_status: status when a token lacks the scope of a call.
        registration_status: status of a successful dynamic registration.
        registration_pending: a tool registered dynamically waits until somebody activates it.
        pending_gets_tokens: such a tool is granted access tokens all the same.
        registration_scope_overreported: the reply names every scope, whatever was asked for.
        registration_cuts_custom_values: values of custom parameters in the reply end at their second `=`.
        registration_needs_domain: the tool configuration must name the host of its target link.
        registration_faults_are_text: faults are a bare word called text/html.
        wrong_media_type_status: status when Accept or Content-Type is not the one exact media type.
        any_type_for_single: `Accept: */*` will do for one line item and for members, not for lists.
        link_header_broken: Link headers of line items use curly quotes and `&amp;`.
        results_limit_is_404: `limit` on results ends in a page of HTML with 404.
        page_size: longest page of every list, also without `limit`; 0: no paging unless asked.
        second_column_hides_first: a further column for an activity empties `lineitem` in later launches.
        own_column_deletable: a tool may delete the column of an activity.
        unfinal_score_erases: a score that is not final erases the grade instead of leaving it.
        results_show_receipt: results carry the instant of receipt, not the tool's.
        reason_phrase_explains: why a score was refused stands in the reason phrase; the body is empty.
        member_short_roles: the roster names roles by their last word.
        member_assistant_is_learner: who assists is Instructor in launches and Learner in the roster.
        member_name_given_first: the roster's `name` is given name first.
        next_page_drops_filters: the next page of the roster forgets `role`.
        deep_link_sends_text: deep linking settings carry `data`, which must come back.
        deep_link_answer_once: an answer must echo nonce and data, and works once.
        deep_link_keeps_label: the column is called as the item's `lineItem.label` says.
        deep_link_any_type: items of other types become activities too.
        deep_link_shows_message: what the tool says with its answer is shown to the teacher.
        deep_link_custom_lines: custom parameters are kept as lines, so a line end splits a value.
        deep_link_longest_title: a longer title is refused; 0: no limit.
        visits_new_activities: the server GETs the address of a new activity.
        review_lost_in_window: a submission review in a new window becomes an ordinary launch.
    """

    code: str
    title: str
    product_family_code: str
    version: str = "1"
    refused_login_status: int = 400
    message_audience_list: bool = False
    platform_storage: bool = False
    basic_outcome_claim: bool = False
    custom_keys_doubled: bool = False
    personal_data_by_default: bool = True
    assertion_audience_checked: bool = True
    assertion_once: bool = True
    assertion_expiry_required: bool = True
    assertion_faults_are_400: bool = False
    token_reply_type: str = "application/json"  # noqa: S105 - a media type
    unread_key_set_is_404: bool = False
    missing_scope_status: int = 403
    registration_status: int = 201
    registration_pending: bool = False
    pending_gets_tokens: bool = False
    registration_scope_overreported: bool = False
    registration_cuts_custom_values: bool = False
    registration_needs_domain: bool = False
    registration_faults_are_text: bool = False
    wrong_media_type_status: int = 0
    any_type_for_single: bool = False
    link_header_broken: bool = False
    results_limit_is_404: bool = False
    page_size: int = 0
    second_column_hides_first: bool = False
    own_column_deletable: bool = False
    unfinal_score_erases: bool = True
    results_show_receipt: bool = False
    reason_phrase_explains: bool = False
    member_short_roles: bool = False
    member_assistant_is_learner: bool = False
    member_name_given_first: bool = False
    next_page_drops_filters: bool = False
    deep_link_sends_text: bool = True
    deep_link_answer_once: bool = True
    deep_link_keeps_label: bool = True
    deep_link_any_type: bool = False
    deep_link_shows_message: bool = True
    deep_link_custom_lines: bool = False
    deep_link_longest_title: int = 0
    visits_new_activities: bool = False
    review_lost_in_window: bool = False


GENERIC: Final = Profile(code="generic", title="LMS thực hành", product_family_code="cchc-practice")

MOODLE: Final = Profile(
    code="moodle",
    title="LMS thực hành kiểu Moodle",
    product_family_code="moodle",
    version="2024100706",
    refused_login_status=404,
    basic_outcome_claim=True,
    custom_keys_doubled=True,
    personal_data_by_default=False,
    assertion_audience_checked=False,
    assertion_once=False,
    assertion_expiry_required=False,
    assertion_faults_are_400=True,
    token_reply_type="text/html",  # noqa: S106 - a media type
    unread_key_set_is_404=True,
    missing_scope_status=401,
    registration_status=200,
    registration_pending=True,
    pending_gets_tokens=True,
    registration_scope_overreported=True,
    registration_cuts_custom_values=True,
    registration_needs_domain=True,
    registration_faults_are_text=True,
    wrong_media_type_status=400,
    any_type_for_single=True,
    link_header_broken=True,
    results_limit_is_404=True,
    second_column_hides_first=True,
    own_column_deletable=True,
    results_show_receipt=True,
    reason_phrase_explains=True,
    member_short_roles=True,
    member_assistant_is_learner=True,
    member_name_given_first=True,
    next_page_drops_filters=True,
    deep_link_sends_text=False,
    deep_link_answer_once=False,
    deep_link_keeps_label=False,
    deep_link_any_type=True,
    deep_link_shows_message=False,
    deep_link_custom_lines=True,
    deep_link_longest_title=255,
    visits_new_activities=True,
    review_lost_in_window=True,
)

STRICT: Final = replace(
    GENERIC,
    code="strict",
    title="LMS thực hành nghiêm ngặt",
    product_family_code="cchc-practice-strict",
    message_audience_list=True,
    platform_storage=True,
    page_size=2,
    unfinal_score_erases=False,
)

PROFILES: Final = {profile.code: profile for profile in (GENERIC, MOODLE, STRICT)}


def differences(profile: Profile) -> dict[str, Any]:
    """Where a profile leaves the generic one: field name -> its value."""
    return {
        field.name: getattr(profile, field.name)
        for field in fields(Profile)
        if getattr(profile, field.name) != getattr(GENERIC, field.name)
    }
