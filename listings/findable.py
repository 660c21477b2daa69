"""What search engines and messengers are told of an ad: nothing that does not stand on its page."""

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from listings.answers import Answer
from listings.catalogue import Catalogue
from listings.models import DealType, Listing, Photo, PriceKind, Vat
from sellers.models import Seller
from ui.money import grouped

PRODUCTS = {DealType.SALE, DealType.RENT}


def summary(listing: Listing) -> str:
    return Truncator(" ".join(listing.description.split())).chars(160)


def price_words(listing: Listing) -> str:
    """On one line, for names of pages."""
    if listing.price is None:
        return listing.get_price_kind_display()
    amount = grouped(listing.price)
    if listing.price_kind == PriceKind.FROM:
        amount = _("from %(amount)s") % {"amount": amount}
    elif listing.price_to is not None:
        amount = f"{amount}–{grouped(listing.price_to)}"
    return f"{amount} {listing.get_currency_display()}/{listing.unit_sign}"


def picture(photos: list[Photo]) -> dict | None:
    """For a preview: the main photo, at a size that is enough for one."""
    if not photos:
        return None
    width = next((each for each in sorted(photos[0].widths) if each >= 1280), max(photos[0].widths))
    return {
        "url": absolute(photos[0].url(1280)),
        "width": width,
        "height": round(width * photos[0].height / photos[0].width),
    }


def facts(listing: Listing, answers: list[Answer], photos: list[Photo], catalogue: Catalogue):
    """schema.org: the offer, and the way to its page."""
    return {
        "@context": "https://schema.org",
        "@graph": [thing(listing, answers, photos, catalogue), breadcrumbs(listing, catalogue)],
    }


def thing(listing, answers, photos, catalogue):
    """A product or service with its offer; for somebody who looks for one, the demand."""
    category = catalogue.categories[listing.category_id]
    described = {
        "@type": "Product" if listing.deal_type in PRODUCTS else "Service",
        "name": listing.title,
        "category": category.name,
    }
    if listing.deal_type in PRODUCTS:
        described["sku"] = str(listing.pk)
    if listing.description:
        described["description"] = listing.description
    if photos:
        described["image"] = [absolute(photo.url(1280)) for photo in photos]
    if answers and listing.deal_type in PRODUCTS:
        described["additionalProperty"] = [named_value(answer) for answer in answers]
    if listing.deal_type == DealType.WANTED:
        return {
            "@type": "Demand",
            "url": absolute(listing.get_absolute_url()),
            "itemOffered": described | {"@type": "Product"},
            **terms(listing),
        }
    return described | {"offers": {"@type": "Offer", **terms(listing)}}


def named_value(answer):
    value = {"@type": "PropertyValue", "name": answer.attribute.name, "value": answer.words}
    return value | ({"unitText": str(answer.attribute.sign)} if answer.attribute.sign else {})


def terms(listing):
    told = {
        "url": absolute(listing.get_absolute_url()),
        "availability": "https://schema.org/InStock",
        "availabilityEnds": listing.expires_at.date(),
        "availableAtOrFrom": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": listing.place},
        },
        "seller": {
            "@type": "Person" if listing.seller.form == Seller.Form.PERSON else "Organization",
            "name": listing.seller.name,
            "url": absolute(listing.seller.get_absolute_url()),
        },
    }
    if listing.price is None:
        return told
    if listing.price_kind != PriceKind.RANGE:
        told |= {"price": listing.price, "priceCurrency": listing.currency}
    specification = {
        "@type": "UnitPriceSpecification",
        "priceCurrency": listing.currency,
        "unitText": str(listing.unit_sign),
    }
    if listing.price_kind == PriceKind.EXACT:
        specification["price"] = listing.price
    else:
        specification["minPrice"] = listing.price
    if listing.price_to is not None:
        specification["maxPrice"] = listing.price_to
    if listing.vat in (Vat.INCLUDED, Vat.EXCLUDED):
        specification["valueAddedTaxIncluded"] = listing.vat == Vat.INCLUDED
    return told | {"priceSpecification": specification}


def breadcrumbs(listing, catalogue):
    category = catalogue.categories[listing.category_id]
    way = [
        (reverse("pages:home"), "Kazvek"),
        *((one.get_absolute_url(), one.name) for one in (*catalogue.above(category), category)),
        (listing.get_absolute_url(), listing.title),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (path, name) in enumerate(way, start=1)
        ],
    }


def absolute(path):
    """Files may lie on another host already."""
    return path if "://" in path else settings.SITE_URL + path
