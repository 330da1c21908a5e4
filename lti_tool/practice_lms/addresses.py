"""Addresses of the platform's services, as messages and answers name them.

They have a query, as on the most common LMS: `/scores` and `/results` go before it (AGS 2.0, 3.1).
"""


def line_items_url(issuer: str, course_id: int, *, tool_id: int) -> str:
    """The columns that a tool has in a course."""
    return f"{issuer}/lti/courses/{course_id}/lineitems?type_id={tool_id}"


def line_item_url(issuer: str, course_id: int, *, tool_id: int, line_item_id: int) -> str:
    """One column."""
    return f"{issuer}/lti/courses/{course_id}/lineitems/{line_item_id}/lineitem?type_id={tool_id}"


def members_url(issuer: str, course_id: int, *, tool_id: int) -> str:
    """The roster of a course."""
    return f"{issuer}/lti/courses/{course_id}/members?type_id={tool_id}"


def deep_link_return_url(issuer: str, course_id: int, deep_link_id: str) -> str:
    """Where a tool posts what a teacher chose."""
    return f"{issuer}/courses/{course_id}/deep-linking/{deep_link_id}/return"
