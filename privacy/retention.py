"""How long personal data is kept, as rules that say themselves in words and find what is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.strategies import Strategy


@dataclass(frozen=True)
class WhileAccountExists:
    """Until the person removes it or is erased; no day of the calendar ends it."""

    @property
    def words(self):
        return _("while the account exists, or until you remove it")

    def over(self, rows, now):
        return rows.none()


@dataclass(frozen=True)
class AsProof:
    """For ever, without anything that says who: somebody may have to prove what happened."""

    words: Promise

    def over(self, rows, now):
        return rows.none()


@dataclass(frozen=True)
class Until:
    """Until the moment that stands in the row."""

    moment: str
    words: Promise

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

    def over(self, rows, now):
        return rows.filter(**{f"{self.since}__lte": now - timedelta(days=self.days)})


@dataclass(frozen=True)
class ByRule:
    """By a rule of the app, which its tasks carry out: `rule(rows, now)` finds what is over."""

    words: Promise
    rule: Callable[[QuerySet, datetime], QuerySet]

    def over(self, rows, now):
        return self.rule(rows, now)


Kept = WhileAccountExists | AsProof | Until | After | ByRule
