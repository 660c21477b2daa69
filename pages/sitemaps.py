"""What search engines are told there is: an index, and files that stay small however many ads there
are. A file of ads or sellers covers a range of their numbers, so none is read but its own.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Exists, Max, OuterRef
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from listings.catalogue import current_catalogue
from listings.models import Category, Listing
from privacy.models import Version
from sellers.models import Seller

# Of numbers in a file. Each page stands there once for every language.
RANGE = 1000
AN_HOUR = 60 * 60

# A page's path in Russian, and when it changed last, if that is known.
Entry = tuple[str, datetime | None]


class Pages:
    """What is there once: pages of the portal, documents in force, categories that have ads."""

    def numbers(self):
        return [0]

    def entries(self, number) -> Iterator[Entry]:
        for name in ("pages:home", "pages:help", "pages:contact", "privacy:data"):
            yield reverse(name), None
        if Seller.objects.public().exists():
            yield reverse("sellers:index"), None
        versions = Version.objects.effective().order_by("document", "-number")
        for version in versions.distinct("document").select_related("document"):
            yield version.document.get_absolute_url(), version.effective_at
        yield from self.categories()

    def categories(self):
        catalogue = current_catalogue()
        ads = Listing.objects.live().filter(category=OuterRef("pk"))
        with_ads = Category.objects.filter(Exists(ads)).order_by()
        shown = {pk for one in with_ads for pk in (*one.ancestors, one.pk)}
        if shown:
            yield reverse("listings:index"), None
        for category in catalogue.categories.values():
            if category.pk in shown and catalogue.is_open(category):
                yield category.get_absolute_url(), None


class Rows:
    """Rows with pages of their own, by ranges of their numbers."""

    def __init__(self, shown, changed: str, columns: Iterable[str]):
        self.shown, self.changed, self.columns = shown, changed, columns

    def numbers(self) -> list[int]:
        """Of the ranges in which there is something to show."""
        shown = self.shown().order_by()
        last = shown.model.objects.aggregate(Max("pk"))["pk__max"]
        if last is None:
            return []
        # The first one found in a range decides: nothing is counted.
        query, values = shown.values("pk").query.sql_with_params()
        table = connection.ops.quote_name(shown.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT n FROM generate_series(0, %s) n WHERE EXISTS ({query}"  # noqa: S608 compiled by Django
                f" AND {table}.id >= n * %s AND {table}.id < (n + 1) * %s)",
                [last // RANGE, *values, RANGE, RANGE],
            )
            return [number for (number,) in cursor]

    def entries(self, number) -> Iterator[Entry]:
        rows = self.shown().filter(pk__gte=number * RANGE, pk__lt=(number + 1) * RANGE)
        for row in rows.select_related(None).only(*self.columns, self.changed).order_by("pk"):
            yield row.get_absolute_url(), getattr(row, self.changed)


FILES = {
    "pages": Pages(),
    "sellers": Rows(Seller.objects.public, "changed_at", ["slug"]),
    "ads": Rows(Listing.objects.live, "touched_at", ["title"]),
}


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def index(request):
    files = [(name, number) for name, rows in FILES.items() for number in rows.numbers()]
    return answer(request, "pages/sitemap_index.xml", {"files": files})


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def part(request, name, number):
    rows = FILES.get(name)
    with translation.override(settings.LANGUAGE_CODE):
        # Beyond what a number of a row can be there is nothing.
        entries = list(rows.entries(number)) if rows and number < 2**50 else []
    if not entries or (name == "pages" and number):
        raise Http404
    start = len(f"/{settings.LANGUAGE_CODE}")
    pages = [(path[start:], changed) for path, changed in entries]
    languages = [code for code, _name in settings.LANGUAGES]
    facts = {"pages": pages, "languages": languages, "usual": settings.LANGUAGE_CODE}
    return answer(request, "pages/sitemap.xml", facts)


def answer(request, template, facts):
    return render(request, template, facts, content_type="application/xml; charset=utf-8")
