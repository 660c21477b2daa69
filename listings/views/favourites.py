from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import private
from listings import favourites
from listings.cards import cards_of
from listings.models import Favourite, Listing
from listings.statistics import Kind, count
from listings.views.detail import acts_for
from ui.origin import same_origin

PAGE = 50


@private
@require_safe
def index(request):
    kept = Favourite.objects.filter(user=request.user).order_by("-saved_at", "-pk")
    page = Paginator(kept.select_related("listing"), PAGE).get_page(request.GET.get("page"))
    shown = Listing.objects.open_by_address().for_cards()
    listings = shown.filter(pk__in=[favourite.listing_id for favourite in page])
    cards = {card.listing.pk: card for card in cards_of(listings)}
    rows = [(favourite, cards.get(favourite.listing_id)) for favourite in page]
    return render(request, "listings/favourites.html", {"page": page, "rows": rows})


@same_origin
@private
def save(request, pk):
    """Whoever had to sign in first comes back by GET, and is asked once more."""
    listing = get_object_or_404(Listing.objects.open_by_address().for_cards(), pk=pk)
    if request.method != "POST":
        return render(request, "listings/save.html", {"listing": listing})
    try:
        is_new = favourites.save(request.user, listing)
    except Favourite.TooMany:
        messages.error(
            request, _("You keep 500 ads already. Remove some of them to save this one.")
        )
        return redirect("listings:favourites")
    if is_new and not acts_for(request.user, listing):
        count(Kind.SAVE, listing, request)
    messages.success(request, _("The ad is among those you have saved."))
    return back(request, listing.get_absolute_url())


@same_origin
@private
@require_POST
def unsave(request, pk):
    favourites.unsave(request.user, pk)
    messages.success(request, _("The ad is not among those you have saved any more."))
    return back(request, "listings:favourites")


def back(request, otherwise):
    """To the page of ours on which the button stood."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return redirect(otherwise)
    path = page._replace(scheme="", netloc="", fragment="").geturl()
    is_ours = page.netloc == request.get_host() and page.path != request.path
    if not (path and is_ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None)):
        return redirect(otherwise)
    return HttpResponseRedirect(path)
