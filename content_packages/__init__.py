"""What is learned: packages, lessons, questions, attempts, player."""

from pathlib import Path
from typing import Final

#: Source of the curriculum that comes with the service.
SHIPPED_CURRICULUM: Final = Path(__file__).parent / "cchc"
