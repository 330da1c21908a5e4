"""`gunicorn lti_tool.wsgi:app`: the service, and its background thread when there is no broker.

gunicorn imports this in each worker, after the fork. Do not use --preload: the thread would stay behind in
the parent process.
"""

import atexit
import gc

from lti_tool.app import create_app
from lti_tool.background import start_background
from lti_tool.database_schema import require_current_schema_where_it_answers
from lti_tool.logs import configure_logs
from lti_tool.settings import load_settings
from xapi_bridge.running_app import running_app

settings = load_settings()
configure_logs(level=settings.log_level, log_format=settings.log_format)
app = create_app(settings)
with app.app_context():
    require_current_schema_where_it_answers(running_app().engine)

background = start_background(app, settings)
if background is not None:
    atexit.register(background.stop)

# What was loaded so far stays as long as the process: the collector need not look through it again.
gc.collect()
gc.freeze()
