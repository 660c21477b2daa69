from hashlib import sha256
from urllib.parse import quote

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import gate
from accounts.visitors import network_of
from listings.catalogue import current_catalogue
from listings.findable import facts, picture, price_words, summary
from listings.models import DealType, Favourite, Listing
from listings.page import (
    MOST_COUNTED,
    answers_of,
    documents_of,
    listings_with_their_sellers,
    marks_of,
    marks_of_shown,
    photos_and_similar,
    was_issued,
)
from listings.states import State
from listings.statistics import Kind, count, is_signed_in
from listings.units import SIGNS
from places.distance import kilometres
from places.models import Settlement
from sellers.hours import spans
from sellers.models import Member, Payment, Shipping
from ui.limits import is_within
from ui.origin import same_origin
from ui.remembered import Pages
from ui.storage import SITE_STYLESHEET

AN_HOUR = 60 * 60
REVEALS_AN_HOUR = 10
REVEALS_OF_A_MEMBER = 50
# Seconds for which a shared cache may answer for us. A browser always asks whether it has changed.
SHARED_FOR = 10
# For so many seconds a page may lag behind what bears no version: how many ads the seller has, and
# on what terms they sell.
LAGS = 60
PAGES = Pages(24 * 1024 * 1024, LAGS)


@require_safe
def detail(request, pk, slug=""):
    is_private = is_signed_in(request)
    remembered = None if is_private else PAGES.get(request)
    if remembered and remembered.is_fresh and is_as_it_was(pk, remembered):
        if remembered.kept["is_live"]:
            count(Kind.VIEW, Listing(pk=pk), request)
        response = remembered.response()
        return get_conditional_response(request, response["ETag"], response=response)
    listing = listings_with_their_sellers().filter(pk=pk).first()
    if listing is None:
        return gone(request, pk)
    if slug != listing.slug:
        query = request.META["QUERY_STRING"]
        address = listing.get_absolute_url()
        return redirect(f"{address}?{query}" if query else address, permanent=True)
    is_own = is_private and acts_for(request.user, listing)
    if listing.is_live and not is_own:
        count(Kind.VIEW, listing, request)
    near = settlement(request.GET.get("near", ""))
    etag = None if is_private else etag_of(listing, near)
    response = get_conditional_response(request, etag=etag) if etag else None
    is_known = response is not None
    if not is_known:
        photos, similar = photos_and_similar(listing, current_catalogue())
        response = page(request, listing, photos, similar, near=near, is_own=is_own)
    if is_private:
        patch_cache_control(response, private=True, no_cache=True)
        return response
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=0, s_maxage=SHARED_FOR)
    if not is_known:
        beside = [card.listing for card in similar]
        marks = surroundings(), marks_of_shown(listing, beside)
        kept = {"is_live": listing.is_live, "beside": [one.pk for one in beside]}
        PAGES.remember(request, response, marks, kept)
    return response


def is_as_it_was(pk, remembered):
    return remembered.marks == (surroundings(), marks_of(pk, remembered.kept["beside"]))


def surroundings():
    return current_catalogue().version, timezone.now().strftime("%Y%m%d%H")


@never_cache
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request, pk):
    """The page with the numbers, which stand in no page that an address alone brings."""
    listing = listings_with_their_sellers().filter(pk=pk).first()
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
        photos, similar = photos_and_similar(listing, current_catalogue())
        response = page(
            request, listing, photos, similar, is_own=is_own, is_too_often=True, status=429
        )
        response["Retry-After"] = str(AN_HOUR)
        return response
    phones = listing.seller.phones.order_by("pk")
    if listing.phone_id:
        phones = phones.filter(pk=listing.phone_id)
    if not is_own:
        count(Kind.REVEAL, listing, request)
    hours = spans(list(listing.seller.working_days.all()))
    photos, similar = photos_and_similar(listing, current_catalogue())
    return page(request, listing, photos, similar, is_own=is_own, phones=list(phones), hours=hours)


def gone(request, pk):
    if not was_issued(pk) or Listing.objects.filter(pk=pk).exists():
        raise Http404
    return render(request, "listings/gone.html", status=410)


def page(request, listing, photos, similar, *, near=None, is_own=False, status=200, **shown):
    """The page of the ad. `shown` is what only some of its readers get to see."""
    catalogue = current_catalogue()
    category = catalogue.categories[listing.category_id]
    answers = answers_of(listing, category, catalogue)
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


def etag_of(listing, near):
    """Of all that the page is made of, but for what may be an hour old: the seller's contacts and
    the ads that are like this one.
    """
    made_of = (
        *(listing.pk, listing.version, listing.is_live, listing.seller.changed_at),
        *(get_language(), near and near.pk, current_catalogue().version),
        *(timezone.now().strftime("%Y%m%d%H"), static(SITE_STYLESHEET)),
    )
    return f'W/"{sha256(repr(made_of).encode()).hexdigest()[:32]}"'
