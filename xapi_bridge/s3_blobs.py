"""Bytes of attachments in an S3-compatible bucket. Imported only where one is configured (extra `s3`)."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
from boto3.exceptions import S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from xapi_bridge.errors import AttachmentStorageRefused, AttachmentStorageUnavailable
from xapi_bridge.store.blobs import CHUNK_BYTES, address_of, is_sha2, lost

_PARAMETERS = frozenset({"endpoint", "region"})


@dataclass(frozen=True)
class Bucket:
    """Where in the object storage the bytes are.

    Attributes:
        prefix: begins every key; empty or without a slash at its end.
        endpoint: address of the storage, None for AWS itself.
        key_id, secret: None leaves it to what boto3 finds in its environment.
    """

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    timeout_seconds: float = 10.0


def bucket_from_url(url: str, *, key_id: str = "", secret: str = "", timeout_seconds: float = 10.0) -> Bucket:
    """The bucket that `s3://bucket/prefix?endpoint=https://…&region=…` names.

    Raises:
        AttachmentStorageRefused: another form.
    """
    parts = urlsplit(url)
    parameters = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or set(parameters) - _PARAMETERS:
        raise AttachmentStorageRefused(
            "CCHC_ATTACHMENTS_URL is empty or s3://bucket/prefix?endpoint=https://…&region=…, without keys."
        )
    return Bucket(
        name=parts.netloc,
        prefix=parts.path.strip("/"),
        endpoint=parameters.get("endpoint"),
        region=parameters.get("region"),
        key_id=key_id or None,
        secret=secret or None,
        timeout_seconds=timeout_seconds,
    )


class S3Blobs:
    """Bytes as objects of a bucket. An object appears when all of it has arrived: S3 promises that."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._client = _connect(bucket)

    @property
    def spool(self) -> Path:
        return Path(tempfile.gettempdir()) / "cchc-attachments"

    def keep(self, sha2: str, body: Path) -> None:
        with _storage_answers():
            self._client.upload_file(str(body), self._bucket.name, self._key(sha2))

    def size_of(self, sha2: str) -> int | None:
        with _storage_answers():
            try:
                found = self._client.head_object(Bucket=self._bucket.name, Key=self._key(sha2))
            except ClientError as refused:
                if _is_absence(refused):
                    return None
                raise
            return int(found["ContentLength"])

    def read(self, sha2: str, *, start: int = 0) -> Iterator[bytes]:
        part = {"Range": f"bytes={start}-"} if start else {}
        with _storage_answers():
            try:
                found = self._client.get_object(Bucket=self._bucket.name, Key=self._key(sha2), **part)
            except ClientError as refused:
                if _is_absence(refused):
                    raise lost(sha2) from refused
                raise
            with closing(found["Body"]) as body:
                yield from body.iter_chunks(CHUNK_BYTES)

    def discard(self, sha2: str) -> None:
        with _storage_answers():
            self._client.delete_object(Bucket=self._bucket.name, Key=self._key(sha2))

    def list_kept(self) -> Iterator[str]:
        prefix = f"{self._bucket.prefix}/" if self._bucket.prefix else ""
        with _storage_answers():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.name, Prefix=prefix
            )
            for page in pages:
                for key in (one["Key"] for one in page.get("Contents", ())):
                    name = key.rpartition("/")[2]
                    # The bucket may hold other things, also those of another installation.
                    if is_sha2(name) and key == self._key(name):
                        yield name

    def _key(self, sha2: str) -> str:
        return f"{self._bucket.prefix}/{address_of(sha2)}".lstrip("/")


def _connect(bucket: Bucket) -> Any:
    waiting = Config(
        connect_timeout=bucket.timeout_seconds,
        read_timeout=bucket.timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    try:
        return boto3.client(
            "s3",
            endpoint_url=bucket.endpoint,
            region_name=bucket.region,
            aws_access_key_id=bucket.key_id,
            aws_secret_access_key=bucket.secret,
            config=waiting,
        )
    except (BotoCoreError, ValueError) as refused:
        raise AttachmentStorageRefused(
            f"CCHC_ATTACHMENTS_URL names a storage that cannot be used: {type(refused).__name__}."
        ) from refused


@contextmanager
def _storage_answers() -> Iterator[None]:
    """Turns what the client of the storage says into a refusal; its own words could hold keys."""
    try:
        yield
    except (BotoCoreError, ClientError, S3UploadFailedError) as failed:
        raise AttachmentStorageUnavailable(
            f"The attachment storage does not answer as it should ({type(failed).__name__}). Try again "
            "later; of a request to record, nothing was stored."
        ) from failed


def _is_absence(refused: ClientError) -> bool:
    return refused.response.get("Error", {}).get("Code") in {"404", "NoSuchKey", "NotFound"}
