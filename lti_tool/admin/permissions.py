"""Which page is for whom: the one table of operators' pages. Pure.

An endpoint of these rooms that is missing here is refused to everybody, and a test walks every endpoint of
the application against every role.
"""

from collections.abc import Mapping
from typing import Final

from lti_tool.admin.operators import Role

_ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
_CONNECTIONS: Final = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
_CONTENT: Final = frozenset({Role.ADMINISTRATOR, Role.CONTENT_MANAGER})
_QUESTIONS: Final = frozenset({Role.ADMINISTRATOR, Role.CONTENT_MANAGER, Role.EXPERT})
_STATISTICS: Final = frozenset({Role.ADMINISTRATOR, Role.ANALYST, Role.UNIT_MANAGER})
_UNITS: Final = frozenset({Role.ADMINISTRATOR, Role.UNIT_MANAGER})
EVERYBODY: Final = frozenset(Role)

#: Endpoint, or `blueprint.*` for all of a blueprint, -> who may use it. The exact name wins.
PERMISSIONS: Final[Mapping[str, frozenset[Role]]] = {
    "reports.*": _STATISTICS,
    "access.*": _ADMINISTRATOR,
    "forwarding.*": _ADMINISTRATOR,
    "intake.*": _ADMINISTRATOR,
    "privacy.*": _ADMINISTRATOR,
    "records.*": _STATISTICS,
    "grades.*": _CONNECTIONS,
    "launch_records.*": _CONNECTIONS,
    "platform_console.*": _CONNECTIONS,
    "invitation_console.*": _CONNECTIONS,
    "key_console.*": _CONNECTIONS,
    "admin.overview": _CONNECTIONS,
    "content_exchange.*": _CONTENT,
    "content_console.*": _CONTENT,
    "imported_courses.*": _CONTENT,
    "imported_learners.*": _CONTENT,
    "dispatch_console.*": _CONTENT,
    "knowledge_words.*": _CONTENT,
    "quiz_console.*": _CONTENT,
    "admin.units": _CONNECTIONS | _CONTENT,
    "admin.accounts": _ADMINISTRATOR,
    "admin.link_account": _ADMINISTRATOR,
    "expert_desk.*": _QUESTIONS,
    "expert_review.*": _CONTENT,
    "operators.*": _ADMINISTRATOR,
    "own_account.*": EVERYBODY,
    "identity_rules.*": _CONNECTIONS,
    "declared_units.listing": _UNITS,
    "declared_units.*": frozenset({Role.UNIT_MANAGER}),
    "people_accounts.*": _ADMINISTRATOR,
    "official_reports.listing": _STATISTICS,
    "official_reports.unit": _STATISTICS,
    "official_reports.parts_file": _STATISTICS,
    "official_reports.report": _STATISTICS,
    "official_reports.progress": _STATISTICS,
    "official_reports.file": _STATISTICS,
    "official_reports.scheduled_file": _STATISTICS,
    "official_reports.outside_copy": _STATISTICS,
    "official_reports.schedules": _STATISTICS,
    "official_reports.templates": _ADMINISTRATOR,
    "official_reports.bring_template": _ADMINISTRATOR,
    "official_reports.template_in_use": _ADMINISTRATOR,
    "official_reports.template_trial": _ADMINISTRATOR,
    "official_reports.use_template": _ADMINISTRATOR,
    "official_reports.drop_template": _ADMINISTRATOR,
    "official_reports.revert": _ADMINISTRATOR,
    "official_reports.*": _UNITS,
    "population.save": _ADMINISTRATOR,
    "population.*": _UNITS,
    "campaigns.*": _UNITS,
    "training_classes.*": _UNITS,
    "unit_lists.*": _ADMINISTRATOR,
    "staff.merge": _ADMINISTRATOR,
    "staff.*": _UNITS,
}

#: Rooms without operators: each has a protection of its own, or nothing to protect.
PUBLIC: Final = frozenset(
    {
        # Asks for a key or an operator itself (lti_tool.statistics_api.readers).
        "statistics_api",
        "launch",
        "platforms",
        "player",
        "imported",
        "dispatch",
        "dispatch_door",
        "imported_farewell",
        "course_report",
        "own_results",
        "check_in",
        "unit_choice",
        "asking",
        "public_knowledge",
        "knowledge_api",
        "home",
        "sign_in",
        "single_sign_on",
        "xapi",
        "extensions",
        "xapi_profile",
        "registration",
        "deep_linking",
        "link_settings",
        "static",
    }
)

#: Where each role begins after signing in.
FIRST_PAGE: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: "reports.overview",
    Role.OPERATOR: "admin.overview",
    Role.CONTENT_MANAGER: "content_console.listing",
    Role.EXPERT: "expert_desk.listing",
    Role.ANALYST: "reports.overview",
    Role.UNIT_MANAGER: "reports.overview",
}


def roles_for(endpoint: str) -> frozenset[Role]:
    """The roles that may use an endpoint; none when nobody wrote it down."""
    blueprint = endpoint.partition(".")[0]
    return PERMISSIONS.get(endpoint, PERMISSIONS.get(f"{blueprint}.*", frozenset()))


def may_open(role: Role, endpoint: str) -> bool:
    """Whether a link to the page leads somewhere for this role."""
    return role in roles_for(endpoint)
