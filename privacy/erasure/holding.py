"""Holds: what an erasure leaves for a while, because something else needs it first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from privacy.data_map import DATA_MAP
from privacy.erasure import among  # noqa: F401 registers the lookup
from privacy.models import Hold, Subject


@dataclass(frozen=True)
class Rule:
    """Rows of one table that are held, for as long as `held` finds them."""

    name: str
    model: type[models.Model]
    fields: tuple[str, ...]
    held: Callable[[QuerySet], QuerySet]
    ground: Promise
    until: Promise
    # A lookup in the row of when it ends by the calendar, if it does.
    ends: str = ""

    @property
    def rows(self):
        return self.model._base_manager.all()


RULES: dict[str, Rule] = {}


def register_hold(rule: Rule) -> None:
    RULES[rule.name] = rule


def rules_of(model) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.model is model]


def not_held(rows: QuerySet) -> QuerySet:
    """Without those that a rule holds now."""
    for rule in rules_of(rows.model):
        rows = rows.exclude(pk__in=rule.held(rule.rows).values("pk"))
    return rows


def expected(subject: Subject) -> list[dict]:
    """What would be held if the person were erased now, each ground once, for the person."""
    people = Subject.families([subject])
    return [
        {"rule": rule, "count": count}
        for rule in RULES.values()
        if (count := rule.held(theirs(rule, people)).count())
    ]


def theirs(rule: Rule, people: Iterable[UUID]) -> QuerySet:
    return rule.rows.filter(**{f"{DATA_MAP[rule.model].subject}__pk__among": people})


def hold(jobs: dict[UUID, int], tables: set[type[models.Model]]) -> None:
    """Note what is held of these people; `jobs` names the erasure of each, `tables` what they have
    any rows of.
    """
    for rule in RULES.values():
        if rule.model not in tables:
            continue
        path = DATA_MAP[rule.model].subject
        columns = ["pk", path, *([rule.ends] if rule.ends else [])]
        found = rule.held(theirs(rule, jobs)).values_list(*columns)
        Hold.objects.bulk_create(
            [
                Hold(
                    erasure_id=jobs[person],
                    rule=rule.name,
                    row=pk,
                    fields=list(rule.fields),
                    ends_at=ends[0] if ends else None,
                )
                for pk, person, *ends in found
            ],
            ignore_conflicts=True,
        )


def ended(rule: Rule, limit: int) -> list[Hold]:
    """Holds of this rule whose row it holds no more."""
    return list(
        Hold.objects.filter(rule=rule.name, ended_at=None)
        .exclude(Q(row__in=rule.held(rule.rows).values("pk")))
        .order_by("pk")[:limit]
    )


def end(holds: list[Hold]) -> None:
    Hold.objects.filter(pk__in=[each.pk for each in holds]).update(ended_at=timezone.now())
