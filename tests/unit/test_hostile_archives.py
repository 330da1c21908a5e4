"""Archives of strangers: what is refused, with its reason, and what comes through unharmed."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.archive import ArchiveLimits, ArchiveRefused, SafeArchive, open_archive
from content_packages.archive_names import colliding_names, faults_of_name, same_for_a_disk
from tests.factories.hostile_archives import FALSE_SIZE, HOSTILE, make_archive


def opened(content: bytes, **limits: int) -> SafeArchive:
    return open_archive(io.BytesIO(content), limits=ArchiveLimits(**limits), name="goi.zip")


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_with_its_reason(case):
    make, code = HOSTILE[case]

    with pytest.raises(ArchiveRefused) as refused:
        opened(make())

    assert code in {finding.code for finding in refused.value.findings}
    assert all(finding.message and finding.path for finding in refused.value.findings)


def test_a_sound_archive_gives_its_files_and_their_bytes():
    archive = opened(
        make_archive({"cmi5.xml": "<x/>", "bai/tài liệu.html": "nội dung", "bai/a.mp4": b"\x00"})
    )

    assert [one.path for one in archive.members] == ["cmi5.xml", "bai/tài liệu.html", "bai/a.mp4"]
    assert b"".join(archive.open_chunks("bai/tài liệu.html")).decode() == "nội dung"
    assert archive.members[2].media_type == "video/mp4"
    assert "bai/khac.html" not in archive


def test_an_archive_of_zip64_opens():
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", allowZip64=True) as archive,
        archive.open("a.html", "w", force_zip64=True) as entry,
    ):
        entry.write(b"x")

    assert [one.path for one in opened(buffer.getvalue()).members] == ["a.html"]


def test_every_reason_is_told_at_once():
    with pytest.raises(ArchiveRefused) as refused:
        opened(make_archive({"../x": "1", "a.exe": "2", "b.zip": "3"}))

    assert {"H01", "H07", "H08"} <= {finding.code for finding in refused.value.findings}


def test_bytes_beyond_the_size_in_the_list_never_come_out():
    with pytest.raises(ArchiveRefused):
        b"".join(opened(FALSE_SIZE()).open_chunks("a.txt"))


def test_bytes_that_were_changed_on_the_way_are_noticed():
    content = bytearray(make_archive({"a.txt": "nguyên vẹn"}, method=zipfile.ZIP_STORED))
    place = content.find("nguyên".encode())
    content[place] ^= 0xFF

    with pytest.raises(ArchiveRefused) as refused:
        b"".join(opened(bytes(content)).open_chunks("a.txt"))

    assert refused.value.findings[0].code == "H19"


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"files": 1}, "H11"), ({"file_bytes": 5}, "H12"), ({"total_bytes": 10}, "H13"), ({"depth": 1}, "H04")],
)
def test_an_installation_sets_its_own_limits(limits, code):
    with pytest.raises(ArchiveRefused) as refused:
        opened(make_archive({"a/b.html": "123456", "c.html": "7891011"}), **limits)

    assert code in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize(
    ("picture", "is_active"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>', False),
        ('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', True),
        ('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', True),
        ('<svg xmlns="http://www.w3.org/2000/svg"><a href="java\tscript:alert(1)"/></svg>', True),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', True),
        ("không phải XML", True),
    ],
)
def test_a_picture_that_could_run_something_is_noticed(picture, is_active):
    found = opened(make_archive({"hinh.svg": picture})).find_active_pictures()

    assert [finding.code for finding in found] == (["H21"] if is_active else [])


def test_what_a_file_manager_left_behind_is_passed_over_and_told():
    archive = opened(make_archive({"a.html": "x", "__MACOSX/._a.html": "y", "anh/.DS_Store": "z"}))

    assert [one.path for one in archive.members] == ["a.html"]
    assert {finding.code for finding in archive.warnings} == {"H22"}


def test_files_of_an_unknown_kind_come_in_as_downloads():
    archive = opened(make_archive({"nguon.fla": "x"}))

    assert archive.members[0].media_type == "application/octet-stream"
    assert [finding.code for finding in archive.warnings] == ["H23"]


@given(st.text(max_size=40))
def test_no_name_that_leaves_the_package_is_ever_sound(name):
    is_sound = not list(faults_of_name(name, depth=20))

    if is_sound:
        assert name
        assert not name.startswith("/")
        assert "\\" not in name
        assert not {"", ".", ".."} & set(name.removesuffix("/").split("/"))


@given(st.lists(st.text(alphabet="aAàÀa\u0300/", min_size=1, max_size=6), max_size=8))
def test_names_are_sound_together_when_no_disk_takes_two_for_one(names):
    if not colliding_names(names):
        assert len({same_for_a_disk(name) for name in names}) == len(names)
