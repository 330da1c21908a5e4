"""Why the files for analysts cannot be written, read or compared.

SyncRefused
└── AnalysisRefused
    ├── AnalyticsMissing        DuckDB and ibis are not installed
    ├── AnalysisFolderRefused   no export of ours, one of another format, or something else
    ├── AnalysisExportOutdated  the counts went on since the export
    └── AnalysisFileBroken      a file does not read back
"""

from sync.errors import SyncRefused


class AnalysisRefused(SyncRefused):
    """A rule of the export for analysts is broken."""

    code = "analysis_refused"


class AnalyticsMissing(AnalysisRefused):
    """The optional part of the installation that reads Parquet with another engine is missing."""

    code = "analytics_missing"


class AnalysisFolderRefused(AnalysisRefused):
    """The folder holds no export of ours, one of another format, or something else."""

    code = "analysis_folder_refused"


class AnalysisExportOutdated(AnalysisRefused):
    """The counts went on since the export, so that the two cannot be compared."""

    code = "analysis_export_outdated"


class AnalysisFileBroken(AnalysisRefused):
    """A file that was just written does not read back as what was put in."""

    code = "analysis_file_broken"
