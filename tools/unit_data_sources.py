"""Reads the public sources of the unit data from folders outside this repository; see docs/unit-data.md.

Nothing of them is kept: codes, names, kinds, parents, dates and succession are facts and come out as rows.
"""

import json
import re
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

#: Releases of the snapshot source -> first day on which its tree was in force (its own table of acts).
SNAPSHOTS = {
    "v1.0.3.1": date(2022, 10, 1),
    "v1.0.4.1": date(2023, 4, 10),
    "v2.0.0": date(2024, 2, 1),
    "v2.0.1": date(2024, 5, 1),
    "v2.1.0": date(2024, 9, 1),
    "v2.2.0": date(2024, 11, 1),
    "v2.3.0": date(2025, 1, 1),
    "v2.4.1": date(2025, 3, 1),
    "v3.0.2": date(2025, 7, 1),
    "v4.2.0": date(2026, 4, 30),
}
#: The last tree with districts, and the first without.
LAST_BEFORE = "v2.4.1"
FIRST_NOW = "v3.0.2"
NEWEST = "v4.2.0"

_VALUE = r"(?:'(?:[^']|'')*'|[\w.]+)"
_ROW = re.compile(rf"\(({_VALUE}(?:,\s*{_VALUE})+)\)")
_INSERT = re.compile(r"\s*INSERT INTO (\w+)\s*\(([^)]*)\)")


@dataclass(frozen=True)
class Named:
    """One unit as a source lists it: the full name with its kind, and the code of its parent."""

    name: str
    parent: str


@dataclass(frozen=True)
class Tree:
    """The units of one source on one day, by official code."""

    provinces: dict[str, Named]
    districts: dict[str, Named]
    communes: dict[str, Named]


@dataclass(frozen=True)
class Edge:
    """Commune `old` went to commune `new`, wholly or in part; `default` takes what cannot be divided."""

    old: str
    new: str
    whole: bool
    default: bool


def snapshot(repository: Path, release: str) -> Tree:
    """The tree of one release of the snapshot source."""
    paths = _git(repository, "ls-tree", "-r", "--name-only", release).split()
    script = next(path for path in paths if re.search(r"postgresql/[^/]*ImportData_vn_units\.sql$", path))
    tables = _read_sql(_git(repository, "show", f"{release}:{script}"))
    return Tree(
        provinces={row["code"]: Named(_tidy(row["full_name"]), "") for row in tables["provinces"]},
        districts={
            row["code"]: Named(_tidy(row["full_name"]), row["province_code"]) for row in tables["districts"]
        },
        communes={
            row["code"]: Named(_tidy(row["full_name"]), row.get("district_code") or row["province_code"])
            for row in tables["wards"]
        },
    )


def _git(repository: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), *words], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def _read_sql(script: str) -> dict[str, list[dict[str, str]]]:
    tables: dict[str, list[dict[str, str]]] = defaultdict(list)
    table, columns = "", list[str]()
    for line in script.splitlines():
        if opening := _INSERT.match(line):
            table = opening[1]
            columns = [column.strip().strip('"') for column in opening[2].split(",")]
            line = line[opening.end() :]  # noqa: PLW2901 - the rest of the line may hold rows already
        for row in _ROW.finditer(line):
            values = [_unquoted(value) for value in re.findall(_VALUE, row[1])]
            tables[table].append(dict(zip(columns, values, strict=True)))
    return tables


def _unquoted(value: str) -> str:
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


def _tidy(name: str) -> str:
    words = " ".join(name.split()).replace("’", "'")
    return words.replace("Thị Trấn", "Thị trấn").removeprefix("Thị trấn Thị trấn ").strip()


def package_trees(folder: Path) -> tuple[Tree, Tree]:
    """The old and the new tree of the package, from the folder into which its wheel was unpacked."""
    database = sqlite3.connect(folder / "vietnamadminunits" / "data" / "dataset.db")
    old = database.execute(
        "SELECT provinceCode, province, districtCode, district, wardCode, ward FROM admin_units_legacy"
    ).fetchall()
    new = database.execute("SELECT provinceCode, province, wardCode, ward FROM admin_units").fetchall()
    before = Tree(
        provinces={row[0]: Named(_tidy(row[1]), "") for row in old},
        districts={row[2]: Named(_tidy(row[3]), row[0]) for row in old},
        # The five island districts had no communes; the package lists them with an empty one.
        communes={row[4]: Named(_tidy(row[5]), row[2]) for row in old if row[4]},
    )
    now = Tree(
        provinces={row[0]: Named(_tidy(row[1]), "") for row in new},
        districts={},
        communes={row[2]: Named(_tidy(row[3]), row[0]) for row in new},
    )
    return before, now


def package_edges(folder: Path) -> Iterator[Edge]:
    """Old commune (or island district) -> new commune, as the package says; its keys are names."""
    database = sqlite3.connect(folder / "vietnamadminunits" / "data" / "dataset.db")
    old_codes = {
        f"{province}_{district}_{ward or ''}": code or district_code
        for province, district, ward, code, district_code in database.execute(
            "SELECT provinceKey, districtKey, wardKey, wardCode, districtCode FROM admin_units_legacy"
        )
    }
    new_codes = {
        (province, ward): code
        for province, ward, code in database.execute("SELECT provinceKey, wardKey, wardCode FROM admin_units")
    }
    converter = json.loads(
        (folder / "vietnamadminunits" / "data" / "converter_2025.json").read_text(encoding="utf-8")
    )
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, olds in wards.items():
            for old in olds:
                yield Edge(old_codes[old], new_codes[province, new], whole=True, default=True)
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in divided.items():
            for new in news:
                code = new_codes[province, new["newWardKey"]]
                yield Edge(old_codes[old], code, whole=False, default=bool(new["isDefaultNewWard"]))


def merger_texts(repository: Path) -> dict[str, str]:
    """New commune -> what the snapshot source quotes about the communes it was formed from."""
    path = "dataset-generation-scripts/sapnhap-bando-crawler/donvi_tinhthanh.json"
    units = json.loads(_git(repository, "show", f"{NEWEST}:{path}"))
    return {unit["ma"]: " ".join(unit["truocsapnhap"].split()) for unit in units if unit["magoc"] != "0"}


def third_list(repository: Path) -> tuple[Tree, Tree]:
    """The old and the new tree of the third list, read only to decide between two spellings."""
    return _third_tree(repository, "pre"), _third_tree(repository, "current")


def _third_tree(repository: Path, age: str) -> Tree:
    def rows(name: str) -> Iterator[dict[str, str]]:
        text = _git(repository, "show", f"HEAD:src/data/{age}/{name}.ts")
        for block in re.findall(r"\{([^{}]*?code:[^{}]*?)\}", text, re.DOTALL):
            yield dict(re.findall(r'(\w+): "([^"]*)"', block))

    return Tree(
        provinces={
            row["code"]: Named(_tidy(f"{row['type']} {row['name']}"), "") for row in rows("provinces")
        },
        districts={},
        communes={
            row["code"]: Named(
                _tidy(f"{row['type']} {row['name']}"), row.get("district_code") or row["province_code"]
            )
            for row in rows("wards")
        },
    )
