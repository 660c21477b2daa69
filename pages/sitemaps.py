from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from privacy.models import Version
from sellers.models import Seller


class Pages(Sitemap):
    i18n = True
    alternates = True

    def items(self):
        return ["pages:home", "pages:help", "pages:contact", "privacy:data"]

    def location(self, item):
        return reverse(item)


class Documents(Sitemap):
    i18n = True
    alternates = True

    def items(self):
        versions = Version.objects.effective().order_by("document", "-number")
        return versions.distinct("document").select_related("document")

    def location(self, item):
        return item.document.get_absolute_url()

    def lastmod(self, item):
        return item.effective_at


class Sellers(Sitemap):
    i18n = True
    alternates = True

    def items(self):
        return Seller.objects.public().order_by("pk")

    def lastmod(self, seller):
        return seller.changed_at


SITEMAPS = {"pages": Pages, "documents": Documents, "sellers": Sellers}
