"""Why an imported course that runs scripts is refused, or what its content asks for.

ContentRefused                      (content_packages.errors)
└── ActiveContentRefused
    ├── ContentHostMissing          the installation has no second host name
    ├── PlayerMissing               a player that is not installed here
    ├── ActivePackageNotFound
    ├── ActivePackageUnready        it has errors, or its state does not allow this
    ├── PackageNameRefused
    ├── PackageWithdrawn
    ├── UnitNotFound
    ├── RegistrationUnknown         nobody follows the course under it
    ├── WaivingReasonUnknown
    ├── CapabilityRefused           the address does not open this file
    ├── DispatchRefused             a dispatch package of ours that is not, or no longer, valid
    └── RunRefused                  what a running unit asks for
        ├── SessionUnknown          no or a wrong token
        ├── SessionOver
        ├── StatementOutsideCmi5
        ├── DocumentOutsideCmi5
        └── TrackingUnreadable      what a SCO's adapter sent
"""

from content_packages.errors import ContentRefused


class ActiveContentRefused(ContentRefused):
    """Root of the refusals of imported courses that run scripts."""

    code = "active_content_refused"


class ContentHostMissing(ActiveContentRefused):
    """Scripts of others run on a second host name only, and the installation has none (CCHC_CONTENT_URL)."""

    code = "content_host_missing"


class PlayerMissing(ActiveContentRefused):
    """The player of this kind of package is not installed here."""

    code = "player_missing"


class ActivePackageNotFound(ActiveContentRefused):
    """No imported course has this id or name."""

    code = "active_package_not_found"


class ActivePackageUnready(ActiveContentRefused):
    """The course has errors, or was already published, withdrawn or discarded."""

    code = "active_package_unready"


class PackageNameRefused(ActiveContentRefused):
    """The name or title of the course has another form than it must."""

    code = "package_name_refused"


class PackageWithdrawn(ActiveContentRefused):
    """The course was withdrawn; nothing of it is shown or recorded any more."""

    code = "package_withdrawn"


class UnitNotFound(ActiveContentRefused):
    """The course has no such unit or file."""

    code = "unit_not_found"


class RegistrationUnknown(ActiveContentRefused):
    """Nobody follows the course under this registration."""

    code = "course_registration_unknown"


class WaivingReasonUnknown(ActiveContentRefused):
    """A unit is waived for one of the reasons that cmi5 names (9.5.5.2)."""

    code = "waiving_reason_unknown"


class CapabilityRefused(ActiveContentRefused):
    """The address on the content host was not made by us, or its time is over."""

    code = "capability_refused"


class DispatchRefused(ActiveContentRefused):
    """A SCORM package that we gave out does not, or no longer, open a course here."""

    code = "dispatch_refused"


class RunRefused(ActiveContentRefused):
    """A running unit asked for what its launch does not allow."""

    code = "run_refused"


class SessionUnknown(RunRefused):
    """The request brings no token, or one of another session (cmi5 8.2)."""

    code = "session_unknown"


class SessionOver(RunRefused):
    """The session was terminated, abandoned or replaced, or its course was withdrawn (cmi5 8.1.2, 9.3.6)."""

    code = "session_over"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        #: Requirement of cmi5.
        self.rule = "9.3.0.0-5"


class StatementOutsideCmi5(RunRefused):
    """The statement breaks a requirement of cmi5 for the session that sends it."""

    code = "statement_outside_cmi5"

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(f"cmi5 {requirement}: {message}")
        #: Requirement of cmi5.
        self.rule = requirement


class DocumentOutsideCmi5(RunRefused):
    """A state or profile that the launch does not open, or in another form than cmi5 gives it."""

    code = "document_outside_cmi5"

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(f"cmi5 {requirement}: {message}")
        #: Requirement of cmi5.
        self.rule = requirement


class TrackingUnreadable(RunRefused):
    """What the adapter of a SCO sent is not the data model of SCORM."""

    code = "tracking_unreadable"
