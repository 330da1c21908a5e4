"""Every table of the service in one metadata, for migrations and tests."""

from sqlalchemy import MetaData

import content_packages.assessment.models
import content_packages.library.models
import content_packages.player.models
import lti_tool.admin.models
import lti_tool.launch.models
import lti_tool.platforms.models
import sync.models
import sync.organization.models
import sync.rollups.models
import xapi_bridge.store.models
from xapi_bridge.database import Base

__all__ = ["content_packages", "lti_tool", "metadata", "sync", "xapi_bridge"]

metadata: MetaData = Base.metadata
