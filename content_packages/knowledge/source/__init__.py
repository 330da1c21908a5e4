"""Records from files: YAML lists of documents, Markdown with questions, vocabulary, spreadsheets (pure).

docs/knowledge-format.md is the format. What is wrong becomes a finding with file and line. With an error
nothing is published, so that nobody sees half of a folder.

R001 file unreadable               R002 field missing, unknown or wrong     R003 number or id used twice
R004 status contradicts the days   R005 rests on an unrecorded document     R006 replaced, but no end is known
R007 number of a document unreadable   R008 text before the first question  R009 question or answer missing
R010 a sentence stands in two records
"""

from content_packages.knowledge.source.folder import KnowledgeReading, read_folder
from content_packages.knowledge.source.one_file import read_file

__all__ = ["KnowledgeReading", "read_file", "read_folder"]
