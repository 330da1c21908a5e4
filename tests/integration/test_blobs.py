"""Both storages of bytes, a folder and a bucket, keep the same promises."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.attachment_storage import open_blobs
from lti_tool.settings import load_settings
from tests.conftest import OBJECT_STORAGE_KEY_ID, OBJECT_STORAGE_SECRET
from tests.factories.attachments import ESSAY, sha2_of
from xapi_bridge.errors import AttachmentLost, AttachmentStorageRefused, AttachmentStorageUnavailable
from xapi_bridge.s3_blobs import Bucket, S3Blobs, bucket_from_url
from xapi_bridge.store.blobs import CHUNK_BYTES, Blobs, FolderBlobs, spooled, sweep_spool

KEYS = {"key_id": OBJECT_STORAGE_KEY_ID, "secret": OBJECT_STORAGE_SECRET}
SHA2 = sha2_of(ESSAY)


@pytest.fixture(params=["folder", "bucket", "bucket with prefix"])
def blobs(request, tmp_path) -> Blobs:
    """An empty storage of each kind in turn."""
    if request.param == "folder":
        return FolderBlobs(tmp_path / "attachments")
    address = request.getfixturevalue("object_storage")
    prefix = "" if request.param == "bucket" else f"lrs/{tmp_path.name}"
    made = S3Blobs(bucket_from_url(f"s3://cchc/{prefix}?endpoint={address}&region=us-east-1", **KEYS))
    for sha2 in list(made.list_kept()):
        made.discard(sha2)
    return made


def keep(blobs: Blobs, body: bytes, *, under: str | None = None) -> str:
    """Keeps the bytes as a request does."""
    sha2 = under or sha2_of(body)
    with spooled(blobs) as folder:
        file = folder / "1"
        file.write_bytes(body)
        blobs.keep(sha2, file)
    return sha2


@pytest.mark.parametrize("body", [b"", ESSAY, os.urandom(3 * CHUNK_BYTES + 1)], ids=["empty", "text", "long"])
def test_what_is_kept_comes_back_byte_for_byte(blobs, body):
    sha2 = keep(blobs, body)

    assert b"".join(blobs.read(sha2)) == body
    assert blobs.size_of(sha2) == len(body)


def test_long_bytes_are_read_in_pieces(blobs):
    sha2 = keep(blobs, b"x" * (3 * CHUNK_BYTES))

    assert max(map(len, blobs.read(sha2))) <= CHUNK_BYTES


def test_the_longest_hash_is_a_name_as_well(blobs):
    sha2 = keep(blobs, ESSAY, under=sha2_of(ESSAY, algorithm="sha512"))

    assert list(blobs.list_kept()) == [sha2]
    assert b"".join(blobs.read(sha2)) == ESSAY


def test_keeping_again_repairs(blobs):
    keep(blobs, b"broken", under=SHA2)

    keep(blobs, ESSAY)

    assert b"".join(blobs.read(SHA2)) == ESSAY


def test_what_is_not_there_is_lost_when_it_is_read(blobs):
    assert blobs.size_of(SHA2) is None
    with pytest.raises(AttachmentLost, match=SHA2):
        list(blobs.read(SHA2))


def test_what_is_discarded_is_gone_and_may_be_discarded_again(blobs):
    keep(blobs, ESSAY)

    blobs.discard(SHA2)
    blobs.discard(SHA2)

    assert blobs.size_of(SHA2) is None


def test_the_list_names_everything_that_is_kept_and_nothing_else(blobs):
    kept = sorted([keep(blobs, b"a"), keep(blobs, b"b"), keep(blobs, ESSAY)])

    assert sorted(blobs.list_kept()) == kept


def test_an_empty_storage_lists_nothing(blobs):
    assert list(blobs.list_kept()) == []


def test_a_request_that_fails_leaves_no_spooled_file(blobs):
    def fail() -> None:
        with spooled(blobs) as folder:
            (folder / "1").write_bytes(ESSAY)
            raise RuntimeError("refused later")

    with pytest.raises(RuntimeError):
        fail()

    assert list(blobs.spool.iterdir()) == []


def test_what_killed_processes_left_is_swept_and_running_requests_are_not(tmp_path):
    old, young = tmp_path / "old", tmp_path / "young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "1").write_bytes(ESSAY)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    os.utime(old, (long_ago, long_ago))

    swept = sweep_spool(tmp_path, before=datetime.now(UTC) - timedelta(days=1))

    assert swept == 1
    assert [one.name for one in tmp_path.iterdir()] == ["young"]
    assert sweep_spool(tmp_path / "never-made", before=datetime.now(UTC)) == 0


def test_only_the_owner_may_read_the_folder(tmp_path):
    blobs = FolderBlobs(tmp_path / "attachments")

    keep(blobs, ESSAY)

    modes = {oct(one.stat().st_mode & 0o077) for one in tmp_path.rglob("*")}
    assert modes == {"0o0"}


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path):
    (tmp_path / "attachments").write_text("a file where the folder should be")

    with pytest.raises(AttachmentStorageUnavailable, match=r"EEXIST|ENOTDIR"):
        keep(FolderBlobs(tmp_path / "attachments"), ESSAY)


def test_a_storage_that_does_not_answer_is_unavailable_and_tells_no_key(tmp_path):
    blobs = S3Blobs(
        Bucket("cchc", endpoint="http://127.0.0.1:9", region="us-east-1", timeout_seconds=0.2, **KEYS)
    )
    file = tmp_path / "1"
    file.write_bytes(ESSAY)

    for use in (
        lambda: blobs.keep(SHA2, file),
        lambda: blobs.size_of(SHA2),
        lambda: list(blobs.read(SHA2)),
        lambda: blobs.discard(SHA2),
        lambda: list(blobs.list_kept()),
    ):
        with pytest.raises(AttachmentStorageUnavailable) as refused:
            use()
        assert KEYS["secret"] not in str(refused.value)
    assert KEYS["secret"] not in repr(blobs._bucket)


def test_a_bucket_that_does_not_exist_is_unavailable_and_not_empty(object_storage):
    blobs = S3Blobs(Bucket("khac", endpoint=object_storage, region="us-east-1", **KEYS))

    with pytest.raises(AttachmentStorageUnavailable):
        list(blobs.list_kept())


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("s3://cchc", Bucket("cchc")),
        ("s3://cchc/", Bucket("cchc")),
        ("s3://cchc/lrs/a/", Bucket("cchc", prefix="lrs/a")),
        (
            "s3://cchc/lrs?endpoint=https://s3.example.vn:9000&region=hn",
            Bucket("cchc", prefix="lrs", endpoint="https://s3.example.vn:9000", region="hn"),
        ),
    ],
)
def test_an_address_names_a_bucket(url, bucket):
    assert bucket_from_url(url) == bucket


@pytest.mark.parametrize(
    "url", ["cchc", "https://cchc", "s3://", "s3:///lrs", "s3://khoa:bi-mat@cchc", "s3://cchc?endpiont=x"]
)
def test_another_address_is_refused_without_repeating_it(url):
    with pytest.raises(AttachmentStorageRefused) as refused:
        bucket_from_url(url)

    assert "bi-mat" not in str(refused.value)


def test_the_settings_choose_the_storage(tmp_path, object_storage):
    folder = open_blobs(load_settings({"CCHC_DATA_DIR": str(tmp_path)}))
    bucket = open_blobs(
        load_settings(
            {
                "CCHC_ATTACHMENTS_URL": f"s3://cchc/chosen?endpoint={object_storage}&region=us-east-1",
                "CCHC_ATTACHMENTS_KEY_ID": KEYS["key_id"],
                "CCHC_ATTACHMENTS_SECRET": KEYS["secret"],
            }
        )
    )

    keep(folder, ESSAY)
    keep(bucket, ESSAY)

    assert (tmp_path / "attachments" / SHA2[:2] / SHA2[2:4] / SHA2).read_bytes() == ESSAY
    assert b"".join(bucket.read(SHA2)) == ESSAY


def test_an_endpoint_that_is_no_address_is_refused():
    settings = load_settings({"CCHC_ATTACHMENTS_URL": "s3://cchc?endpoint=nowhere&region=us-east-1"})

    with pytest.raises(AttachmentStorageRefused, match="cannot be used"):
        open_blobs(settings)


_WITHOUT_BOTO3 = """
import sys
sys.modules["boto3"] = None
from lti_tool.attachment_storage import open_blobs
from lti_tool.settings import load_settings
from xapi_bridge.errors import AttachmentStorageRefused
open_blobs(load_settings({}))
try:
    open_blobs(load_settings({"CCHC_ATTACHMENTS_URL": "s3://cchc"}))
except AttachmentStorageRefused as refused:
    print(refused)
"""


def test_only_a_bucket_needs_the_extra_and_its_absence_is_explained():
    answer = subprocess.run(
        [sys.executable, "-c", _WITHOUT_BOTO3], capture_output=True, text=True, check=True, env={}
    )

    assert "with the extra s3" in answer.stdout
