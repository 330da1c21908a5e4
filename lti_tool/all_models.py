"""Every table of the service in one metadata, for migrations and tests."""

from sqlalchemy import MetaData

import sync.organization.models
from xapi_bridge.database import Base

__all__ = ["metadata", "sync"]

metadata: MetaData = Base.metadata
