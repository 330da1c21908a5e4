"""What happens to learners when another version becomes current (pure).

PATCH: they move on in silence, only words changed. MINOR: they keep what they began and are offered the
newer one. MAJOR: they finish on the version they began. Going back to an earlier version follows the same
rule, since the numbers say how much differs.
"""

from enum import Enum

from content_packages.authoring.differences import Weight
from content_packages.authoring.numbering import weight_between


class Following(Enum):
    """What a learner who began one version sees of another."""

    #: It is the same version.
    SAME = "same"
    #: The learner gets the current version without being asked.
    MOVE = "move"
    #: The learner keeps the begun version and may choose the current one.
    OFFER = "offer"
    #: The learner finishes the begun version; the current one begins anew.
    FINISH = "finish"


_BY_WEIGHT = {
    None: Following.SAME,
    Weight.PATCH: Following.MOVE,
    Weight.MINOR: Following.OFFER,
    Weight.MAJOR: Following.FINISH,
}


def following(*, begun: str, current: str) -> Following:
    """What to do for a learner who began version `begun` while `current` is what new learners get."""
    return _BY_WEIGHT[weight_between(begun, current)]
