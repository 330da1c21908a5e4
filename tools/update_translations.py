"""Collects every Vietnamese message of code and templates into translations/en; keeps what is translated."""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from lti_tool.reports.indicator_words import indicator_messages

ROOT = Path(__file__).parent.parent
PACKAGES = ("lti_tool", "sync", "content_packages", "xapi_bridge")
ENGLISH = ROOT / "lti_tool" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("templates/**.html", "jinja2")]


def collected_messages() -> Catalog:
    """Every message, with the places where it stands."""
    catalog = Catalog(project="cchc-training", charset="utf-8")
    for package in PACKAGES:
        found = extract_from_dir(
            ROOT / package,
            method_map=METHODS,
            keywords=KEYWORDS,
            options_map={"**/templates/**.html": {"trimmed": "true"}},
        )
        for file_name, _line, message, comments, context in found:
            catalog.add(
                message, None, [(f"{package}/{file_name}", None)], auto_comments=comments, context=context
            )
    for text in indicator_messages():
        catalog.add(text, None, [("sync/rollups/definitions.py", None)])
    return catalog


def english_catalogue() -> Catalog:
    """The English catalogue as committed; empty when there is none yet."""
    if not ENGLISH.exists():
        return Catalog(locale="en", project="cchc-training", charset="utf-8")
    with ENGLISH.open("rb") as po_file:
        return read_po(po_file, locale="en")


def untranslated(catalog: Catalog) -> list[str]:
    """Messages without English words, or with words that are only a guess: those are not compiled."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not all(_words(message.string)))
    ]


def _words(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    if string is None:
        return [""]
    return [string] if isinstance(string, str) else list(string)


def main() -> int:
    """Updates the file and prints what still lacks English words."""
    english = english_catalogue()
    english.update(collected_messages(), no_fuzzy_matching=True)
    english.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, english, sort_output=True, omit_header=False, include_lineno=False, width=100)
    ENGLISH.write_bytes(buffer.getvalue())
    missing = untranslated(english)
    sys.stdout.write("".join(f"{message}\n" for message in missing))
    sys.stdout.write(f"{len(missing)} of {len(english)} messages lack English words.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
