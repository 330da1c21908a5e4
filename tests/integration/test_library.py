"""The catalogue: versions never change, and one of them is current."""

import pytest
from sqlalchemy import func, select

from content_packages.authoring import build
from content_packages.errors import (
    PackageHasErrors,
    PackageNotFound,
    VersionAlreadyPublished,
    VersionNotFound,
    VersionNotNewer,
    VersionRisesTooLittle,
)
from content_packages.library import (
    find_current_version,
    find_version,
    list_current_packages,
    list_releases,
    list_versions,
    publish_package,
    read_package,
    roll_back,
)
from content_packages.library.media import read_media
from content_packages.library.models import ContentVersion
from tests.factories.content import NINE_O_CLOCK, compile_package, write_package

MODULE = "modules/01-tong-quan/module.md"


def version(folder, number, words="Có **sáu nội dung**."):
    changes = {
        "package.yaml": ("version: 1.0.0", f"version: {number}"),
        MODULE: ("Có **sáu nội dung**.", words),
    }
    return compile_package(folder, changes=changes)


def test_a_published_package_is_current_and_can_be_read(session, tmp_path):
    compiled = version(tmp_path, "1.0.0")

    published = publish_package(session, compiled, now=NINE_O_CLOCK)

    assert find_current_version(session, "nhap-mon") == published
    assert find_version(session, published.digest) == published
    assert list_current_packages(session) == [published]
    assert read_package(session, published.digest).modules["tong-quan"].check_ids == ("tq-1",)


def test_publishing_the_same_again_changes_nothing(session, tmp_path):
    first = publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK)

    second = publish_package(session, version(tmp_path / "b", "1.0.0"), now=NINE_O_CLOCK)

    assert second == first
    assert session.scalar(select(func.count()).select_from(ContentVersion)) == 1


def test_a_newer_version_becomes_current_and_the_older_stays_readable(session, tmp_path):
    old = publish_package(session, version(tmp_path / "a", "1.9.0"), now=NINE_O_CLOCK)

    new = publish_package(session, version(tmp_path / "b", "1.10.0", "Có sáu."), now=NINE_O_CLOCK)

    assert find_current_version(session, "nhap-mon") == new
    assert (
        "<strong>sáu nội dung</strong>"
        in read_package(session, old.digest).modules["tong-quan"].sections[0].html
    )


def test_other_content_under_a_published_number_is_refused(session, tmp_path):
    published = publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK)

    with pytest.raises(VersionAlreadyPublished):
        publish_package(session, version(tmp_path / "b", "1.0.0", "Khác."), now=NINE_O_CLOCK)

    assert find_current_version(session, "nhap-mon") == published


def test_a_lower_number_is_refused(session, tmp_path):
    publish_package(session, version(tmp_path / "a", "1.10.0"), now=NINE_O_CLOCK)

    with pytest.raises(VersionNotNewer):
        publish_package(session, version(tmp_path / "b", "1.9.0", "Khác."), now=NINE_O_CLOCK)


def test_a_package_with_errors_is_refused(session, tmp_path):
    broken = compile_package(tmp_path, changes={"quizzes/cuoi-bai.yaml": ("count: 4", "count: 40")})

    with pytest.raises(PackageHasErrors):
        publish_package(session, broken, now=NINE_O_CLOCK)

    assert list_current_packages(session) == []


def test_nothing_is_found_where_nothing_is(session):
    assert find_current_version(session, "khong-co") is None
    assert find_version(session, "0" * 64) is None
    with pytest.raises(PackageNotFound):
        read_package(session, "0" * 64)


def test_pictures_are_published_with_their_version(session, tmp_path):
    folder = write_package(tmp_path, {MODULE: ("Có **sáu", "![Sơ đồ](media/a.png) **sáu")})
    (folder / "modules/01-tong-quan/media").mkdir()
    (folder / "modules/01-tong-quan/media/a.png").write_bytes(b"png")
    compiled = build(folder)

    publish_package(session, compiled, now=NINE_O_CLOCK)

    stored = read_media(session, compiled.media[0].name)
    assert (stored.media_type, stored.content) == ("image/png", b"png")


def key_changed(folder, number):
    changes = {
        "package.yaml": ("version: 1.0.0", f"version: {number}"),
        "banks/tong-quan.md": ("= 91,7", "= 92"),
    }
    return compile_package(folder, changes=changes)


@pytest.mark.parametrize("number", ["1.0.1", "1.1.0", "1.99.0"])
def test_another_key_under_a_number_that_hides_it_is_refused(session, tmp_path, number):
    published = publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK)

    with pytest.raises(VersionRisesTooLittle, match=r"the version must be 2\.0\.0 or higher"):
        publish_package(session, key_changed(tmp_path / "b", number), now=NINE_O_CLOCK)

    assert find_current_version(session, "nhap-mon") == published


def test_another_key_is_published_under_the_next_major_number(session, tmp_path):
    publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK)

    new = publish_package(session, key_changed(tmp_path / "b", "2.0.0"), now=NINE_O_CLOCK)

    assert find_current_version(session, "nhap-mon") == new


def test_going_back_makes_an_earlier_version_current_and_keeps_who_and_why(session, tmp_path):
    old = publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK, by="lan")
    new = publish_package(session, version(tmp_path / "b", "1.0.1", "Sai."), now=NINE_O_CLOCK, by="lan")

    roll_back(session, "nhap-mon", version="1.0.0", now=NINE_O_CLOCK, by="minh", reason="Bài có lỗi")

    assert find_current_version(session, "nhap-mon") == old
    assert list_versions(session, "nhap-mon") == [new, old]
    assert [
        (one.version, one.kind, one.released_by, one.reason) for one in list_releases(session, "nhap-mon")
    ] == [
        ("1.0.0", "rollback", "minh", "Bài có lỗi"),
        ("1.0.1", "publish", "lan", ""),
        ("1.0.0", "publish", "lan", ""),
    ]


def test_going_back_can_itself_be_undone(session, tmp_path):
    publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK)
    new = publish_package(session, version(tmp_path / "b", "1.0.1", "Sai."), now=NINE_O_CLOCK)
    roll_back(session, "nhap-mon", version="1.0.0", now=NINE_O_CLOCK, by="minh")

    roll_back(session, "nhap-mon", version="1.0.1", now=NINE_O_CLOCK, by="minh")

    assert find_current_version(session, "nhap-mon") == new


def test_going_back_to_the_current_version_changes_nothing(session, tmp_path):
    publish_package(session, version(tmp_path, "1.0.0"), now=NINE_O_CLOCK)

    roll_back(session, "nhap-mon", version="1.0.0", now=NINE_O_CLOCK, by="minh")

    assert len(list_releases(session, "nhap-mon")) == 1


def test_nobody_goes_back_to_a_version_that_was_never_published(session, tmp_path):
    publish_package(session, version(tmp_path, "1.0.0"), now=NINE_O_CLOCK)

    with pytest.raises(VersionNotFound):
        roll_back(session, "nhap-mon", version="0.9.0", now=NINE_O_CLOCK, by="minh")


def test_after_going_back_a_mended_version_is_measured_against_what_learners_have(session, tmp_path):
    publish_package(session, version(tmp_path / "a", "1.0.0"), now=NINE_O_CLOCK)
    publish_package(session, key_changed(tmp_path / "b", "2.0.0"), now=NINE_O_CLOCK)
    roll_back(session, "nhap-mon", version="1.0.0", now=NINE_O_CLOCK, by="minh")

    mended = publish_package(session, version(tmp_path / "c", "1.0.1", "Có 6."), now=NINE_O_CLOCK)

    assert find_current_version(session, "nhap-mon") == mended
