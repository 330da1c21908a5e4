"""What the player needs to know of the installation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlayerSettings:
    """Filled by `lti_tool.app.create_app`.

    Attributes:
        secret: seals tickets.
        iri_base: beginning of the activity identifiers, with a final slash.
        own_origin: scheme, host and port under which browsers see us, without a path.
    """

    secret: str
    iri_base: str
    own_origin: str
