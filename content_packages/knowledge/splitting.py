"""Long texts cut into passages that say one thing each (pure).

Clauses begin at a number. Small ones are joined, long ones cut with some overlap: measured on Vietnamese law,
passages of 60 to 180 syllables find best.
"""

import re

_CLAUSE = re.compile(r"^(?=\s*\d{1,2}[.)]\s)", re.MULTILINE)
SHORTEST, LONGEST, OVERLAP = 60, 180, 20


def split_text(text: str) -> list[str]:
    """The text in passages, in order; a short text is one passage."""
    joined = _joined([clause.strip() for clause in _CLAUSE.split(text) if clause.strip()])
    return [piece for clause in joined for piece in _cut(clause)]


def _joined(clauses: list[str]) -> list[str]:
    """Neighbours put together until each has enough to stand alone."""
    done: list[str] = []
    for clause in clauses:
        if done and len(done[-1].split()) < SHORTEST:
            done[-1] = f"{done[-1]}\n{clause}"
        else:
            done.append(clause)
    if len(done) > 1 and len(done[-1].split()) < SHORTEST:
        last = done.pop()
        done[-1] = f"{done[-1]}\n{last}"
    return done


def _cut(clause: str) -> list[str]:
    places = [found.span() for found in re.finditer(r"\S+", clause)]
    if len(places) <= LONGEST + OVERLAP:
        return [clause]
    pieces = []
    for start in range(0, len(places) - OVERLAP, LONGEST - OVERLAP):
        end = min(start + LONGEST, len(places))
        pieces.append(clause[places[start][0] : places[end - 1][1]])
    return pieces
