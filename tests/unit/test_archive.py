"""The `.cchc` file: the same bytes everywhere, and nothing but what the compiler writes is taken in."""

import contextlib
import io
import json
import locale
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_packages.authoring import build
from content_packages.authoring.archive import read_archive, write_archive
from content_packages.authoring.canonical import canonical_text
from content_packages.errors import PackageFileRefused
from tests.factories.content import PACKAGE, compile_package, write_package

MODULE = "modules/01-tong-quan/module.md"
PNG = bytes.fromhex("89504e470d0a1a0a")


def with_picture(folder: Path):
    folder = write_package(folder, {MODULE: ("Có **sáu", "![Sơ đồ](media/a.png) **sáu")})
    (folder / "modules/01-tong-quan/media").mkdir()
    (folder / "modules/01-tong-quan/media/a.png").write_bytes(PNG)
    return build(folder)


def test_a_package_comes_back_from_its_file_as_it_was(tmp_path):
    compiled = with_picture(tmp_path)

    read = read_archive(write_archive(compiled))

    assert (read.canonical, read.digest, read.media) == (compiled.canonical, compiled.digest, compiled.media)


@given(
    order=st.randoms(use_true_random=False),
    modified_at=st.integers(0, 2**31),
    name=st.sampled_from(["C", "C.UTF-8"]),
)
def test_order_of_writing_times_and_locale_change_no_byte(tmp_path_factory, order, modified_at, name):
    expected = write_archive(build(write_package(tmp_path_factory.mktemp("plain"))))
    folder, paths = tmp_path_factory.mktemp("shuffled"), list(PACKAGE)
    order.shuffle(paths)
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(PACKAGE[path], encoding="utf-8")
        os.utime(folder / path, (modified_at, modified_at))
    spoken = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
        assert write_archive(build(folder)) == expected
    finally:
        locale.setlocale(locale.LC_ALL, spoken)


def archive_of(entries: dict[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return written.getvalue()


def changed(folder: Path, change) -> bytes:
    """A file whose canonical JSON was changed by hand."""
    written = json.loads(compile_package(folder).canonical or "")
    change(written)
    return archive_of({"package.json": canonical_text(written).encode()})


def test_a_hand_written_script_is_refused(tmp_path):
    def add_script(written):
        written["modules"][0]["sections"][0]["html"] += "<script>alert(1)</script>"

    with pytest.raises(PackageFileRefused, match="HTML"):
        read_archive(changed(tmp_path, add_script))


@pytest.mark.parametrize(
    "change",
    [
        lambda written: written.update(format="cchc-canonical/9"),
        lambda written: written.pop("modules"),
        lambda written: written["questions"][1].pop("options"),
        lambda written: written["questions"][1]["options"][1].update(correct=True),
        lambda written: written["quizzes"][0].update(mastery=75),
        lambda written: written["package"].update(version="1"),
        lambda written: written["outline"].append({"kind": "module", "id": "khong-co"}),
        lambda written: written.update(media={"x.png": "image/png"}),
        lambda written: written.update(questions=[]),
        lambda written: written.update(modules=7),
    ],
)
def test_a_package_that_the_compiler_would_not_write_is_refused(tmp_path, change):
    with pytest.raises(PackageFileRefused):
        read_archive(changed(tmp_path, change))


def test_hostile_zips_are_refused(tmp_path):
    canonical = (compile_package(tmp_path).canonical or "").encode()
    bomb = archive_of({"package.json": b" " * 10_000_000}, compression=zipfile.ZIP_DEFLATED)
    twice = io.BytesIO(archive_of({"package.json": canonical}))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("package.json", b"{}")
    hostile = [
        b"",
        b"PK",
        bomb,
        twice.getvalue(),
        archive_of({"package.json": canonical})[:-30],
        archive_of({"package.json": canonical, "../x.png": PNG}),
        archive_of({"package.json": canonical, "media/x.png": PNG}),
        archive_of({"package.json": b"{}"}),
        archive_of({"package.json": canonical + b" "}),
        archive_of({"other.json": canonical}),
    ]

    for content in hostile:
        with pytest.raises(PackageFileRefused):
            read_archive(content)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_file_with_one_other_byte_is_refused_or_the_same_package(tmp_path_factory, place, byte):
    compiled = compile_package(tmp_path_factory.mktemp("p"))
    content = bytearray(write_archive(compiled))
    content[place % len(content)] = byte

    with contextlib.suppress(PackageFileRefused):
        assert read_archive(bytes(content)).digest == compiled.digest


def test_the_shipped_curriculum_passes_the_check_of_foreign_files():
    from content_packages import SHIPPED_CURRICULUM

    compiled = build(SHIPPED_CURRICULUM)

    assert read_archive(write_archive(compiled)).digest == compiled.digest
