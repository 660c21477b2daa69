from functools import partial
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from listings.cards import cards_of
from listings.catalogue import current_catalogue
from listings.etags import etag_of_page, surroundings
from listings.facets import chips_of, facets_of, own, parts_of, price_of, widenings_of
from listings.finding import RANKED, marks_of, search, statement_of_marks
from listings.models import Listing
from listings.query import Query, Sort, View
from ui.public import etag_of, gets_own, public_page, unchanged
from ui.remembered import Pages

# Seconds by which the numbers beside the filters may lag behind; what an ad says never does.
NUMBERS_LAG = 60
# By which it may lag behind which ads match words; with those of ui/public.py it is a quarter of a
# minute until somebody finds a new ad by them.
WORDS_LAG = 7
PAGES = Pages(4 * 1024 * 1024)


@require_safe
@public_page
def index(request, slug=None):
    catalogue = current_catalogue()
    category = catalogue.by_slug.get(slug)
    if slug is not None and category is None:
        raise Http404
    above = catalogue.above(category) if category else []
    if category and not catalogue.is_open(category):
        # Archived: what is left of its part of the catalogue stands further up.
        parents = [one for one in above if catalogue.is_open(one)]
        return redirect(parents[-1] if parents else "listings:index")
    may_be_remembered, anew = not gets_own(request), []
    is_right = partial(is_as_it_was, anew=anew)
    if may_be_remembered and (page := PAGES.still_right(request, is_right)):
        return page.response()
    # Read before all that is shown: what changes meanwhile is seen at once.
    around = surroundings()
    query = Query.from_request(request.GET, category)
    found = anew[0] if anew else search(query, own(query))
    listings = Listing.objects.in_this_order(found.keys)
    etag = etag_of_page(request.get_full_path(), listings, *told_by(found))
    # Where nothing is found the page tells of other searches.
    if found.all.total and (answer := unchanged(request, etag)):
        return answer
    cards = cards_of(listings)
    questions = catalogue.facts_of(category) if category else []
    response = render(
        request,
        "listings/index.html",
        {
            "query": query,
            "found": found,
            "cards": cards,
            "table": [(card, card.of(questions)) for card in cards],
            "questions": questions,
            "following": query.at(found.following) if found.following else "",
            "category": category,
            "above": above,
            "parts": parts_of(query, found),
            "facets": facets_of(query, found),
            "kept": [one for one in query.parameters if one[0] in query.elsewhere],
            "chips": chips_of(query),
            "sorts": sorts_of(query),
            "views": [(view, query.seen_as(view).url) for view in View],
            "widenings": [] if found.all.total else widenings_of(query),
            "neighbours": [] if found.all.total else neighbours_of(category, above),
            "price": price_of(query),
            "wider": query.within(above[-1] if above else None),
            "by_date": by_date_of(query, found),
            "feed": feed_of(query),
            # The field of the header repeats the words.
            "searched": query.q,
        },
    )
    # By htmx it is the form that asks, with whatever is empty in it.
    response["HX-Push-Url"] = query.at(query.after) if query.after else query.url
    if found.all.total:
        response["ETag"] = etag
    if may_be_remembered:
        remember(request, response, query, found, listings, around)
    return response


def told_by(found):
    """What the page says beside its ads. Where the following one begins is told by its first ad:
    of the best matches its address also says when they were looked for.
    """
    numbers = [(name, n.total, sorted(n.number.items())) for name, n in found.numbers.items()]
    return sorted(numbers), found.next_key, found.repaired, found.is_partial


def print_of(found):
    """The same for the same; the numbers themselves would fill the memory."""
    return etag_of(repr((found.keys, told_by(found))).encode())


def remember(request, response, query, found, listings, around):
    # What took too long once is not asked for every second.
    if found.is_partial or not listings or len(listings) != len(found.keys):
        return
    versions = [(one.pk, one.version, one.seller.changed_at) for one in listings]
    seen = (sorted(versions), None) if query.q else (versions, found.next_key)
    kept = query, print_of(found), statement_of_marks(query, found.keys)
    PAGES.remember(request, response, (around, seen), kept, seconds=lag_of(query))


def is_as_it_was(page, anew):
    """`anew` takes what is found now, if that is something else."""
    query, found_before, statement = page.kept
    if page.marks != (surroundings(), marks_of(statement)):
        return False
    if not page.is_fresh:
        found = search(query, own(query))
        if print_of(found) != found_before:
            anew.append(found)
            return False
        PAGES.hold(page, lag_of(query))
    return True


def lag_of(query):
    return WORDS_LAG if query.q else NUMBERS_LAG


def feed_of(query):
    slug = [("category", query.category.slug)] if query.category else []
    return urlencode([*slug, *query.newest_first().parameters])


def by_date_of(query, found):
    """Where the ads stand that were too many to be ranked."""
    is_end = query.order == Sort.RELEVANCE and not found.following
    return query.newest_first().url if is_end and found.all.total > RANKED else ""


def sorts_of(query):
    return [
        sort
        for sort in Sort
        if (sort != Sort.NEAREST or query.near) and (sort != Sort.RELEVANCE or query.q)
    ]


def neighbours_of(category, above):
    """Parts of the catalogue near one without ads."""
    catalogue = current_catalogue()
    shown_under = above[-1] if above and not catalogue.children_of(category) else category
    return [(part, catalogue.children_of(part)) for part in catalogue.children_of(shown_under)]
