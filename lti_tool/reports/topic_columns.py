"""Areas and skills as columns: each with the modules that teach it."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from sync.reports.topics import read_topics
from sync.settings import SyncSettings
from xapi_bridge.running_app import section


def topic_columns(session: Session, word: str) -> Mapping[str, Collection[str]]:
    """Areas (`linh-vuc`) or skills (`ky-nang`) with their modules; those without modules are left out."""
    topics = read_topics(session, iri_base=section(SyncSettings).iri_base)
    chosen = topics.of("area" if word == "linh-vuc" else "skill")
    return {topic: iris for topic, iris in chosen.items() if iris}
