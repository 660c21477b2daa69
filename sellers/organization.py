"""What search engines are told of a seller: nothing that does not stand on the page."""

from django.conf import settings
from django.urls import reverse

from sellers.hours import Span
from sellers.models import Seller


def organization(seller: Seller, hours: list[Span]) -> dict:
    """schema.org; empty for an individual, who is no organization."""
    if seller.form == Seller.Form.PERSON:
        return {}
    address = {
        "@type": "PostalAddress",
        "addressCountry": "KZ",
        "addressRegion": str(seller.region),
        "addressLocality": seller.settlement,
    }
    if seller.street:
        address["streetAddress"] = seller.street
    facts = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": seller.name,
        "url": settings.SITE_URL + seller.get_absolute_url(),
        "address": address,
    }
    if seller.bin:
        facts["taxID"] = seller.bin
    if hours:
        facts["openingHours"] = [span.schema for span in hours]
    if seller.website:
        facts["sameAs"] = seller.website
    if seller.logo:
        facts["logo"] = settings.SITE_URL + reverse("logo", args=[seller.logo, 512, "jpg"])
    if seller.about:
        facts["description"] = seller.about["text"]
    return facts
