"""Why a file that somebody brings in is refused.

ContentRefused                  (content_packages.errors)
└── ImportRefused
    ├── ImportFormatUnknown
    ├── ImportChoiceRefused
    ├── ImportNotFound
    ├── ImportAlreadySettled
    └── PackageNotImported
"""

from content_packages.errors import ContentRefused


class ImportRefused(ContentRefused):
    """Root of the refusals of files that are brought in."""

    code = "import_refused"


class ImportFormatUnknown(ImportRefused):
    """The file is of no kind that is read."""

    code = "import_format_unknown"


class ImportChoiceRefused(ImportRefused):
    """A choice for the import is empty or has another form."""

    code = "import_choice_refused"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        #: Field of `imports.choices.ImportChoices`.
        self.field = field


class ImportNotFound(ImportRefused):
    """No file with this id was brought in."""

    code = "import_not_found"


class ImportAlreadySettled(ImportRefused):
    """The file was published or discarded; its choices no longer change."""

    code = "import_already_settled"


class PackageNotImported(ImportRefused):
    """A package of that id exists and has another origin, so a file may not replace it."""

    code = "package_not_imported"
