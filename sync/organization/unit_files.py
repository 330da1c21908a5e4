"""The list of units that we ship, read from `data/*.csv` into frozen rows. Columns: docs/unit-data.md."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

CENTRAL: Final = "TW"
BEFORE: Final = "QD124/2004"
NOW: Final = "QD19/2025"
#: Code of the national root, in scheme `CENTRAL`.
NATION: Final = "VN"

#: File -> scheme of its codes, level of its units; parents come before children.
_UNIT_FILES: Final = {
    "provinces_before.csv": (BEFORE, "province"),
    "provinces_now.csv": (NOW, "province"),
    "districts_before.csv": (BEFORE, "district"),
    "communes_before.csv": (BEFORE, "commune"),
    "communes_now.csv": (NOW, "commune"),
}
#: File -> scheme of the old and of the new codes.
_SUCCESSION_FILES: Final = {
    "succession_central.csv": (CENTRAL, CENTRAL),
    "succession_provinces.csv": (BEFORE, NOW),
    "succession_districts.csv": (BEFORE, NOW),
    "succession_communes.csv": (BEFORE, NOW),
}


@dataclass(frozen=True)
class ListedUnit:
    """One unit of the list.

    Attributes:
        scheme: who gave the code: `CENTRAL`, `BEFORE` or `NOW`.
        code: with leading zeros.
        level: national, central, province, district or commune.
        kind: see `sync.organization.kinds`.
        name: without the word of its kind, on the first day.
        parent: code of the parent in the same scheme; empty: the nation (or nothing, for the nation).
        valid_from: first day.
        valid_to: first day no more.
        dating: `enacted` or `attested`.
        legal_basis: act that made it, or that gave it its code.
    """

    scheme: str
    code: str
    level: str
    kind: str
    name: str
    parent: str
    valid_from: date
    valid_to: date
    dating: str
    legal_basis: str


@dataclass(frozen=True)
class ListedName:
    """Another name or kind of a unit from a day on; the node stays."""

    scheme: str
    code: str
    valid_from: date
    kind: str
    name: str
    dating: str
    legal_basis: str


@dataclass(frozen=True)
class ListedSuccession:
    """Unit `from_code` handed its territory or tasks to `to_code` on that day."""

    from_scheme: str
    from_code: str
    to_scheme: str
    to_code: str
    on_date: date
    mode: str
    is_default: bool
    legal_basis: str


@dataclass(frozen=True)
class UnitList:
    """All data files. `digest` is their SHA-256: equal digests mean equal lists."""

    units: tuple[ListedUnit, ...]
    names: tuple[ListedName, ...]
    successions: tuple[ListedSuccession, ...]
    digest: str


def shipped_folder() -> Traversable:
    """Where the data files lie, in a checkout as in a wheel."""
    return files("sync.organization") / "data"


def read_unit_list(folder: Traversable | None = None) -> UnitList:
    """The shipped list, or the one in `folder`; units with parents before children."""
    source = folder if folder is not None else shipped_folder()
    return UnitList(
        units=tuple(_units(source)),
        names=tuple(_names(source)),
        successions=tuple(_successions(source)),
        digest=_digest(source),
    )


def _units(folder: Traversable) -> Iterator[ListedUnit]:
    # The root lies among the central bodies and must come first.
    central = sorted(_rows(folder, "central.csv"), key=lambda row: row["level"] != "national")
    for row in central:
        parent = "" if row["parent"] == NATION else row["parent"]
        yield _unit(row | {"parent": parent}, scheme=CENTRAL, level=row["level"])
    for name, (scheme, level) in _UNIT_FILES.items():
        for row in _rows(folder, name):
            yield _unit(row, scheme=scheme, level=level)


def _unit(row: dict[str, str], *, scheme: str, level: str) -> ListedUnit:
    return ListedUnit(
        scheme=scheme,
        code=row["code"],
        level=level,
        kind=row["kind"],
        name=row["name"],
        parent=row["parent"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]),
        dating=row["dating"],
        legal_basis=row["legal_basis"],
    )


def _names(folder: Traversable) -> Iterator[ListedName]:
    for row in _rows(folder, "names.csv"):
        yield ListedName(
            scheme=row["scheme"],
            code=row["code"],
            valid_from=date.fromisoformat(row["valid_from"]),
            kind=row["kind"],
            name=row["name"],
            dating=row["dating"],
            legal_basis=row["legal_basis"],
        )


def _successions(folder: Traversable) -> Iterator[ListedSuccession]:
    for name, (from_scheme, to_scheme) in _SUCCESSION_FILES.items():
        for row in _rows(folder, name):
            yield ListedSuccession(
                from_scheme=from_scheme,
                from_code=row["from_code"],
                to_scheme=to_scheme,
                to_code=row["to_code"],
                on_date=date.fromisoformat(row["on_date"]),
                mode=row["mode"],
                is_default=row["is_default"] == "1",
                legal_basis=row["legal_basis"],
            )


def _rows(folder: Traversable, name: str) -> Iterator[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as opened:
        yield from csv.DictReader(opened)


def _digest(folder: Traversable) -> str:
    digest = hashlib.sha256()
    for name in sorted(["central.csv", "names.csv", *_UNIT_FILES, *_SUCCESSION_FILES]):
        # Text, not bytes: a checkout with other line ends holds the same list.
        digest.update(name.encode())
        digest.update((folder / name).read_text(encoding="utf-8").encode())
    return digest.hexdigest()
