"""Which family a browser belongs to, and where it shows us: enough to see which rung works where. Pure."""

from typing import Final

#: In this order: most browsers also name those that they want to be taken for.
_FAMILIES: Final = (
    ("edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("coccoc", ("coc_coc_browser",)),
    ("opera", ("OPR/",)),
    ("samsung", ("SamsungBrowser/",)),
    ("firefox", ("Firefox/", "FxiOS/")),
    ("moodle-app", ("MoodleMobile",)),
    ("chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("safari", ("Safari/", "AppleWebKit/")),
)
_MOBILE: Final = ("Mobile", "Android", "iPhone", "iPad")


def browser_family(user_agent: str) -> str:
    """For example `chrome`, `safari-mobile`; `other` when no family is known."""
    marks = user_agent[:1000]
    family = next((name for name, parts in _FAMILIES if any(part in marks for part in parts)), "other")
    return f"{family}-mobile" if any(part in marks for part in _MOBILE) else family


def place_of(fetch_destination: str) -> str:
    """`frame` or `window`, from `Sec-Fetch-Dest` (Fetch Metadata); empty when the browser does not say."""
    return {"iframe": "frame", "frame": "frame", "document": "window"}.get(fetch_destination, "")
