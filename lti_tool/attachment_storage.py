"""Where attachments and the files of imported courses are kept, and how large they may be."""

from dataclasses import replace

from lti_tool.settings import Settings
from xapi_bridge.errors import AttachmentStorageRefused
from xapi_bridge.http.settings import AttachmentLimits
from xapi_bridge.store.blobs import Blobs, FolderBlobs

_MEGABYTE = 1024 * 1024


def attachment_limits_from(settings: Settings) -> AttachmentLimits:
    """The part of the settings that the xAPI door needs."""
    return AttachmentLimits(
        request_bytes=settings.attachments_request_max_megabytes * _MEGABYTE,
        attachment_bytes=settings.attachment_max_megabytes * _MEGABYTE,
        attachments=settings.attachments_per_request,
    )


def open_blobs(settings: Settings) -> Blobs:
    """The storage of attachments that the settings name; nothing is read or written yet.

    Raises:
        AttachmentStorageRefused: the address has another form, or the extra `s3` is not installed.
    """
    return _open(settings, "attachments", below="")


def open_package_blobs(settings: Settings) -> Blobs:
    """The storage of imported courses: beside the attachments, never among them.

    `cchc attachments sweep` removes what no statement names, so the two must not share a place.

    Raises:
        AttachmentStorageRefused: as `open_blobs`.
    """
    return _open(settings, "packages", below="packages")


def _open(settings: Settings, folder: str, *, below: str) -> Blobs:
    if not settings.attachments_url:
        return FolderBlobs(settings.data_dir.resolve() / folder)
    try:
        # boto3 is large and slow to import; only installations with a bucket need it (extra `s3`).
        from xapi_bridge.s3_blobs import S3Blobs, bucket_from_url
    except ModuleNotFoundError as missing:
        raise AttachmentStorageRefused(
            "CCHC_ATTACHMENTS_URL needs boto3: install cchc-training with the extra s3."
        ) from missing
    bucket = bucket_from_url(
        settings.attachments_url,
        key_id=settings.attachments_key_id,
        secret=settings.attachments_secret.get_secret_value(),
        timeout_seconds=settings.outgoing_timeout_seconds,
    )
    prefix = "/".join(filter(None, (bucket.prefix, below)))
    return S3Blobs(replace(bucket, prefix=prefix))
