"""What a version number promises, and which one a change needs (pure)."""

from content_packages.authoring.differences import Weight


def numbers_of(version: str) -> tuple[int, int, int]:
    """MAJOR, MINOR and PATCH of `1.2.3`."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def weight_between(one: str, other: str) -> Weight | None:
    """The heaviest part in which two version numbers differ; None when they are equal."""
    parts = zip(numbers_of(one), numbers_of(other), (Weight.MAJOR, Weight.MINOR, Weight.PATCH), strict=True)
    return next((weight for before, after, weight in parts if before != after), None)


def lowest_version(after: str, weight: Weight) -> str:
    """The lowest number that a change of this weight may have after that version."""
    major, minor, patch = numbers_of(after)
    raised = {
        Weight.MAJOR: (major + 1, 0, 0),
        Weight.MINOR: (major, minor + 1, 0),
        Weight.PATCH: (major, minor, patch + 1),
    }[weight]
    return ".".join(map(str, raised))


def is_enough(old: str, new: str, weight: Weight) -> bool:
    """Whether going from one number to the other tells learners of a change of this weight."""
    return numbers_of(new) >= numbers_of(lowest_version(old, weight))
