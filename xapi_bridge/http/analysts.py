"""How much of a statement a caller is shown: all of it as it is kept, or a veiled one."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from xapi_bridge.access_errors import PseudonymOnly
from xapi_bridge.http.callers import Caller
from xapi_bridge.http.settings import AccessSettings, LrsSettings
from xapi_bridge.running_app import section
from xapi_bridge.statement.veil import VeilPolicy, veil_statement
from xapi_bridge.store.pseudonyms import Pseudonyms, reveal_agent
from xapi_bridge.store.query import StatementQuery


@dataclass(frozen=True)
class StatementsShown:
    """What a caller sees; `pseudonyms` is None for everything as it is kept."""

    pseudonyms: Pseudonyms | None
    policy: VeilPolicy

    def show(self, payload: bytes) -> bytes:
        """The statement as the caller may see it: call it last, on the JSON that is answered."""
        pseudonyms = self.pseudonyms
        if pseudonyms is None:
            return payload
        return veil_statement(
            payload,
            pseudonym=lambda agent: (pseudonyms.home_page, pseudonyms.name_of(agent)),
            policy=self.policy,
        )

    def reveal(self, session: Session, query: StatementQuery) -> StatementQuery:
        """The query with the agent in place of the pseudonym that the caller asks for.

        Raises:
            PseudonymOnly: the caller sees pseudonyms and asks for an agent by another identifier.
        """
        if self.pseudonyms is None or query.agent is None:
            return query
        return replace(query, agent=reveal_agent(session, query.agent, pseudonyms=self.pseudonyms))

    def refuse_attachments(self) -> None:
        """Refuses to send the bodies of attachments, which nobody can veil.

        Raises:
            PseudonymOnly: the caller sees pseudonyms.
        """
        if self.pseudonyms is not None:
            raise PseudonymOnly(
                "This key gets no attachments: they cannot be pseudonymised. Ask without them."
            )


def view_for(caller: Caller) -> StatementsShown:
    """What this caller sees."""
    pseudonyms = caller.pseudonyms(section(LrsSettings)) if caller.sees_pseudonyms_only else None
    return StatementsShown(pseudonyms, section(AccessSettings).veil)
