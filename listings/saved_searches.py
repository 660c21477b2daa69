"""Searches that people come back to."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from listings.models import Category, SavedSearch

# Where one stands in the results is no part of the question.
NOT_ASKED = {"after"}
MOST_PARTS = 100


class NotASearch(Exception):
    """Nothing that the search page could have asked."""


def canonical(query: str) -> str:
    """One spelling for one question."""
    try:
        parts = parse_qsl(query, max_num_fields=MOST_PARTS, errors="strict")
    except ValueError as error:
        raise NotASearch from error
    asked = urlencode(sorted((name, value) for name, value in parts if name not in NOT_ASKED))
    if len(asked) > SavedSearch.LONGEST_QUERY or "%00" in asked:
        raise NotASearch
    return asked


def save(user: User, category: Category | None, query: str) -> tuple[SavedSearch, bool]:
    """The search, and whether it is new; raises `NotASearch` or `SavedSearch.TooMany`."""
    query = canonical(query)
    with transaction.atomic():
        # Two windows of one person do not both find the last place free.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        kept = SavedSearch.objects.filter(user=user)
        if known := kept.filter(category=category, query=query).first():
            return known, False
        if kept.count() >= SavedSearch.MOST_PER_PERSON:
            raise SavedSearch.TooMany
        name = name_of(category, query)
        return kept.create(user=user, category=category, query=query, name=name), True


def name_of(category, query):
    """What a person would call it, until they do."""
    words = " ".join(dict(parse_qsl(query)).get("q", "").split())
    parts = [part for part in (words, category and category.name) if part]
    return (", ".join(parts) or _("All ads"))[:80]
