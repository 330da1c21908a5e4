"""On whose word learning counts.

Any key that may write can record statements about our modules. Only this installation itself and the sources
that an operator trusts make people "completed", and only their results reach gradebooks; everything else is
kept, served and counted as nothing.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.intake.models import IntakeSource
from xapi_bridge.vocabulary.cchc import source_authority, tool_authority


def counting_authorities(session: Session, *, iri_base: str) -> frozenset[tuple[str, str]]:
    """Home page and name of the accounts whose statements count.

    Args:
        iri_base: beginning of our own IRIs, home page of the accounts that vouch.
    """
    trusted = session.scalars(select(IntakeSource.name).where(IntakeSource.trusted.is_(True)))
    accounts = [tool_authority(iri_base), *(source_authority(iri_base, name) for name in trusted)]
    return frozenset((account.home_page, account.name) for account in accounts)
