"""What commands about content are given: a source folder, a compiled file, or a published version."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import (
    BasePackage,
    CompiledPackage,
    base_from_canonical,
    build,
    read_extends,
)
from content_packages.authoring.archive import read_archive
from content_packages.errors import PackageHasErrors
from content_packages.library import find_base, find_numbered_version, read_canonical
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import utc_now

SOURCE_TYPE = click.Path(exists=True, path_type=Path)
FOLDER_TYPE = click.Path(exists=True, file_okay=False, path_type=Path)


def compile_source(source: Path, *, base: BasePackage | None) -> CompiledPackage:
    """The package of a folder or a `.cchc` file, its findings printed; dates count as today in Viet Nam."""
    if source.is_file():
        return read_archive(source.read_bytes())
    compiled = build(source, today=utc_now().astimezone(VIET_NAM).date(), base=base)
    for finding in compiled.findings:
        click.echo(str(finding), err=True)
    return compiled


def base_at(source: Path, given: Path | None) -> BasePackage | None:
    """The base of an overlay: the given folder or file, else the curriculum that comes along.

    Raises:
        PackageHasErrors: the base itself cannot be compiled.
    """
    if source.is_file() or (extends := read_extends(source)) is None:
        return None
    if given is None and extends.partition("@")[0] != SHIPPED_CURRICULUM.name:
        return None
    return _compiled_base(given or SHIPPED_CURRICULUM)


def published_base(session: Session, source: Path) -> BasePackage | None:
    """The base of an overlay among what is published here; None when the package extends nothing.

    Raises:
        BaseNotPublished: no published version fits.
    """
    extends = read_extends(source) if source.is_dir() else None
    return find_base(session, extends) if extends is not None else None


def canonical_at(named: str, session: Session | None) -> str:
    """The canonical JSON of a folder, a `.cchc` or `.json` file, or of `package@version` in the database.

    Raises:
        PackageHasErrors: the folder has errors.
        VersionNotFound: no such version is published.
    """
    path = Path(named)
    if path.suffix == ".json" and path.is_file():
        return path.read_text("utf-8")
    if path.exists():
        return _canonical(compile_source(path, base=base_at(path, None)))
    if session is None:
        raise click.BadParameter(f"không có thư mục hay tệp “{named}”")
    package_id, _, version = named.partition("@")
    return read_canonical(session, find_numbered_version(session, package_id, version).digest)


def _canonical(compiled: CompiledPackage) -> str:
    if compiled.canonical is None:
        raise PackageHasErrors(
            f"The package has {len(compiled.errors)} errors. Run `cchc content lint` and mend them first."
        )
    return compiled.canonical


def _compiled_base(source: Path) -> BasePackage:
    compiled = read_archive(source.read_bytes()) if source.is_file() else build(source)
    return base_from_canonical(_canonical(compiled), digest=str(compiled.digest), media=compiled.media)
