"""Structured logs: readable on a terminal, JSON otherwise; never a name, a token or an e-mail address."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

REDACTED = "[redacted]"
#: Field names that may hold personal data or secrets; their values never reach a log.
_PRIVATE_FIELDS = re.compile(
    r"(^|_)(name|full_name|given_name|family_name|email|mail|phone|token|id_token|assertion|secret|password|"
    r"authorization|cookie|ticket|jwt|login_hint|staff_code)$"
)
#: Field names that match the pattern above and yet are ours to show.
_PUBLIC_FIELDS = frozenset({"logger_name", "follower_name", "file_name", "event_name"})
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
#: The ticket in an address of the player, also inside a referrer: a capability, with a name in it. And the
#: choice of a teacher in an address of the picker.
_TICKET = re.compile(r"(?<=/hoc/)[\w.~%-]{40,}|(?<=/chon/)[0-9a-f]{32}")
#: `login_hint` and `lti_message_hint` in the address of a login by GET: who the learner is.
_HINT = re.compile(r"(?<=_hint=)[^&\s\"']+")
#: The invitation in the address of a registration: whoever holds it may register an LMS.
_INVITATION = re.compile(r"(?<=/lti/register/)[\w-]{20,}")
#: What the LMS gave to one registration, as it stands in that address.
_REGISTRATION_TOKEN = re.compile(r"(?<=registration_token=)[^&\s\"']+")
#: Loggers that bring handlers of their own; their lines would pass by our format and our redaction.
_LOGGERS_WITH_HANDLERS = ("gunicorn.access", "gunicorn.error")
#: Libraries that tell of every round and every step; what matters of it, our own events say.
_CHATTY_LOGGERS = ("alembic", "celery.app.trace", "celery.beat", "celery.worker.strategy")
_CREDENTIALS = re.compile(r"(?i)\b(basic|bearer)\s+[\w+/=.~-]{8,}")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that removes private fields and private-looking text from every value."""
    for field, value in event.items():
        event[field] = _redacted(field, value)
    return event


def _redacted(field: str, value: Any) -> Any:
    if _PRIVATE_FIELDS.search(field) and field not in _PUBLIC_FIELDS:
        return REDACTED
    if isinstance(value, str):
        for private in (_TICKET, _INVITATION, _REGISTRATION_TOKEN, _HINT, _EMAIL, _JWT, _CREDENTIALS):
            value = private.sub(REDACTED, value)
        return value
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), part) for inner, part in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(field, part) for part in value]
    return value


def configure_logs(*, level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Sends our events and those of libraries through the same processors, to standard error or `stream`."""
    out = stream or sys.stderr
    as_json = log_format == "json" or (log_format == "auto" and not out.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared[:3], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _take_over_libraries(is_debugging=level == "debug")


def _take_over_libraries(*, is_debugging: bool) -> None:
    for name in _LOGGERS_WITH_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _CHATTY_LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET if is_debugging else logging.WARNING)
