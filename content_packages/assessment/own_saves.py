"""Which of two saves of one page is newer (pure).

A page names all its saves of one question alike and counts them: `<name>-<number>`. So a page never meets
its own earlier save as if somebody else had made it, even when the reply to that got lost on the way.
"""

from collections.abc import Collection


def replaces(client_id: str | None, after: Collection[str], *, kept: str | None) -> bool:
    """Whether a save may replace the kept one although it does not know its number.

    Args:
        client_id: of the save that comes; None from a form without scripts.
        after: ids of saves of earlier pages of that browser, which the new one replaces.
        kept: id of the save that the server has.
    """
    if client_id is None or kept is None:
        return False
    name, number = _parts(kept)
    own = [_parts(client_id), *((before, last + 1) for before, last in map(_parts, after))]
    return number > 0 and any(name == mine and number < newer for mine, newer in own)


def _parts(client_id: str) -> tuple[str, int]:
    """Name and number; 0 where the id counts nothing."""
    name, dash, number = client_id.rpartition("-")
    return (name, int(number)) if dash and number.isascii() and number.isdigit() else (client_id, 0)
