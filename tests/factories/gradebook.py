"""A gradebook that remembers what it was sent and fails as a test wants it to."""

from sync.ports import FoundLineItem, HeldResult, LineItemScore, WantedLineItem


class FakeGradebook:
    """Fills the port `Gradebook`. `troubles` are raised one by one; then every score is taken.

    Attributes:
        held: what the gradebook shows: column and learner -> share; a score that is taken goes there.
        items: columns by link and purpose; a test may put some there.
        reading: raised by every reading of results, when set.
    """

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.posted: list[LineItemScore] = []
        self.held: dict[tuple[str, str], float | None] = {}
        self.items: dict[tuple[str, str], FoundLineItem] = {}
        self.made: list[WantedLineItem] = []
        self.renamed: list[tuple[str, str]] = []
        self.reading: Exception | None = None

    def post_score(self, score: LineItemScore) -> None:
        self.posted.append(score)
        if self.troubles:
            raise self.troubles.pop(0)
        self.held[score.line_item_url, score.lms_user_id] = score.score_given / score.score_maximum

    def read_result(self, platform_registration_id, line_item_url, lms_user_id) -> HeldResult | None:
        if self.reading:
            raise self.reading
        if (line_item_url, lms_user_id) not in self.held:
            return None
        return HeldResult(lms_user_id, self.held[line_item_url, lms_user_id])

    def read_results(self, platform_registration_id, line_item_url) -> list[HeldResult]:
        if self.reading:
            raise self.reading
        return [HeldResult(user, share) for (url, user), share in self.held.items() if url == line_item_url]

    def find_line_item(self, wanted: WantedLineItem) -> FoundLineItem | None:
        return self.items.get((wanted.resource_link_id, wanted.purpose))

    def create_line_item(self, wanted: WantedLineItem) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        self.made.append(wanted)
        url = f"https://lms.example/made/{len(self.made)}"
        self.items[wanted.resource_link_id, wanted.purpose] = FoundLineItem(url, is_ours=True)
        return url

    def rename_line_item(self, platform_registration_id, line_item_url, label) -> None:
        self.renamed.append((line_item_url, label))

    @property
    def points(self) -> list[float]:
        return [score.score_given for score in self.posted]
