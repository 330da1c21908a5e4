"""What the sender believes a document to be: If-Match and If-None-Match (pure; RFC 9110, 13.1)."""

import re
from dataclasses import dataclass

from xapi_bridge.errors import EntityTagMalformed, PreconditionFailed

_TAG = re.compile(
    r'(?:(?:W/)?"(?P<quoted>[\x21\x23-\x7e\x80-\xff]*)"|(?P<bare>[0-9a-fA-F]{40}))[ \t]*(?:,[ \t]*|$)'
)


@dataclass(frozen=True)
class EntityTags:
    """The value of one header: `*`, which means any document, or tags without their quotes."""

    is_any: bool
    tags: frozenset[str]

    def include(self, etag: str | None) -> bool:
        """Whether the kept document is among them; None means that none is kept."""
        return etag is not None and (self.is_any or etag in self.tags)


@dataclass(frozen=True)
class Preconditions:
    """Both headers; None where a header is absent."""

    match: EntityTags | None = None
    none_match: EntityTags | None = None

    @property
    def are_absent(self) -> bool:
        """Whether the sender says nothing."""
        return self.match is None and self.none_match is None

    def check(self, etag: str | None) -> None:
        """Refuses when the kept document (None: there is none) is not what the sender believes.

        Raises:
            PreconditionFailed: nothing may be changed.
        """
        if self.match is not None and not self.match.include(etag):
            was = "there is none" if etag is None else "it has been changed"
            raise PreconditionFailed(
                f"If-Match names another document than is kept: {was}. GET it and try again."
            )
        if self.none_match is not None and self.none_match.include(etag):
            raise PreconditionFailed(
                "If-None-Match: there is such a document already. GET it and use If-Match."
            )


def entity_tags_from_header(value: str | None, *, header: str) -> EntityTags | None:
    """The tags in If-Match or If-None-Match; None when the header is absent.

    Weak tags count like strong ones: ours are hashes of the bytes, so also one that a compressing proxy has
    weakened names exactly these bytes. The 40 digits without quotes are taken as well: old clients send them.

    Raises:
        EntityTagMalformed: another form.
    """
    if value is None:
        return None
    rest = value.strip(" \t")
    if rest == "*":
        return EntityTags(is_any=True, tags=frozenset())
    tags: set[str] = set()
    place = 0
    while found := _TAG.match(rest, place):
        tags.add(found["quoted"] if found["bare"] is None else found["bare"].lower())
        place = found.end()
        if place == len(rest):
            break
    if not tags or place < len(rest) or rest.endswith(","):
        raise EntityTagMalformed(f'{header} must be * or tags in quotation marks, such as "0a1b…", "2c3d…".')
    return EntityTags(is_any=False, tags=frozenset(tags))
