"""Numbers of legal documents as people write them: in full, in part, spoken, without diacritics (pure).

`118/2025/NĐ-CP`, `nghị định 118`, `ND 118/2025`, `nghi dinh so 118 nam 2025` all name one document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from content_packages.knowledge.syllables import fold

#: Spoken kind, folded -> the letters that numbers carry.
_KINDS = {
    "nghi dinh": "nd",
    "nghi quyet": "nq",
    "thong tu": "tt",
    "quyet dinh": "qd",
    "chi thi": "ct",
    "ket luan": "kl",
    "ke hoach": "kh",
    "cong van": "cv",
    "thong bao": "tb",
    "huong dan": "hd",
    "bo luat": "luat",
    "phap lenh": "pl",
    "quy dinh": "qyd",
}
_SPOKEN = "|".join(
    [*(kind.replace(" ", r"\s+") for kind in _KINDS), "nd", "nq", "tt", "qd", "ct", "kl", "luat"]
)

#: 118/2025/nd-cp, 76/nq-cp, 72/2025/qh15, 66.7/2025/nq-cp
_WRITTEN = re.compile(
    r"(?<![\w/.])(?P<number>\d{1,5}[a-z]?(?:\.\d{1,2})?)\s?/\s?(?:(?P<year>(?:19|20)\d\d)\s?/\s?)?"
    r"(?P<letters>[a-z]{2,4}(?:\s?[-–]\s?[a-z&]{1,12}){1,2}|qh\d{1,2}|ubtvqh\d{1,2})(?![\w])"
)
#: 18-nq/tw
_PARTY = re.compile(r"(?<![\w/.])(?P<number>\d{1,4})\s?[-–]\s?(?P<kind>nq|kl|ct|qd|qdi)\s?/\s?tw(?!\w)")
#: tcvn 14423:2026
_STANDARD = re.compile(r"\btcvn\s?(?P<number>\d{3,6})(?:\s?:\s?(?P<year>(?:19|20)\d\d))?")
#: nghi dinh so 118 nam 2025, nd 118/2025, luat 72
_NAMED = re.compile(
    rf"(?<!\w)(?P<kind>{_SPOKEN})(?:\s+so)?[\s:.]*(?P<number>\d{{1,5}}[a-z]?(?:\.\d{{1,2}})?)(?![\d.]*\d)"
    rf"(?:\s*(?:/|\bnam\s+)\s*(?P<year>(?:19|20)\d\d))?"
)
#: 118/2025 alone; up to 12 it may be a month.
_BARE = re.compile(r"(?<![\w/.])(?P<number>\d{2,5})\s?/\s?(?P<year>(?:19|20)\d\d)(?![\w/])")
_MONTHS = 12


@dataclass(frozen=True)
class LawNumber:
    """A number, as far as it was written. Unknown parts are empty.

    Attributes:
        kind: `nd`, `nq`, `luat`…
        body: who issued, as the number writes it: `cp`, `ttg`, `tw`, `qh15`.
    """

    number: str
    kind: str = ""
    year: str = ""
    body: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """What the index knows this number by, from the broadest to the narrowest."""
        narrow = [f"/{self.year}"] * bool(self.year) + [f"/{self.body}"] * bool(self.body)
        broad = [f"#{self.kind}{self.number}"] if self.kind else []
        by_year = [f"#{self.number}/{self.year}"] if self.year else []
        return (*broad, *by_year, *(f"#{self.kind}{self.number}{part}" for part in narrow if self.kind))

    def names(self, other: "LawNumber") -> bool:
        """Whether `other`, a full number, may be the one that is meant."""
        return self.number == other.number and all(
            not mine or mine == theirs
            for mine, theirs in (
                (self.kind, other.kind),
                (self.year, other.year),
                (self.body, other.body),
            )
        )


def law_numbers(text: str) -> list[LawNumber]:
    """All numbers that a text names, in order; one that stands twice comes once."""
    return list(dict.fromkeys(number for _, number in sorted(_found(fold(text)), key=lambda pair: pair[0])))


def _found(folded: str) -> Iterator[tuple[int, LawNumber]]:
    taken: list[range] = []
    for pattern in (_WRITTEN, _PARTY, _STANDARD, _NAMED, _BARE):
        for match in pattern.finditer(folded):
            where = range(match.start("number"), match.end("number"))
            is_month = pattern is _BARE and int(match["number"]) <= _MONTHS
            if not is_month and not any(where.start in earlier for earlier in taken):
                taken.append(where)
                yield match.start(), _number(match, folded)


def _number(match: re.Match[str], folded: str) -> LawNumber:
    if match.re is _WRITTEN:
        return _written(match, folded)
    digits = match["number"].lstrip("0")
    if match.re is _PARTY:
        return LawNumber(digits, match["kind"], "", "tw")
    if match.re is _STANDARD:
        return LawNumber(digits, "tcvn", match["year"] or "")
    kind = " ".join(match["kind"].split()) if match.re is _NAMED else ""
    return LawNumber(digits, _KINDS.get(kind, kind), match["year"] or "")


def _written(match: re.Match[str], folded: str) -> LawNumber:
    letters = re.sub(r"\s", "", match["letters"]).replace("–", "-")
    number, year = match["number"].lstrip("0"), match["year"] or ""
    if letters.startswith(("qh", "ubtvqh")):
        before = folded[: match.start()].rstrip().removesuffix("so").rstrip()
        return LawNumber(number, "nq" if before.endswith(("nghi quyet", "nq")) else "luat", year, letters)
    kind, _, body = letters.partition("-")
    return LawNumber(number, kind, year, body)


def number_of_document(ref: str, kind: str) -> LawNumber | None:
    """The number of a record, whose kind says what letters do not (a law or a resolution of the Assembly)."""
    found = law_numbers(f"{kind} {ref}") or law_numbers(ref)
    return found[0] if found else None
