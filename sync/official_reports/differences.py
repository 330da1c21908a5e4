"""What has become of a sent report's figures: today's count held against the frozen ledger."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.official_reports.figures import read_figures
from sync.official_reports.ledger import Difference, LedgerLine, explain, unpack_ledger
from sync.official_reports.models import ReportEdition
from sync.official_reports.people import people_elsewhere, slices
from sync.official_reports.succession import find_territory
from sync.organization.models import Appointment


def compare_with_edition(
    session: Session, edition: ReportEdition, now: Sequence[LedgerLine]
) -> tuple[Difference, ...]:
    """Every compared figure, with late, withdrawn and moved; see `ledger.explain`."""
    reported, head = unpack_ledger(edition.ledger), read_figures(edition.figures).head
    before, after = {one.person_id: one for one in reported}, {one.person_id: one for one in now}
    changed = [
        person for person in sorted(before.keys() | after.keys()) if before.get(person) != after.get(person)
    ]
    moved = _posted_since(session, changed, edition) | {
        person
        for person in changed
        if before.get(person, LedgerLine(person)).people != after.get(person, LedgerLine(person)).people
    }
    territory = find_territory(session, head.unit_id, on=head.on)
    elsewhere = people_elsewhere(session, territory, changed, first_day=head.first_day, last_day=head.on)
    return tuple(explain(reported, now, moved_people=moved, elsewhere=elsewhere))


def _posted_since(session: Session, people: Sequence[int], edition: ReportEdition) -> set[int]:
    made_at = read_figures(edition.figures).head.made_at
    found: set[int] = set()
    for piece in slices(people):
        asked = select(Appointment.person_id).where(
            Appointment.person_id.in_(piece), Appointment.recorded_at > made_at
        )
        found |= set(session.scalars(asked))
    return found
