"""Every table of the service in one metadata, for migrations and tests."""

from sqlalchemy import MetaData

import sync.models
import sync.organization.models
import sync.rollups.models
import xapi_bridge.store.models
from xapi_bridge.database import Base

__all__ = ["metadata", "sync", "xapi_bridge"]

metadata: MetaData = Base.metadata
