"""How long personal data is kept, as rules that say themselves in words and find what is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.strategies import Strategy


class NoDay:
    """No day of the calendar ends it."""

    moment_in_row = ""

    def ends(self, row) -> None:
        return None


@dataclass(frozen=True)
class WhileAccountExists(NoDay):
    """Until the person removes it or is erased."""

    @property
    def words(self):
        return _("while the account exists, or until you remove it")

    def over(self, rows, now):
        return rows.none()


@dataclass(frozen=True)
class AsProof(NoDay):
    """For ever, without anything that says who: somebody may have to prove what happened."""

    words: Promise

    def over(self, rows, now):
        return rows.none()


@dataclass(frozen=True)
class Until:
    """Until the moment that stands in the row."""

    moment: str
    words: Promise

    @property
    def moment_in_row(self):
        return self.moment

    def ends(self, row) -> datetime | None:
        return moment_of(row, self.moment)

    def over(self, rows, now):
        return rows.filter(**{f"{self.moment}__lte": now})


@dataclass(frozen=True)
class After:
    """A number of days after the moment in the row. `sentence` is an ngettext_lazy over `days`.

    Then the value is erased as its field says, or shortened by `then`.
    """

    since: str
    days: int
    sentence: Promise
    then: Strategy | None = None

    @property
    def words(self):
        return self.sentence % {"days": self.days}

    @property
    def moment_in_row(self):
        return self.since

    def ends(self, row) -> datetime | None:
        """None while what it counts from has not happened."""
        since = moment_of(row, self.since)
        return since and since + timedelta(days=self.days)

    def over(self, rows, now):
        return rows.filter(**{f"{self.since}__lte": now - timedelta(days=self.days)})


@dataclass(frozen=True)
class ByRule(NoDay):
    """By a rule of the app, which its tasks carry out: `rule(rows, now)` finds what is over."""

    words: Promise
    rule: Callable[[QuerySet, datetime], QuerySet]

    def over(self, rows, now):
        return self.rule(rows, now)


def moment_of(row, path):
    return reduce(getattr, path.split("__"), row)


Kept = WhileAccountExists | AsProof | Until | After | ByRule
