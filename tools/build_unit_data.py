"""Builds sync/organization/data/*.csv and docs/unit-data-disagreements.md from public sources.

    python tools/build_unit_data.py --snapshots <clone> --package <unpacked wheel> --third-list <clone>

The three folders lie outside this repository; docs/unit-data.md says what they are, what was taken from
which, and why. Central bodies, legal acts and enacted changes of name are kept in tools/unit_data_acts.py.
"""

import csv
import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import click
import unit_data_acts as acts
import unit_data_sources as sources
from unit_data_sources import Edge, Named, Tree

from sync.organization.folding import comparison_key, fold_name

ROOT = Path(__file__).parent.parent
DATA = ROOT / "sync" / "organization" / "data"
FINDINGS = ROOT / "docs" / "unit-data-disagreements.md"

PROGRAMME_START = date(2022, 11, 17)
REORGANISATION = date(2025, 7, 1)
OPEN_END = date(9999, 12, 31)
KINDS = {
    "Thành phố ": "thanh-pho", "Thị trấn ": "thi-tran", "Thị xã ": "thi-xa", "Đặc khu ": "dac-khu",
    "Tỉnh ": "tinh", "Quận ": "quan", "Huyện ": "huyen", "Phường ": "phuong", "Xã ": "xa",
}  # fmt: skip
#: The snapshot source changes the code of xã Ba Chẽ by hand; the decision's own list and the rule that the
#: seat's commune keeps its code both say 06970.
CODE_CORRECTIONS = {"06978": "06970"}
#: The sentence about phường Hiệp Hòa (Quảng Ninh) stands under a code that does not exist.
TEXT_CODE_CORRECTIONS = CODE_CORRECTIONS | {"00071": "07147"}

UNIT_COLUMNS = ["code", "kind", "name", "parent", "valid_from", "valid_to", "dating", "legal_basis"]
SUCCESSION_COLUMNS = ["from_code", "to_code", "on_date", "mode", "is_default", "legal_basis"]


@click.command()
@click.option("--snapshots", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--package", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--third-list", type=click.Path(path_type=Path, exists=True), required=True)
def build(snapshots: Path, package: Path, third_list: Path) -> None:
    """Writes every data file and the list of disagreements; running it again changes nothing."""
    history = {release: sources.snapshot(snapshots, release) for release in sources.SNAPSHOTS}
    package_before, package_now = sources.package_trees(package)
    third_before, third_now = sources.third_list(third_list)
    findings = Findings()

    texts = {
        TEXT_CODE_CORRECTIONS.get(code, code): text for code, text in sources.merger_texts(snapshots).items()
    }
    all_edges = list(sources.package_edges(package))
    quoted = {edge.old: texts.get(edge.new, "") for edge in all_edges}
    lists_before = (history[sources.LAST_BEFORE], package_before, third_before)
    before = _agreed(lists_before, quoted, "until 30/06/2025", findings)
    lists_now = (_corrected(history[sources.FIRST_NOW]), package_now, _corrected(third_now))
    now = _agreed(lists_now, {}, "since 01/07/2025", findings)
    _compare_newest(now, _corrected(history[sources.NEWEST]), findings)
    edges = _without_homonyms(all_edges, before, now, findings)
    _compare_texts(edges, texts, before, now, findings)

    _write_before(before, history, findings)
    _write_now(now, edges, before)
    _write_succession(edges, before, now)
    _write("central.csv", acts.CENTRAL_COLUMNS, acts.central_rows())
    _write("succession_central.csv", SUCCESSION_COLUMNS, acts.central_succession_rows())
    findings.write()


class Findings:
    """What the sources disagree about, printed as one Markdown page."""

    def __init__(self) -> None:
        self.sections: list[tuple[str, list[str], list[list[str]]]] = []

    def add(self, title: str, columns: list[str], rows: Iterable[list[str]]) -> None:
        self.sections.append((title, columns, sorted(rows)))

    def write(self) -> None:
        lines = [
            "# Where the sources of the unit data disagree\n",
            "Printed by `tools/build_unit_data.py`. What was taken, and why: [unit-data.md](unit-data.md).\n",
        ]
        for title, columns, rows in self.sections:
            lines.append(f"## {title}: {len(rows)}\n")
            if rows:
                lines.append("| " + " | ".join(columns) + " |\n" + "| --- " * len(columns) + "|")
                lines.extend("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows)
                lines.append("")
            click.echo(f"{title}: {len(rows)}")
        FINDINGS.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _corrected(tree: Tree) -> Tree:
    communes = {CODE_CORRECTIONS.get(code, code): unit for code, unit in tree.communes.items()}
    return dataclasses.replace(tree, communes=communes)


def _agreed(trees: tuple[Tree, Tree, Tree], quoted: dict[str, str], when: str, findings: Findings) -> Tree:
    """The first list's units and parents, spelled as the resolution or most of the three lists do."""
    chosen: dict[str, dict[str, Named]] = {}
    renamed: list[list[str]] = []
    for level in ("provinces", "districts", "communes"):
        lists = [getattr(tree, level) for tree in trees]
        codes = [set(units) for units in lists if units]
        if any(found != codes[0] for found in codes):
            raise click.ClickException(f"The lists name different {level} {when}: {codes[0] ^ codes[1]}")
        chosen[level] = {}
        for code, unit in sorted(lists[0].items()):
            votes = [units[code].name for units in lists if units]
            name = _spelling(votes, quoted.get(code, ""))
            chosen[level][code] = Named(name, unit.parent)
            if len({comparison_key(vote) for vote in votes}) > 1:
                renamed.append([code, *[*votes, ""][:3], name])
    columns = ["Code", "Snapshots", "Package", "Third list", "Taken"]
    findings.add(f"Names that differ, {when}", columns, renamed)
    return Tree(**chosen)


def _spelling(votes: list[str], quoted: str) -> str:
    """The name as the resolution of 2025 quotes it, else as most lists give it, else as the first does.

    Among equal names the package's spelling is taken: it places tones as QĐ 19/2025/QĐ-TTg prints them.
    """
    keys = [comparison_key(vote) for vote in votes]
    text = f" {comparison_key(quoted)} "
    heard = {key for key in keys if f" {key} " in text}
    best, times = Counter(keys).most_common(1)[0]
    winner = heard.pop() if len(heard) == 1 else best if times > 1 else keys[0]
    same = [vote for vote, key in zip(votes, keys, strict=True) if key == winner]
    return votes[1] if votes[1] in same else same[0]


def _compare_newest(now: Tree, newest: Tree, findings: Findings) -> None:
    """What the newest snapshot says differently, except for the acts that names.csv carries."""
    enacted = {(row["scheme"], row["code"]) for row in acts.NAME_CHANGES}
    rows = [
        [code, unit.name, getattr(newest, level)[code].name]
        for level in ("provinces", "communes")
        for code, unit in getattr(now, level).items()
        if comparison_key(unit.name) != comparison_key(getattr(newest, level)[code].name)
        and ("QD19/2025", code) not in enacted
    ]
    findings.add("Names that differ in the newest snapshot", ["Code", "Taken", "Newest snapshot"], rows)


def _without_homonyms(edges: list[Edge], before: Tree, now: Tree, findings: Findings) -> list[Edge]:
    """The package's succession without its slips between communes of the same name.

    The package finds communes by name within the *new* province, so a divided commune can be tied to the
    successor of its namesake in another district. Such an edge goes when the namesake's district gives the
    new commune other communes and this one's gives none.
    """
    of_new: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        of_new[edge.new].append(edge)
    slips = {edge for edge in edges if not edge.whole and _is_slip(edge, of_new[edge.new], before)}
    findings.add(
        "Successions of the package left out: a namesake's successor",
        ["Old code", "Old commune", "New code", "Wrongly tied to"],
        ([edge.old, _full(edge.old, before), edge.new, now.communes[edge.new].name] for edge in slips),
    )
    kept: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge not in slips:
            kept[edge.old].append(edge)
    return [fixed for old in sorted(kept) for fixed in _with_one_default(kept[old])]


def _is_slip(edge: Edge, siblings: list[Edge], before: Tree) -> bool:
    communes = [before.communes[other.old] for other in siblings if len(other.old) == 5]
    names = Counter(comparison_key(commune.name) for commune in communes)
    sure = [commune for commune in communes if names[comparison_key(commune.name)] == 1]
    own = before.communes[edge.old]
    namesakes = [c for c in communes if c != own and comparison_key(c.name) == comparison_key(own.name)]

    def district_of(commune: Named) -> str:
        return commune.parent

    def province_of(commune: Named) -> str:
        return before.districts[commune.parent].parent

    for place_of in (district_of, province_of):
        known = {place_of(commune) for commune in sure}
        if place_of(own) not in known and any(place_of(namesake) in known for namesake in namesakes):
            return True
    return False


def _with_one_default(edges: list[Edge]) -> list[Edge]:
    if len(edges) == 1:
        return [dataclasses.replace(edges[0], whole=True, default=True)]
    if sum(edge.default for edge in edges) != 1:
        raise click.ClickException(f"Commune {edges[0].old} has not exactly one default successor.")
    return sorted(edges, key=lambda edge: edge.new)


def _compare_texts(
    edges: list[Edge], texts: dict[str, str], before: Tree, now: Tree, findings: Findings
) -> None:
    """Each edge against the sentence that the snapshot source quotes about the new commune."""
    unconfirmed: list[list[str]] = []
    mentioned: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        text = texts.get(edge.new, "")
        short = _split_kind(_full(edge.old, before))[1]
        mentioned[edge.new].add(fold_name(short))
        if text == "giữ nguyên" or f" {fold_name(short)} " in f" {fold_name(text)} ":
            continue
        new = now.communes[edge.new].name
        unconfirmed.append([edge.old, _full(edge.old, before), edge.new, new, text])
    findings.add(
        "Successions whose name the quoted resolution spells otherwise",
        ["Old code", "Old commune", "New code", "New commune", "Quoted"],
        unconfirmed,
    )
    findings.add(
        "Names in the quoted resolution without a succession spelled so",
        ["New code", "New commune", "Quoted name"],
        (
            [code, now.communes[code].name, part]
            for code, text in texts.items()
            if code in now.communes
            for part in _named_in(text)
            if fold_name(part) not in mentioned[code]
        ),
    )


def _named_in(text: str) -> Iterator[str]:
    for part in re.split(r",| và |;", re.sub(r"\([^()]*\)", "", text)):
        found = re.search(r".*\b(?:Xã|Phường|Thị trấn)\s+(.+)$", part)
        if found and "sau khi" not in part:
            yield found[1].strip()


def _full(code: str, tree: Tree) -> str:
    return (tree.communes if len(code) == 5 else tree.districts)[code].name


def _split_kind(name: str) -> tuple[str, str]:
    prefix = next((prefix for prefix in KINDS if name.casefold().startswith(prefix.casefold())), None)
    if prefix is None:
        raise click.ClickException(f"No kind of unit begins the name {name!r}.")
    return KINDS[prefix], name[len(prefix) :]


def _write_before(before: Tree, history: dict[str, Tree], findings: Findings) -> None:
    """The old tree; each unit from the first day on which a snapshot shows it as it was at the end."""
    releases = [release for release in sources.SNAPSHOTS if sources.SNAPSHOTS[release] < REORGANISATION]
    starts: dict[str, date] = {"": PROGRAMME_START}
    names: list[dict[str, str]] = list(acts.NAME_CHANGES)
    for level in ("provinces", "districts", "communes"):
        rows = []
        for code, unit in getattr(before, level).items():
            past = [(release, getattr(history[release], level).get(code)) for release in releases]
            start, first_kind, changes = _attested(code, unit, past)
            starts[code] = max(start, starts[unit.parent])
            if code == acts.HUE:
                starts[code], first_kind, changes = PROGRAMME_START, "tinh", []
            for change in changes:
                if date.fromisoformat(change["valid_from"]) > starts[code]:
                    names.append(change)
                else:
                    first_kind = change["kind"]
            name = acts.OLD_NAME_OF_HUE if code == acts.HUE else _split_kind(unit.name)[1]
            dates = [starts[code].isoformat(), REORGANISATION.isoformat(), "attested", acts.OLD_CODES]
            rows.append([code, first_kind, name, unit.parent, *dates])
        _write(f"{level}_before.csv", UNIT_COLUMNS, rows)
        late = Counter(starts[row[0]] for row in rows)
        findings.add(
            f"First attested days in {level}_before.csv",
            ["Day", "Units"],
            ([day.isoformat(), str(times)] for day, times in late.items()),
        )
    columns = ["scheme", "code", "valid_from", "kind", "name", "dating", "legal_basis"]
    _write("names.csv", columns, ([row[column] for column in columns] for row in names))


def _attested(
    code: str, unit: Named, past: list[tuple[str, Named | None]]
) -> tuple[date, str, list[dict[str, str]]]:
    """First day with this parent and name, the kind it had then, and the changes of kind since.

    The snapshots are compared with the last of them, not with the spelling that was chosen.
    """
    last = past[-1][1] or unit
    name = fold_name(_split_kind(last.name)[1])
    seen = [
        (sources.SNAPSHOTS[release], _split_kind(found.name)[0])
        for release, found in past
        if found and found.parent == unit.parent and fold_name(_split_kind(found.name)[1]) == name
    ]
    kind = current = seen[0][1]
    changes = []
    for day, later in seen:
        if later != current:
            changes.append(acts.attested_kind(code, later, _split_kind(unit.name)[1], day))
            current = later
    return max(seen[0][0], PROGRAMME_START), kind, changes


def _write_now(now: Tree, edges: list[Edge], before: Tree) -> None:
    merged = {
        new for new, olds in _province_pairs(edges, before, now).items() if len(olds) > 1
    }  # the other eleven did not change
    dates = [REORGANISATION.isoformat(), OPEN_END.isoformat(), "enacted"]
    provinces = [
        [code, *_split_kind(unit.name), "", *dates, acts.MERGED if code in merged else acts.NEW_CODES]
        for code, unit in now.provinces.items()
    ]
    _write("provinces_now.csv", UNIT_COLUMNS, provinces)
    communes = [
        [code, *_split_kind(unit.name), unit.parent, *dates, acts.COMMUNE_ACTS[unit.parent]]
        for code, unit in now.communes.items()
    ]
    _write("communes_now.csv", UNIT_COLUMNS, communes)


def _province_pairs(edges: list[Edge], before: Tree, now: Tree) -> dict[str, set[str]]:
    pairs: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        district = before.communes[edge.old].parent if len(edge.old) == 5 else edge.old
        pairs[now.communes[edge.new].parent].add(before.districts[district].parent)
    return pairs


def _write_succession(edges: list[Edge], before: Tree, now: Tree) -> None:
    """Communes as the sources say; provinces and districts follow from them, and never divide."""
    day = REORGANISATION.isoformat()
    provinces = {
        old: new for new, olds in _province_pairs(edges, before, now).items() for old in sorted(olds)
    }
    if len(provinces) != len(before.provinces):
        raise click.ClickException("An old province has no successor, or two.")
    merged = Counter(provinces.values())
    _write(
        "succession_provinces.csv",
        SUCCESSION_COLUMNS,
        (
            [old, new, day, "whole", "1", acts.MERGED if merged[new] > 1 else acts.NEW_CODES]
            for old, new in provinces.items()
        ),
    )
    islands = {edge.old: edge.new for edge in edges if len(edge.old) == 3}
    _write(
        "succession_districts.csv",
        SUCCESSION_COLUMNS,
        (
            [code, islands.get(code, provinces[unit.parent]), day, "whole", "1", acts.TWO_TIERS]
            for code, unit in before.districts.items()
        ),
    )
    _write(
        "succession_communes.csv",
        SUCCESSION_COLUMNS,
        (
            [edge.old, edge.new, day, "whole" if edge.whole else "part", str(int(edge.default)), act]
            for edge in edges
            if len(edge.old) == 5
            for act in [acts.COMMUNE_ACTS[now.communes[edge.new].parent]]
        ),
    )


def _write(file: str, columns: list[str], rows: Iterable[list[str]]) -> None:
    DATA.mkdir(exist_ok=True)
    with (DATA / file).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    build()
