"""Ask and be answered: legal documents with their validity, questions with answers, search in Vietnamese.

Records (`records.py`) are published into the tables (`models.py`) together with their index, in one
transaction. Search and answers (`results.py`) read a copy of the index in memory that follows the tables.
docs/knowledge-format.md lists what pages call; docs/knowledge.md says how it works.
"""

from content_packages.knowledge.answering import answer
from content_packages.knowledge.publishing import (
    Publication,
    index_package,
    publish_document,
    publish_documents,
    publish_entry,
    publish_knowledge,
    withdraw_document,
    withdraw_entry,
)
from content_packages.knowledge.records import (
    Basis,
    Document,
    DocumentPassage,
    Entry,
    KnowledgeSource,
    Vocabulary,
)
from content_packages.knowledge.results import (
    Answer,
    Citation,
    Extract,
    Facets,
    Filters,
    Hit,
    SearchResult,
    Suggestion,
)
from content_packages.knowledge.searching import search
from content_packages.knowledge.stored import (
    EntryVersion,
    Relationship,
    find_document,
    find_entry,
    holds_anything,
    list_documents,
    list_entries,
    list_entry_versions,
    list_related,
)
from content_packages.knowledge.suggestions import suggest
from content_packages.knowledge.vocabulary import (
    Word,
    WordChange,
    list_word_changes,
    list_words,
    publish_vocabulary,
    put_word,
    remove_word,
    try_word,
)
from content_packages.knowledge.wording import AnswerWording, WordedAnswer, word_answer

__all__ = [
    "Answer",
    "AnswerWording",
    "Basis",
    "Citation",
    "Document",
    "DocumentPassage",
    "Entry",
    "EntryVersion",
    "Extract",
    "Facets",
    "Filters",
    "Hit",
    "KnowledgeSource",
    "Publication",
    "Relationship",
    "SearchResult",
    "Suggestion",
    "Vocabulary",
    "Word",
    "WordChange",
    "WordedAnswer",
    "answer",
    "find_document",
    "find_entry",
    "holds_anything",
    "index_package",
    "list_documents",
    "list_entries",
    "list_entry_versions",
    "list_related",
    "list_word_changes",
    "list_words",
    "publish_document",
    "publish_documents",
    "publish_entry",
    "publish_knowledge",
    "publish_vocabulary",
    "put_word",
    "remove_word",
    "search",
    "suggest",
    "try_word",
    "withdraw_document",
    "withdraw_entry",
    "word_answer",
]
