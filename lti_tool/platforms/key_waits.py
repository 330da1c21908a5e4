"""The waiting times of a key rotation, from the settings."""

from datetime import timedelta

from lti_tool.platforms.key_rotation import Waits
from lti_tool.settings import Settings


def key_waits_from(settings: Settings) -> Waits:
    """How long a key is published before it signs, and how long the former one stays."""
    return Waits(
        publish=timedelta(hours=settings.key_publish_hours),
        overlap=timedelta(hours=settings.key_overlap_hours),
    )
