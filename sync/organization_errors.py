"""Why lists of staff and units, rules of population, calendars, classes and campaigns are refused.

OrganizationRefused             (sync.errors)
├── SheetRefused                a file that is no list of ours
│   ├── SheetUnreadable         neither XLSX nor CSV in UTF-8
│   ├── SheetColumnsMissing     columns of the template are missing
│   └── SheetTooLarge           more rows or bytes than one list may have
├── BatchUnknown                no import has this number, or it is someone else's: which is not told
├── BatchNotReady               the import is in another state than the step needs
├── PeopleNotMergeable          one person twice, or people whose posts contradict each other
├── UnitImportUnknown           no list of units waits under this number
├── UnitImportNotReady          it has errors, or was applied or discarded already
├── UnitImportNotUndoable       something hangs on the units that it made
├── PopulationUnknown           no rule has this name, or not in this version
├── PopulationMalformed
├── CalendarMalformed           a calendar that has no 1st to 28th as its closing day, or a name that is taken
├── CalendarUnknown
├── HeadcountMalformed          a declared number below zero, or without a document
├── IndicatorUnknown            no indicator has this code
├── ClassRefused                class sessions and their rolls
│   ├── ClassUnknown
│   ├── ClassMalformed
│   ├── CheckInExpired          the QR code on the screen is another one by now
│   ├── CheckInRefused          the person is not on the list, or this phone signed in another
│   └── AttendanceUnknown
└── CampaignRefused             periodic tests
    ├── CampaignUnknown
    └── CampaignMalformed
"""

from sync.errors import OrganizationRefused


class SheetRefused(OrganizationRefused):
    """A file that is no list of ours."""

    code = "sheet_refused"


class SheetUnreadable(SheetRefused):
    """Lists come as XLSX, or as CSV in UTF-8."""

    code = "sheet_unreadable"


class SheetColumnsMissing(SheetRefused):
    """The first row names the columns; those that the template marks must be there."""

    code = "sheet_columns_missing"


class SheetTooLarge(SheetRefused):
    """One list has a most number of rows and bytes."""

    code = "sheet_too_large"


class BatchUnknown(OrganizationRefused):
    """No import of staff has this number, or it is someone else's."""

    code = "batch_unknown"


class BatchNotReady(OrganizationRefused):
    """An import is staged, then applied, then perhaps undone; each step once."""

    code = "batch_not_ready"


class PeopleNotMergeable(OrganizationRefused):
    """Two different people of the registry can be merged, one into the other."""

    code = "people_not_mergeable"


class UnitImportUnknown(OrganizationRefused):
    """No list of units waits under this number."""

    code = "unit_import_unknown"


class UnitImportNotReady(OrganizationRefused):
    """A list of units is applied once, and only without errors."""

    code = "unit_import_not_ready"


class UnitImportNotUndoable(OrganizationRefused):
    """An applied list of units is taken back only while nothing hangs on its units."""

    code = "unit_import_not_undoable"


class PopulationUnknown(OrganizationRefused):
    """No rule of population has this name, or not in this version."""

    code = "population_unknown"


class PopulationMalformed(OrganizationRefused):
    """A rule of population names known categories and roles, and has a title."""

    code = "population_malformed"


class CalendarMalformed(OrganizationRefused):
    """The months of a calendar close on the 1st to 28th, or on their last day."""

    code = "calendar_malformed"


class CalendarUnknown(OrganizationRefused):
    """No calendar has this name."""

    code = "calendar_unknown"


class HeadcountMalformed(OrganizationRefused):
    """A declared headcount is a number from 0 with the document that says so."""

    code = "headcount_malformed"


class IndicatorUnknown(OrganizationRefused):
    """No indicator has this code."""

    code = "indicator_unknown"


class ClassRefused(OrganizationRefused):
    """A rule about class sessions and their rolls is broken."""

    code = "class_refused"


class ClassUnknown(ClassRefused):
    """No class session has this number, or it is not the reader's."""

    code = "class_unknown"


class ClassMalformed(ClassRefused):
    """A class session has a title, a known form, and days in order."""

    code = "class_malformed"


class CheckInExpired(ClassRefused):
    """The QR code of a class changes every half minute; an old one signs nobody in."""

    code = "check_in_expired"


class CheckInRefused(ClassRefused):
    """Whoever signs in is on the list of the class; one phone signs in one person."""

    code = "check_in_refused"


class AttendanceUnknown(ClassRefused):
    """No attendance has this number in this class, or it was taken back."""

    code = "attendance_unknown"


class CampaignRefused(OrganizationRefused):
    """A rule about periodic tests is broken."""

    code = "campaign_refused"


class CampaignUnknown(CampaignRefused):
    """No campaign has this number, or it is not the reader's."""

    code = "campaign_unknown"


class CampaignMalformed(CampaignRefused):
    """A campaign has a title, a quiz, days in order, and rules that can be kept."""

    code = "campaign_malformed"
