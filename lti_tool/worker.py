"""`celery -A lti_tool.worker worker` and `… beat`: background work on machines of its own.

Raises:
    SettingsRefused: CCHC_BROKER_URL is empty; then the web process does this work itself.
"""

from lti_tool.app import create_app
from lti_tool.background import sync_settings_from
from lti_tool.logs import configure_logs
from lti_tool.settings import SettingsRefused, load_settings
from sync.tasks import celery_from

settings = load_settings()
if not settings.broker_url:
    raise SettingsRefused(
        "Workers need a broker: set CCHC_BROKER_URL (redis://… or amqp://…). "
        "Without one the web process does the background work itself."
    )
configure_logs(level=settings.log_level, log_format=settings.log_format)
celery = celery_from(create_app(settings), settings.broker_url, settings=sync_settings_from(settings))
