"""A line of the books: what was counted, and what should be there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    count: int
    # None: it may be any.
    expected: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    @property
    def wrong(self) -> str:
        """What should be there instead."""
        if self.expected is not None and self.count != self.expected:
            return f"{self.expected} expected"
        if self.at_least is not None and self.count < self.at_least:
            return f"at least {self.at_least} expected"
        if self.at_most is not None and self.count > self.at_most:
            return f"at most {self.at_most} expected"
        return ""
