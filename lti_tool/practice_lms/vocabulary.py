"""The words of LTI 1.3 that the practice LMS speaks: claims, scopes, roles, media types."""

from typing import Final

CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
BASIC_OUTCOME_CLAIM: Final = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"
TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"

RESOURCE_LINK: Final = "LtiResourceLinkRequest"
DEEP_LINK: Final = "LtiDeepLinkingRequest"
DEEP_LINK_ANSWER: Final = "LtiDeepLinkingResponse"
SUBMISSION_REVIEW: Final = "LtiSubmissionReviewRequest"

_AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE: Final = _AGS + "lineitem"
LINE_ITEM_READ_SCOPE: Final = _AGS + "lineitem.readonly"
RESULT_SCOPE: Final = _AGS + "result.readonly"
SCORE_SCOPE: Final = _AGS + "score"
AGS_SCOPES: Final = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE)
MEMBERS_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPES: Final = (*AGS_SCOPES, MEMBERS_SCOPE)

LINE_ITEM: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE: Final = "application/vnd.ims.lis.v1.score+json"
MEMBERS: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTRUCTOR: Final = MEMBERSHIP + "#Instructor"
LEARNER: Final = MEMBERSHIP + "#Learner"
TEACHING_ASSISTANT: Final = MEMBERSHIP + "/Instructor#TeachingAssistant"
ADMINISTRATOR_ROLES: Final = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
)
