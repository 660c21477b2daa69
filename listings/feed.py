from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from listings.catalogue import current_catalogue
from listings.facets import chips_of
from listings.finding import search
from listings.models import Listing
from listings.query import Query


class Newest(Feed):
    """The newest ads of a search, for programs that look in again and again."""

    feed_type = Atom1Feed

    def get_object(self, request):
        slug = request.GET.get("category")
        category = current_catalogue().by_slug.get(slug)
        if slug and category is None:
            raise Http404
        return Query.from_request(request.GET, category).newest_first()

    def title(self, query):
        words = [str(query.category or _("All ads")), *(chip.label for chip in chips_of(query))]
        return " · ".join(words)

    def link(self, query):
        return query.url

    def author_name(self, query):
        return "Kazvek"

    def items(self, query):
        return Listing.objects.in_this_order(search(query).keys)

    def item_title(self, listing):
        return listing.title

    def item_description(self, listing):
        return " · ".join(filter(None, [listing.place, listing.description[:300]]))

    def item_guid(self, listing):
        return f"listing-{listing.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, listing):
        return listing.first_published_at

    def item_updateddate(self, listing):
        return listing.sort_at
