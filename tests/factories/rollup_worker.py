"""A worker that counts until it is killed: `python -m tests.factories.rollup_worker DATABASE_URL`."""

import sys
import time

from sqlalchemy.orm import Session

from lti_tool.database import create_database_engine
from sync.followers import follow_once
from sync.rollups.follower import rollups_follower
from tests.factories.learning import IRI_BASE, NOON


def main(database_url: str) -> None:
    """Small batches, so that a kill meets one at every point."""
    engine = create_database_engine(database_url)
    follower = rollups_follower(iri_base=IRI_BASE)
    while True:
        with Session(engine) as session, session.begin():
            done = follow_once(session, follower, limit=9, now=NOON)
        if not done:
            time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1])
