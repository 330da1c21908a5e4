"""Every table of the service in one metadata, for migrations and tests."""

from sqlalchemy import MetaData

import content_packages.active.models
import content_packages.assessment.models
import content_packages.experts.models
import content_packages.imports.models
import content_packages.knowledge.models
import content_packages.library.models
import content_packages.player.models
import lti_tool.admin.models
import lti_tool.deep_linking.models
import lti_tool.identity.models
import lti_tool.launch.models
import lti_tool.platforms.models
import sync.campaigns.models
import sync.exports.models
import sync.forwarding.models
import sync.intake.models
import sync.models
import sync.official_reports.models
import sync.organization.calendar_models
import sync.organization.claim_models
import sync.organization.models
import sync.organization.population_models
import sync.organization.staff_import.models
import sync.organization.unit_import.models
import sync.privacy.models
import sync.rollups.models
import sync.training_classes.models
import xapi_bridge.store.audit_models
import xapi_bridge.store.models
from xapi_bridge.database import Base

__all__ = ["content_packages", "lti_tool", "metadata", "sync", "xapi_bridge"]

metadata: MetaData = Base.metadata
