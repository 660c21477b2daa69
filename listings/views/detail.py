from urllib.parse import quote

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import gate
from accounts.visitors import network_of
from listings.catalogue import current_catalogue
from listings.closed import closed
from listings.etags import etag_of_page, surroundings
from listings.findable import facts, picture, price_words, summary
from listings.models import DealType, Favourite, Listing
from listings.page import (
    MOST_COUNTED,
    answers_of,
    documents_of,
    listing_with_its_seller,
    marks_of,
    marks_of_shown,
    photos_and_cards,
    was_issued,
)
from listings.similar import similar_to
from listings.states import State
from listings.statistics import Kind, count, is_signed_in
from listings.units import SIGNS
from places.distance import kilometres
from places.models import Settlement
from sellers.hours import spans
from sellers.models import Member, Payment, Shipping
from ui.limits import is_within
from ui.origin import same_origin
from ui.public import gets_own, public_page, unchanged
from ui.remembered import Pages

AN_HOUR = 60 * 60
REVEALS_AN_HOUR = 10
REVEALS_OF_A_MEMBER = 50
# For so many seconds a page may lag behind what bears no version: how many ads the seller has, and
# on what terms they sell.
LAGS = 60
PAGES = Pages(4 * 1024 * 1024)


@require_safe
@public_page
def detail(request, pk, slug=""):
    if not gets_own(request) and (seen := PAGES.still_right(request, is_as_it_was)):
        if seen.kept["is_live"]:
            count(Kind.VIEW, Listing(pk=pk), request)
        return seen.response()
    around = surroundings()
    listing = listing_with_its_seller(pk)
    if listing is None:
        return gone(request, pk)
    if slug != listing.slug:
        query = request.META["QUERY_STRING"]
        address = listing.get_absolute_url()
        return redirect(f"{address}?{query}" if query else address, permanent=True)
    is_own = is_signed_in(request) and acts_for(request.user, listing)
    if listing.is_live and not is_own:
        count(Kind.VIEW, listing, request)
    near = settlement(request.GET.get("near", ""))
    similar = similar_to(listing)
    etag = etag_of_page(request.get_full_path(), [listing, *similar], *told_beside(listing))
    if answer := unchanged(request, etag):
        return answer
    response = page(request, listing, similar, near=near, is_own=is_own)
    response["ETag"] = etag
    if not gets_own(request):
        marks = around, marks_of_shown(listing, similar)
        beside = [one.pk for one in similar]
        kept = {"pk": pk, "is_live": listing.is_live, "beside": beside}
        PAGES.remember(request, response, marks, kept, seconds=LAGS)
    return response


def is_as_it_was(page):
    if not page.is_fresh:
        return False
    now = surroundings(), marks_of(page.kept["pk"], page.kept["beside"])
    return page.marks == now


@never_cache
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request, pk):
    """The page with the numbers, which stand in no page that an address alone brings."""
    listing = listing_with_its_seller(pk)
    if listing is None:
        return gone(request, pk)
    if request.method != "POST" or not listing.is_live:
        return redirect(listing)
    gate.refuse_if_banned(request)
    if is_signed_in(request):
        may_see = is_within(REVEALS_OF_A_MEMBER, AN_HOUR, f"listings:phones:{request.user.pk}")
    else:
        may_see = is_within(REVEALS_AN_HOUR, AN_HOUR, f"listings:phones:{network_of(request)}")
    is_own = is_signed_in(request) and acts_for(request.user, listing)
    if not may_see:
        similar = similar_to(listing)
        response = page(request, listing, similar, is_own=is_own, is_too_often=True, status=429)
        response["Retry-After"] = str(AN_HOUR)
        return response
    phones = listing.seller.phones.order_by("pk")
    if listing.phone_id:
        phones = phones.filter(pk=listing.phone_id)
    if not is_own:
        count(Kind.REVEAL, listing, request)
    hours = spans(list(listing.seller.working_days.all()))
    shown = {"phones": list(phones), "hours": hours}
    return page(request, listing, similar_to(listing), is_own=is_own, **shown)


def gone(request, pk):
    if Listing.objects.closed().filter(pk=pk).exists():
        return closed(request)
    if not was_issued(pk) or Listing.objects.filter(pk=pk).exists():
        raise Http404
    return render(request, "listings/gone.html", status=410)


def page(request, listing, similar, *, near=None, is_own=False, status=200, **shown):
    """The page of the ad. `shown` is what only some of its readers get to see."""
    catalogue = current_catalogue()
    category = catalogue.categories[listing.category_id]
    answers = answers_of(listing, category, catalogue)
    photos, similar = photos_and_cards(listing, similar, catalogue)
    is_indexed = listing.is_live and request.method != "POST"
    here = settings.SITE_URL + listing.get_absolute_url()
    return render(
        request,
        "listings/detail.html",
        {
            "listing": listing,
            "seller": listing.seller,
            "state": listing.state if listing.is_live else over(listing),
            "category": category,
            "usual_unit": SIGNS[category.price_unit],
            "above": catalogue.above(category),
            "answers": answers,
            "photos": photos,
            "documents": documents_of(listing),
            "similar": similar,
            "distance": near and distance(near, listing),
            "near": near,
            "shipping": [Shipping.Method(method).label for method in listing.shipping],
            "payment": [Payment.Method(method).label for method in listing.payment],
            "has_more_ads": listing.ads_of_seller > MOST_COUNTED,
            "price_words": price_words(listing),
            "summary": summary(listing),
            "picture": picture(photos),
            "facts": is_indexed and facts(listing, answers, photos, catalogue),
            "is_indexed": is_indexed,
            "can_be_ordered": listing.is_live
            and listing.deal_type != DealType.WANTED
            and not is_own,
            "can_be_called": listing.is_live and listing.has_phones and not shown,
            "is_own": is_own,
            "is_saved": is_signed_in(request)
            and Favourite.objects.filter(user=request.user, listing=listing).exists(),
            "here": here,
            "share": quote(f"{listing.title}\n{here}"),
            "share_title": quote(listing.title),
            "share_address": quote(here),
            **shown,
        },
        status=status,
    )


def over(listing):
    """What has become of it; its term may have ended a moment before the clock says so."""
    return State.EXPIRED if listing.state == State.PUBLISHED else listing.state


def acts_for(user, listing):
    return Member.objects.filter(user=user, seller=listing.seller_id).exists()


def settlement(pk):
    """Of the address, where anything may stand."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 10):
        return None
    return Settlement.objects.filter(pk=pk, is_archived=False).first()


def distance(near, listing):
    return kilometres(near, listing.settlement or listing.region)


def told_beside(listing):
    """What the page shows and no version tells: of the clock, and of rows round the seller."""
    # Without one the query leaves the name out.
    verification = getattr(listing, "verification", None)
    return (
        listing.is_live,
        listing.has_phones,
        listing.ads_of_seller,
        sorted(listing.shipping),
        sorted(listing.payment),
        verification and verification.pk,
        listing.papers,
    )
