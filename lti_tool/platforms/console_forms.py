"""What an operator typed about a registration or an invitation, with what is wrong beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel.speaklater import LazyString

from lti_tool.platforms.asked_words import FAULT_WORDS
from lti_tool.platforms.errors import InvitationFieldRefused
from lti_tool.platforms.invitations import InvitationTerms, hosts_from_text
from lti_tool.platforms.register import FIELD_LABELS, PlatformFields, field_fault

#: Fields of the form, in its order.
FORM_FIELDS: Final = (
    "name",
    "issuer",
    "client_id",
    "deployment_id",
    "authorization_url",
    "token_url",
    "key_set_url",
    "token_audience",
)
#: How long an invitation may be made to work, in days.
LIFE_DAYS: Final = (1, 3, 7, 14, 30)


@dataclass(frozen=True)
class TypedRegistration:
    """The form of a registration.

    Attributes:
        values: as typed, without blanks at the ends.
        faults: field -> what is wrong; empty when everything can work.
    """

    values: dict[str, str]
    faults: dict[str, LazyString]

    @property
    def fields(self) -> PlatformFields:
        """The values for the registration; only without faults."""
        return PlatformFields(**{name: self.values[name] for name in FIELD_LABELS})

    @property
    def deployment_id(self) -> str | None:
        """None when the LMS names it later."""
        return self.values["deployment_id"] or None


def read_registration_form(form: Mapping[str, str]) -> TypedRegistration:
    """All fields of the form, each looked at."""
    values = {name: form.get(name, "").strip() for name in FORM_FIELDS}
    faults = {}
    for name, value in values.items():
        # A deployment id may follow later; an empty audience means the token address.
        fault = None if name == "deployment_id" and not value else field_fault(name, value)
        if fault is not None:
            faults[name] = FAULT_WORDS[fault.name]
    return TypedRegistration(values, faults)


def read_invitation_form(form: Mapping[str, str]) -> InvitationTerms:
    """The terms that the form asks for.

    Raises:
        InvitationFieldRefused: the number of days is none that is offered.
    """
    days = form.get("days", "")
    if days not in {str(each) for each in LIFE_DAYS}:
        raise InvitationFieldRefused("Choose for how many days the link works.")
    return InvitationTerms(
        name=form.get("name", "").strip(),
        life=timedelta(days=int(days)),
        note=form.get("note", "").strip(),
        expected_hosts=hosts_from_text(form.get("expected_hosts", "")),
        unit_variable=form.get("unit_variable", "").strip(),
        auto_approve=form.get("auto_approve") == "yes",
    )
