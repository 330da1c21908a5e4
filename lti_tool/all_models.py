"""Every table of the service in one metadata, for migrations and tests."""

from sqlalchemy import MetaData

import sync.models
import sync.organization.models
import sync.rollups.models
from xapi_bridge.database import Base

__all__ = ["metadata", "sync"]

metadata: MetaData = Base.metadata
