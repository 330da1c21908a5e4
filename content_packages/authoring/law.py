"""Where each question and answer has its knowledge from, and until when that holds."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from content_packages.authoring.draws import check_draw_in_force
from content_packages.authoring.findings import Finding
from content_packages.authoring.names import Names
from content_packages.authoring.sources import PACKAGE_FILE, PackageSources
from content_packages.reading import legal_basis_from


def check_citations(sources: PackageSources, names: Names) -> Iterator[Finding]:
    """Sources that the package does not cite; citations that contradict themselves."""
    if sources.package is None:
        return
    for path, line, name, canonical in _sourced(sources):
        cited = canonical["source"]
        if cited not in names.refs and not names.base_is_missing:
            message = f"{name}: nguồn “{cited}” chưa có trong legal_basis hay sources của package.yaml"
            yield Finding(path, line, "L001", message)
    yield from _check_dates(sources)
    yield from _check_twice(sources)


def _sourced(sources: PackageSources) -> Iterator[tuple[str, int, str, dict[str, Any]]]:
    """(Path, line, what it is, canonical form) of every question and Q&A entry."""
    for bank in sources.banks:
        yield from ((one.path, one.line, f"câu {one.id}", one.canonical) for one in bank.questions)
    for file in sources.qa:
        yield from ((one.path, one.line, f"mục {one.id}", one.canonical) for one in file.entries)


def _check_dates(sources: PackageSources) -> Iterator[Finding]:
    assert sources.package is not None  # noqa: S101 - asked by the caller
    for index, cited in enumerate(sources.header.get("legal_basis", ())):
        days = [cited[name] for name in ("date", "effective", "expires") if name in cited]
        if days != sorted(days):
            message = f"{cited['ref']}: ngày ban hành, ngày hiệu lực, ngày hết hiệu lực phải theo thứ tự"
            yield Finding(PACKAGE_FILE, sources.package.line_of(["legal_basis", index]), "L002", message)


def _check_twice(sources: PackageSources) -> Iterator[Finding]:
    assert sources.package is not None  # noqa: S101 - asked by the caller
    seen: set[str] = set()
    for member in ("legal_basis", "sources"):
        for index, cited in enumerate(sources.header.get(member, ())):
            if cited["ref"] in seen:
                line = sources.package.line_of([member, index])
                yield Finding(PACKAGE_FILE, line, "L003", f"văn bản “{cited['ref']}” đã ghi ở trên")
            seen.add(cited["ref"])


def dated_findings(sources: PackageSources, names: Names, today: date) -> Iterator[Finding]:
    """What is overdue on that day: reviews, and cited law that is not in force."""
    yield from _overdue_reviews(sources, today)
    if sources.package is None:
        return
    law = [legal_basis_from(one) for one in sources.header.get("legal_basis", ())]
    for quiz in sources.quizzes:
        yield from check_draw_in_force(quiz, names, {one.ref: one for one in law}, today)
    out_of_force = {one.ref: one for one in law if not one.is_in_force(today)}
    for index, basis in enumerate(law):
        if basis.ref in out_of_force:
            cited_by = sum(one["source"] == basis.ref for _, _, _, one in _sourced(sources))
            line = sources.package.line_of(["legal_basis", index])
            message = f"{basis.ref} {_state(basis.last_day, basis.effective_on, today)}"
            message += f"; thay bằng {basis.replaced_by}" if basis.replaced_by else ""
            message += (
                f"; {cited_by} câu dẫn văn bản này không còn được rút vào bài tính điểm" if cited_by else ""
            )
            yield Finding(PACKAGE_FILE, line, "P021", message, "warning")


def _state(last_day: date | None, effective_on: date | None, today: date) -> str:
    if last_day is not None and last_day < today:
        return f"hết hiệu lực sau ngày {last_day:%d/%m/%Y}"
    return f"đến ngày {effective_on or today:%d/%m/%Y} mới có hiệu lực"


def _overdue_reviews(sources: PackageSources, today: date) -> Iterator[Finding]:
    places: list[tuple[str, int, dict[str, Any]]] = []
    if sources.package is not None:
        places.append((PACKAGE_FILE, sources.package.line_of(["review_by"]), sources.header))
    places += [(module.path, 1, module.canonical or {}) for module in sources.modules]
    places += [(path, line, canonical) for path, line, _, canonical in _sourced(sources)]
    yield from _overdue(places, today)


def _overdue(places: Iterable[tuple[str, int, dict[str, Any]]], today: date) -> Iterator[Finding]:
    for path, line, written in places:
        if written.get("review_by", "9999") < today.isoformat():
            yield Finding(path, line, "P020", "đã quá ngày rà soát (review_by)", "warning")
