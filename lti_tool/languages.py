"""Which language a page speaks: Vietnamese unless the reader asks for English.

Messages are written in Vietnamese in the code and the templates; `translations/en` translates them.
"""

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale

SUPPORTED = ("vi", "en")


def speak_vietnamese_first(app: Flask) -> None:
    """Installs Flask-Babel; times are shown in Viet Nam's zone."""
    app.config.update(BABEL_DEFAULT_LOCALE="vi", BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh")
    Babel(app, locale_selector=chosen_language)
    app.jinja_env.globals["get_locale"] = get_locale


def chosen_language() -> str:
    """`?lang=` first, then the cookie that the language switch sets, then Vietnamese.

    The browser's own preference is not asked: many offices run browsers installed in English.
    """
    if not has_request_context():
        # A command: its reader is an operator here.
        return "vi"
    asked = request.args.get("lang") or request.cookies.get("cchc_lang")
    return asked if asked in SUPPORTED else "vi"
